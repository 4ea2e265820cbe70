/// An event with its time: a line of `events.jsonl`.
struct EventLine: Sendable, Hashable {
    /// Since the run's time began, by a clock that nobody sets.
    var nanoseconds: UInt64
    /// Of an action that starts: the lowest number that no running action has.
    var lane: Int?
    var event: Event

    /// Version 3 added the time of every line, lanes, estimates, samples, retries, ends without result, causes of
    /// verdicts, and all that it takes to show a run from its events alone. Version 2: `docs/json.md` once said.
    static let formatVersion = 3

    init(nanoseconds: UInt64, lane: Int? = nil, _ event: Event) {
        (self.nanoseconds, self.lane, self.event) = (nanoseconds, lane, event)
    }
}

/// Cuts what is read of a growing file into lines, and leaves the last one until it is whole.
struct EventLines {
    private var unread: [UInt8] = []

    /// - Returns: what can be read: a line of a later dbuild is left out.
    mutating func take(_ bytes: some Collection<UInt8>) -> [EventLine] {
        unread += bytes
        guard let end = unread.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
        let lines = unread[..<end].split(separator: UInt8(ascii: "\n")).compactMap { EventLine($0) }
        unread.removeFirst(end + 1)
        return lines
    }
}
