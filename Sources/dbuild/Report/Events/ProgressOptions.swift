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
