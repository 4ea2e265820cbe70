import Synchronization

/// Where a test of a debug build can end the process, or take away what protects it: the tests must then fail.
enum TestHook {
    enum Protection: String {
        /// Outputs are written aside.
        case staging
        /// One build at a time.
        case lock
        /// A set that a crash has cut in half is completed.
        case publishing
    }

    #if DEBUG
        private static let broken = Machine.variable("DBUILD_TEST_BREAK").flatMap(Protection.init)
        private static let renamesLeft = Mutex(
            Machine.variable("DBUILD_TEST_KILL_AFTER_RENAMES").flatMap { Int($0) } ?? Int.max)

        static func isBroken(_ protection: Protection) -> Bool { broken == protection }

        /// Between two renames of one set.
        static func afterRename() {
            let isLast = renamesLeft.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { Signal.killSelf() }
        }
    #else
        static func isBroken(_ protection: Protection) -> Bool { false }
        static func afterRename() {}
    #endif
}
