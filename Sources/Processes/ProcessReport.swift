/// How an action ended, and what it used.
package struct ProcessReport: Sendable, Hashable {
    package enum Ending: Sendable, Hashable {
        case exited(code: Int32)
        case signalled(signal: Int32)
        /// Stopped by us; `last` is how the main process took it.
        case timedOut(last: Status)
        case memoryLimit(last: Status)
        case cancelled(last: Status)
        /// `rule` counts `readable`, then `writable` and `listable` of the confinement, from 0.
        case notStarted(Step, errno: Int32, rule: Int?)
    }

    package enum Status: Sendable, Hashable {
        case exited(code: Int32)
        case signalled(signal: Int32)
    }

    /// What failed before the program ran. The numbers are those of `dbuild_step`.
    package enum Step: UInt32, Sendable, Hashable, CaseIterable {
        case request = 1
        case pipe, standardOutput, landlockUnavailable, landlockRule, fork, session, descriptors, directory
        case limits, affinity, privileges, landlock, exec

        /// True where the machine is to blame and a later attempt may succeed: never the result of an action.
        package func isInfrastructure(errno: Int32) -> Bool {
            switch self {
            case .request, .pipe, .fork, .session, .descriptors, .privileges, .landlock: true
            case .standardOutput, .landlockUnavailable, .landlockRule, .directory, .limits, .affinity, .exec:
                exhaustionErrors.contains(errno)
            }
        }
    }

    package let ending: Ending
    /// Descendants alive when the main process ended; they were killed.
    package let survivors: Int
    /// Descendants that did not go within 10 s of SIGKILL: a set-uid program, or one stuck in the kernel.
    package let unkillable: Int
    /// All that ran, the main process included.
    package let processes: Int
    package let wallNanoseconds: UInt64
    package let userMicroseconds: UInt64
    package let systemMicroseconds: UInt64
    /// The largest process: the kernel's high-water mark. Of a tiny program at least the helper's own size (below
    /// 2 MB).
    package let peakProcessBytes: UInt64
    /// The most the tree held at one time, shared pages counted once; sampled, at least `peakProcessBytes`.
    package let peakTreeBytes: UInt64
    package let memorySamples: Int
    package let loggedBytes: UInt64
    package let droppedBytes: UInt64
    /// Of the first write of the log that failed, or 0. The action went on.
    package let logErrno: Int32

    package var cpuMicroseconds: UInt64 { userMicroseconds &+ systemMicroseconds }

    package var succeeded: Bool { ending == .exited(code: 0) }
}
