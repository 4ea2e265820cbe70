import Artifact

/// What is wrong with a run that was named.
enum RunsError: Error {
    case malformed(String)
    case unknown(String, first: Int64, last: Int64)
    case none
    /// What it wrote has no times.
    case untimed(Int64)
}

/// The runs that have written events, and what they wrote.
struct RunHistory {
    /// In order.
    let runs: [Int64]
    private let directory: String

    init(_ workspace: Workspace, _ disk: any Disk) throws {
        directory = workspace.state("runs")
        let place = Path(".dbuild/runs")
        guard try disk.stamp(place, followsLink: false) != nil else {
            runs = []
            return
        }
        var found: [Int64] = []
        for name in try disk.names(in: place) {
            guard let number = Int64(String(decoding: name.bytes, as: UTF8.self)), number > 0,
                try disk.stamp(place / name / Path("events.jsonl"), followsLink: false) != nil
            else { continue }
            found.append(number)
        }
        runs = found.sorted()
    }

    /// - Parameter text: a number, `last`, or `last~N`.
    func run(_ text: String) throws(RunsError) -> Int64 {
        guard let first = runs.first, let last = runs.last else { throw .none }
        if let number = Int64(text) {
            guard runs.contains(number) else { throw .unknown(text, first: first, last: last) }
            return number
        }
        let parts = text.split(separator: "~", omittingEmptySubsequences: false)
        guard parts.first == "last", parts.count <= 2 else { throw .malformed(text) }
        guard parts.count == 2 else { return last }
        guard let back = Int(parts[1]), back >= 0 else { throw .malformed(text) }
        guard back < runs.count else { throw .unknown(text, first: first, last: last) }
        return runs[runs.count - 1 - back]
    }

    /// The run before, if there is one.
    func before(_ run: Int64) -> Int64? { runs.last { $0 < run } }

    /// Where a run writes its events, absolute.
    func events(of run: Int64) -> String { "\(directory)/\(run)/events.jsonl" }

    /// - Returns: what can be read: a line that was cut short by a kill, or is of a later dbuild, is left out.
    func lines(of run: Int64) throws -> [EventLine] {
        var lines = EventLines()
        return lines.take(try readFile(events(of: run)))
    }

    /// The beginning and the end of what a run wrote: enough to say what it was and what it came to, however long it is.
    func ends(of run: Int64, mostBytes: Int = 65_536) throws -> [EventLine] {
        let path = events(of: run)
        let head = try readFile(path, mostBytes: mostBytes)
        var lines = EventLines()
        let first = lines.take(head)
        guard head.count == mostBytes else { return first }
        // The two may overlap, and the end begins within a line: no event of these counts twice.
        var rest = EventLines()
        return first + rest.take(try logEnd(path, mostBytes: UInt64(mostBytes)))
    }
}
