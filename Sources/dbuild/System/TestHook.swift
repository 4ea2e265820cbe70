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

        private static let removalsLeft = Mutex(
            Machine.variable("DBUILD_TEST_KILL_AFTER_REMOVALS").flatMap { Int($0) } ?? Int.max)

        static func isBroken(_ protection: Protection) -> Bool { broken == protection }

        /// As on a machine that has another Landlock, or none.
        static let landlockABI = Machine.variable("DBUILD_TEST_LANDLOCK_ABI").flatMap { Int($0) }

        /// Between two renames of one set.
        static func afterRename() { countDown(renamesLeft) }

        /// Between two steps of `clean` or `gc`.
        static func afterRemoval() { countDown(removalsLeft) }

        private static func countDown(_ counter: borrowing Mutex<Int>) {
            let isLast = counter.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { Signal.killSelf() }
        }
    #else
        static func isBroken(_ protection: Protection) -> Bool { false }
        static let landlockABI: Int? = nil
        static func afterRename() {}
        static func afterRemoval() {}
    #endif
}
