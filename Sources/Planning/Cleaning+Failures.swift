package import Hashing

extension Cleaning {
    /// The failures whose records and logs go: all that a failed action leaves.
    ///
    /// - Parameters:
    ///   - runs: by action, the run in which it failed last.
    ///   - wanted: nil: also of actions that no plan has.
    ///   - instants: of the runs, nanoseconds since 1970-01-01T00:00:00Z.
    ///   - before: nil: however new; else what failed in a run since that instant stays, and what has no known age.
    package static func failures(
        _ runs: [Digest: Int64], of wanted: Set<Digest>?, instants: [Int64: Int64], before: Int64?
    ) -> [Digest] {
        runs.filter { identity, run in
            guard wanted?.contains(identity) ?? true else { return false }
            guard let before else { return true }
            return instants[run].map { $0 < before } ?? false
        }.keys.sorted { ($0.high, $0.low) < ($1.high, $1.low) }
    }
}
