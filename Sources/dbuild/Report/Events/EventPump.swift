/// Writes what a run tells: lines of events to where they go, and what people see to standard error.
///
/// Only its thread waits for the disk, never who has something to tell; and nothing waits for who looks on.
struct EventPump: Sendable {
    private var file = EventFile()
    private var copies: [any EventSink]
    private var screen: Screen

    init(_ options: ProgressOptions) throws {
        screen = try Screen(options.mode)
        copies = try options.copy.map { [try EventCopy(path: $0)] } ?? []
        if options.mode == .json { copies.append(try EventCopy(.standard(2))) }
    }

    /// - Returns: what is wrong with the file.
    mutating func open(_ descriptor: Int32) -> String? { file.open(descriptor) }

    /// - Returns: what is wrong with any of the places that events go to.
    mutating func write(_ lines: [UInt8], _ told: Screen.Told, _ state: RunState, at now: UInt64) -> [String] {
        var troubles: [String] = []
        if let trouble = file.take(lines) { troubles.append(trouble) }
        for index in copies.indices {
            if let trouble = copies[index].take(lines) { troubles.append(trouble) }
        }
        screen.update(told, state, at: now)
        return troubles
    }

    /// Whether something waits for who looks on.
    var isBehind: Bool { screen.isBehind }

    mutating func clearScreen() { screen.clear() }

    /// - Parameter saysFailures: whether nobody else will say them.
    /// - Returns: what is wrong with places, and what standard error has not taken yet.
    mutating func close(saysFailures: Bool) -> (troubles: [String], unwritten: [UInt8]) {
        var troubles = [file.close()]
        for index in copies.indices { troubles.append(copies[index].close()) }
        return (troubles.compactMap { $0 }, screen.close(saysFailures: saysFailures))
    }
}
