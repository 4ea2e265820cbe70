/// How an action failed last: what it takes to show it, and to judge whether another attempt is worth it.
package struct FailureRecord: Hashable, Sendable {
    /// What kind of thing went wrong, by which failures are counted and retried.
    package enum Category: UInt8, Sendable, CaseIterable {
        /// The recipe threw.
        case thrown = 1
        /// The program ended with another code than 0.
        case exited
        /// It was killed by a signal that its own fault raises, such as SIGSEGV.
        case crashed
        /// It was killed by a signal from outside.
        case killed
        case timedOut
        case outOfMemory
        /// It could not be started.
        case notStarted
        /// It ended well without making what it is to make, or says wrongly what it has read.
        case outputs
    }

    package var action: String
    package var rule: [UInt8]
    package var run: Int64
    package var category: Category
    /// In words, as it was shown.
    package var reason: String
    /// Whether the same may go well another time.
    package var canRetry: Bool
    /// Of the run's attempts, from 1.
    package var attempt: Int
    /// Of that attempt, by the clock.
    package var seconds: Double
    package var peakBytes: UInt64
    /// Relative to the workspace; empty where it wrote none.
    package var log: Path

    package init(
        action: String, rule: [UInt8], run: Int64, category: Category, reason: String, canRetry: Bool, attempt: Int,
        seconds: Double, peakBytes: UInt64, log: Path
    ) {
        (self.action, self.rule, self.run, self.category) = (action, rule, run, category)
        (self.reason, self.canRetry, self.attempt) = (reason, canRetry, attempt)
        (self.seconds, self.peakBytes, self.log) = (seconds, peakBytes, log)
    }
}

extension FailureRecord: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(action)
        packer.string(rule)
        packer.number(UInt64(clamping: run))
        packer.byte(category.rawValue)
        packer.string(reason)
        packer.bool(canRetry)
        packer.number(attempt)
        packer.fixed(seconds.bitPattern)
        packer.number(peakBytes)
        log.pack(into: &packer)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        action = try unpacker.text()
        rule = try unpacker.string()
        run = Int64(clamping: try unpacker.number())
        guard let category = Category(rawValue: try unpacker.byte()) else { throw .malformed }
        self.category = category
        reason = try unpacker.text()
        canRetry = try unpacker.bool()
        attempt = Int(clamping: try unpacker.number())
        seconds = Double(bitPattern: try unpacker.fixed())
        peakBytes = try unpacker.number()
        log = try Path(from: &unpacker)
    }
}
