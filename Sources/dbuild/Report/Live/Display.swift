/// How the progress of a run is shown.
enum ProgressMode: String, Sendable, CaseIterable {
    /// Lines, now and then.
    case plain
    /// One line that is redrawn in place, for a terminal.
    case tty
    /// The events themselves.
    case json
    /// Failures and warnings only.
    case none
}

/// What is to be written to show a run: it is told messages and how the run stands, and knows neither clock nor terminal.
struct Display: Sendable {
    let mode: ProgressMode
    private let paint: Paint
    private var plain = PlainLines()
    /// Those of which nothing has been said yet.
    private var failures: [String] = []
    /// What stands on the terminal's last line.
    private var drawn = ""
    private var lastDrawing: UInt64?
    /// Ten times a second.
    private static let nanosecondsBetweenDrawings: UInt64 = 100_000_000

    init(_ mode: ProgressMode, hasColour: Bool = false) {
        self.mode = mode
        paint = Paint(isOn: hasColour && mode == .tty)
    }

    /// - Parameters:
    ///   - failures: of actions. The end of the run says them in full: a person at a terminal hears of them at once,
    ///     lines have them with the next one that says how far it is, so that a short run says nothing twice.
    ///   - columns: of the terminal; 0 where it does not show us now.
    ///   - now: nanoseconds since the run's time began.
    /// - Returns: what to write; often nothing.
    mutating func update(
        _ messages: [String], failures new: [String] = [], _ state: RunState, at now: UInt64, columns: Int,
        timeOfDay: @autoclosure () -> String
    ) -> String {
        switch mode {
        case .json: return ""
        case .none:
            failures += new
            return messages.map { $0 + "\n" }.joined()
        case .plain:
            failures += new
            let line = plain.line(state, at: now, timeOfDay: timeOfDay())
            return (messages + (line.map { takeFailures() + [$0] } ?? [])).map { $0 + "\n" }.joined()
        case .tty: return draw(messages + new, state, at: now, columns: columns)
        }
    }

    /// Those of which nothing has been said; asked for once.
    mutating func takeFailures() -> [String] {
        defer { failures = [] }
        return failures
    }

    /// Leaves the terminal as if there had been no line that is redrawn.
    mutating func clear(columns: Int) -> String {
        guard !drawn.isEmpty else { return "" }
        defer { drawn = "" }
        return erasure(columns)
    }

    private mutating func draw(_ messages: [String], _ state: RunState, at now: UInt64, columns: Int) -> String {
        let isDue = lastDrawing.map { now >= $0 + Self.nanosecondsBetweenDrawings } ?? true
        guard isDue || !messages.isEmpty else { return "" }
        // The last column stays free: what ends there makes some terminals go on to the next line.
        let line = columns > 1 ? BarLine.text(state, at: now, columns: columns - 1) : ""
        guard !messages.isEmpty || line != drawn else { return "" }
        defer { (drawn, lastDrawing) = (line, now) }
        // Overwritten, what stays the same does not flicker.
        if messages.isEmpty, !line.isEmpty, !drawn.isEmpty, columnCount(drawn) <= columns {
            return "\r\(paint.bar(line))\u{1B}[K"
        }
        return erasure(columns) + messages.map { paint.message($0) + "\n" }.joined() + paint.bar(line)
    }

    /// What was drawn goes, also where the terminal has become narrower since and broken it into several lines.
    private func erasure(_ columns: Int) -> String {
        guard !drawn.isEmpty else { return "" }
        let rows = columns > 0 ? (columnCount(drawn) - 1) / columns : 0
        return "\r" + (rows > 0 ? "\u{1B}[\(rows)A" : "") + "\u{1B}[J"
    }
}

/// Colours what words say already.
private struct Paint: Sendable {
    let isOn: Bool

    func message(_ line: String) -> String {
        guard isOn else { return line }
        for (word, colour) in [
            ("failure", "31"), ("failed", "31"), ("error", "31"), ("warning", "33"), ("retry", "33"), ("dbuild:", "33"),
        ]
        where line.hasPrefix(word) { return "\u{1B}[\(colour)m\(word)\u{1B}[0m\(line.dropFirst(word.count))" }
        return line
    }

    func bar(_ line: String) -> String {
        guard isOn, let range = line.firstRange(of: #/\d[\d,]* failed/#) else { return line }
        return "\(line[..<range.lowerBound])\u{1B}[31m\(line[range])\u{1B}[0m\(line[range.upperBound...])"
    }
}
