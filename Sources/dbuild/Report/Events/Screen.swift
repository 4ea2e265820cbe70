/// What people see of a run on standard error.
///
/// Whoever reads it may stop (Ctrl-S, `| less`): then it waits, and neither the run nor its protocol does.
struct Screen: Sendable {
    private var display: Display
    private let terminal: Terminal?
    /// Nil where nobody is there any more.
    private var channel: OutputChannel?
    private var unwritten: ArraySlice<UInt8> = []
    /// What was told while there was no room.
    private var waiting = Told()
    private static let mostWaiting = 1000

    /// What is to be shown.
    struct Told: Sendable {
        var messages: [String] = []
        /// Of actions: the end of the run says them again, in full.
        var failures: [String] = []
        /// How many more there were, for which there was no room.
        var dropped = 0

        var isEmpty: Bool { messages.isEmpty && failures.isEmpty }

        mutating func add(_ more: Told, most: Int) {
            let room = max(0, most - messages.count - failures.count)
            let kept = more.messages.prefix(room)
            messages += kept
            let keptFailures = more.failures.prefix(room - kept.count)
            failures += keptFailures
            dropped += more.dropped + more.messages.count - kept.count + more.failures.count - keptFailures.count
        }
    }

    init(_ mode: ProgressMode) throws {
        terminal = mode == .tty ? Terminal(2) : nil
        display = Display(mode, hasColour: Terminal.hasColour)
        channel = try OutputChannel(.standard(2))
    }

    /// Whether something waits until it can be written.
    var isBehind: Bool { !unwritten.isEmpty || !waiting.isEmpty }

    /// - Parameter now: nanoseconds since the run's time began.
    mutating func update(_ told: Told, _ state: RunState, at now: UInt64) {
        write()
        guard unwritten.isEmpty else { return waiting.add(told, most: Self.mostWaiting) }
        var all = waiting
        all.add(told, most: .max)
        waiting = Told()
        if all.dropped > 0 { all.messages.append(Notice.notShown(all.dropped)) }
        let text = display.update(
            all.messages, failures: all.failures, state, at: now, columns: terminal?.columns ?? 0,
            timeOfDay: timeOfDay())
        unwritten += Array(text.utf8)
        write()
    }

    mutating func clear() {
        unwritten += Array(display.clear(columns: terminal?.columns ?? 0).utf8)
        write()
    }

    /// - Parameter saysFailures: whether nobody else will say them.
    /// - Returns: what there was no room for.
    mutating func close(saysFailures: Bool) -> [UInt8] {
        clear()
        let failures = saysFailures ? display.takeFailures() + waiting.failures : []
        let dropped = waiting.dropped > 0 ? [Notice.notShown(waiting.dropped)] : []
        let rest = (waiting.messages + failures + dropped).map { $0 + "\n" }.joined()
        let isThere = channel != nil
        channel?.close()
        channel = nil
        return isThere ? unwritten + Array(rest.utf8) : []
    }

    private mutating func write() {
        guard let channel else {
            unwritten = []
            return
        }
        do { unwritten = unwritten.dropFirst(try channel.write(unwritten)) } catch {
            // A terminal that is closed ends no build; nor is it tried again and again.
            channel.close()
            self.channel = nil
            unwritten = []
        }
    }
}
