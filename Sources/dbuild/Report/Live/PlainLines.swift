/// Shows how far a run is as lines of their own: one every 50 actions or 10 seconds, never one for each action.
struct PlainLines: Sendable {
    private var lastLine: UInt64?
    private var doneAtLastLine = 0
    private static let actionsPerLine = 50
    /// Small actions finish by the hundred in a second.
    private static let leastNanosecondsBetweenLines: UInt64 = 1_000_000_000
    private static let nanosecondsPerLine: UInt64 = 10_000_000_000

    /// - Parameters:
    ///   - now: nanoseconds since the run's time began.
    ///   - timeOfDay: as the line shows it.
    /// - Returns: nil where none is due.
    mutating func line(_ state: RunState, at now: UInt64, timeOfDay: @autoclosure () -> String) -> String? {
        guard state.runningCount > 0 || state.done > doneAtLastLine else { return nil }
        guard let last = lastLine else {
            lastLine = now
            return nil
        }
        let since = now > last ? now - last : 0
        let isDue = state.done - doneAtLastLine >= Self.actionsPerLine && since >= Self.leastNanosecondsBetweenLines
        guard state.summary == nil, isDue || since >= Self.nanosecondsPerLine else { return nil }
        (lastLine, doneAtLastLine) = (now, state.done)
        return "\(timeOfDay())  \(Self.text(state, at: now))"
    }

    /// `1,250/2,072 forecast  41.3/s  20 s left  running 8  0 failed`
    static func text(_ state: RunState, at now: UInt64) -> String {
        // While what the rules read is built nobody knows yet how much there will be.
        let whole = state.expected.map { "/\(grouped(max($0, state.done)))" } ?? ""
        let left = state.secondsLeft(at: now).map { "\(duration($0)) left  " } ?? ""
        return "\(grouped(state.done))\(whole) \(state.lastRule)  \(oneDecimal(state.rate(at: now)))/s  \(left)"
            + "running \(state.runningCount)  \(state.failed) failed"
    }
}
