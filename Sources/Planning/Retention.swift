/// Which runs' events, logs and displaced files are old enough to go: decided by instants that are recorded, never by the
/// times of files.
package struct Retention: Sendable {
    /// What a run has left.
    package enum Remains: Hashable, Sendable {
        case events, logs
        /// What it had to move out of the way.
        case displaced
    }

    private let instants: [Int64: Int64]
    private let referred: Set<Int64>
    private let before: Int64

    /// - Parameters:
    ///   - instants: by run, nanoseconds since 1970-01-01T00:00:00Z.
    ///   - referred: the runs that recorded results and failures are of: views show their events and logs.
    ///   - before: an instant: what is of a run since then stays.
    package init(instants: [Int64: Int64], referred: Set<Int64>, before: Int64) {
        (self.instants, self.before) = (instants, before)
        // The last one is what `history` and `diff` begin with.
        self.referred = referred.union(instants.keys.max().map { [$0] } ?? [])
    }

    /// - Parameter run: one that nobody knows the instant of has no age, and stays.
    package func mayGo(_ remains: Remains, of run: Int64) -> Bool {
        guard let instant = instants[run], instant < before else { return false }
        return remains == .displaced || !referred.contains(run)
    }
}
