/// Writes what a run tells: lines of events to where they go, and what people see to standard error.
///
/// Only its thread waits for disk and terminal, never who has something to tell.
struct EventPump: Sendable {
    private var file = EventFile()
    private var copies: [any EventSink]
    private var display: Display
    private let terminal: Terminal?
    private var isScreenGone = false

    init(_ options: ProgressOptions) throws {
        terminal = options.mode == .tty ? Terminal(2) : nil
        display = Display(options.mode, hasColour: Terminal.hasColour)
        copies = try options.copy.map { [try EventCopy(path: $0)] } ?? []
        if options.mode == .json { copies.append(try EventCopy(.standard(2))) }
    }

    /// - Returns: what is wrong with the file.
    mutating func open(_ descriptor: Int32) -> String? { file.open(descriptor) }

    /// - Returns: what is wrong with any of the places that events go to.
    mutating func write(_ lines: [UInt8], _ messages: [String], _ state: RunState, at now: UInt64) -> [String] {
        var troubles: [String] = []
        if let trouble = file.take(lines) { troubles.append(trouble) }
        for index in copies.indices {
            if let trouble = copies[index].take(lines) { troubles.append(trouble) }
        }
        say(display.update(messages, state, at: now, columns: terminal?.columns ?? 0, timeOfDay: timeOfDay()))
        return troubles
    }

    mutating func clearScreen() { say(display.clear(columns: terminal?.columns ?? 0)) }

    mutating func close() -> [String] {
        clearScreen()
        var troubles = [file.close()]
        for index in copies.indices { troubles.append(copies[index].close()) }
        return troubles.compactMap { $0 }
    }

    /// A terminal that is closed ends no build; nor is it tried again and again.
    private mutating func say(_ text: String) {
        guard !text.isEmpty, !isScreenGone else { return }
        do { try writeAll(Array(text.utf8), to: 2, named: "standard error") } catch { isScreenGone = true }
    }
}

/// How a run is shown, and to whom it is told beside.
struct ProgressOptions: Sendable {
    var mode: ProgressMode
    /// A file that gets a copy of the events.
    var copy: String?

    /// - Parameter mode: nil: as standard error is.
    init(_ mode: ProgressMode?, isQuiet: Bool = false, copy: String? = nil) {
        let fitting: ProgressMode = Terminal(2) == nil ? .plain : .tty
        let wanted = mode ?? (isQuiet ? .none : fitting)
        // What cannot redraw a line gets lines.
        self.mode = wanted == .tty ? fitting : wanted
        self.copy = copy
    }
}
