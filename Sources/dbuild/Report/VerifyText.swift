import Artifact
import Planning

/// What `verify` says of what it built again.
struct VerifyText {
    let verification: Verification
    /// Actions that are to be built first.
    let notCurrent: [String]
    let leftOut: Int
    /// The library in front of an action's own is not installed.
    let withoutLibrary: Bool
    let withoutSandbox: Bool
    let seconds: Double
    private static let mostFindings = 20
    private static let mostDifferences = 5

    init(
        _ verification: Verification, notCurrent: [String], leftOut: Int, withoutLibrary: Bool,
        withoutSandbox: Bool, seconds: Double
    ) {
        (self.verification, self.notCurrent, self.leftOut) = (verification, notCurrent, leftOut)
        (self.withoutLibrary, self.withoutSandbox, self.seconds) = (withoutLibrary, withoutSandbox, seconds)
    }

    /// What the process ends with.
    var exitStatus: Int32 { verification.signal.map { 128 + $0 } ?? exitCode.rawValue }

    private var exitCode: ExitCode {
        if !verification.bad.isEmpty { return .damaged }
        if verification.movedCount > 0 { return .inputsChanging }
        return notCurrent.isEmpty && verification.awayCount == 0 ? .done : .degraded
    }

    var text: String {
        let bad = verification.bad
        var lines = bad.prefix(Self.mostFindings).flatMap { self.lines($0) }
        if bad.count > Self.mostFindings {
            lines.append("differs  \(grouped(bad.count - Self.mostFindings)) more actions: --json names all")
        }
        let others = verification.findings.filter { !$0.isBad && !$0.isAway }
        lines += others.prefix(Self.mostFindings).flatMap { self.lines($0) }
        lines += notes
        return (lines + [summary]).joined(separator: "\n") + "\n"
    }

    static func line(_ progress: VerifyProgress) -> String {
        "verify   build \(progress.number) of \(progress.times): \(grouped(progress.done)) of \(grouped(progress.of))"
            + (progress.differing > 0 ? ", \(grouped(progress.differing)) differ" : "")
    }

    private var notes: [String] {
        var notes: [String] = []
        if withoutLibrary {
            notes.append(
                "note     \(Preload.name) is not installed, or in a path with a blank or a colon: clock, random numbers and directory order did not vary"
            )
        }
        if withoutSandbox {
            notes.append(
                "note     this kernel has no Landlock: undeclared reads by absolute paths were not kept from anybody")
        }
        for (program, count) in verification.unvaried.sorted(by: { $0.key < $1.key }) {
            notes.append(
                "note     `\(clipped(program))` is linked statically: clock, random numbers and directory order did not vary for \(counted(count, "action"))"
            )
        }
        if let first = notCurrent.first {
            let more = notCurrent.count > 1 ? " and \(grouped(notCurrent.count - 1)) more" : ""
            notes.append("note     not current, and not checked: \(first)\(more)")
        }
        notes += awayNotes
        if leftOut > 0 { notes.append("note     \(counted(leftOut, "action")) not in the sample, or adopted") }
        return notes
    }

    /// The first for all: most read the same.
    private var awayNotes: [String] {
        for finding in verification.findings {
            guard case .away(let path) = finding.what else { continue }
            let others = verification.awayCount - 1
            let more = others > 0 ? " and \(grouped(others)) more" : ""
            return [
                "note     not checked: \(finding.name)\(more), since `\(path)` is away: `dbuild \(shellWord("\(path)"))` brings it back"
            ]
        }
        return []
    }

    private var summary: String {
        let counts = [
            (verification.bad.count, "differ"), (verification.count(.table), "equal as tables only"),
            (verification.count(.tolerated), "within tolerance"), (verification.movedCount, "with inputs that changed"),
        ].filter { $0.0 > 0 }.map { "\(grouped($0.0)) \($0.1)" }
        let isWhole = verification.signal == nil
        let areEqual = isWhole && verification.checked > 0
        let said =
            counts.isEmpty
            ? areEqual ? "all equal in every bit" : "none found to differ" : counts.joined(separator: ", ")
        let exit = exitStatus == 0 ? "" : "   exit \(exitStatus)"
        let how = verification.times == 1 ? "once" : verification.times == 2 ? "twice" : "\(verification.times) times"
        let built = isWhole ? "verified built again \(how):" : "stopped  before all were built again:"
        return "\(built) \(counted(verification.checked, "action")), \(said)   \(duration(seconds))\(exit)"
    }

    // MARK: Findings

    private func lines(_ finding: Verification.Finding) -> [String] {
        switch finding.what {
        case .moved(let path):
            return ["moved    \(finding.name): `\(path)` changed meanwhile"]
        case .away: return []
        case .failed(let why, let denied, let logLines):
            return ["failed   \(finding.name): \(why)"] + denied.map { "         \($0)" }
                + logLines.map { "         | \($0)" } + causeLines(finding)
        case .differs(let comparison):
            let word = finding.isBad ? "differs" : comparison.sameness == .table ? "table" : "within"
            let label = word + String(repeating: " ", count: 9 - word.count)
            var lines = ["\(label)\(finding.name)"]
            for difference in comparison.differences.prefix(Self.mostDifferences) {
                lines += Self.lines(difference).map { "         \($0)" }
            }
            let more = comparison.differences.count - Self.mostDifferences
            if more > 0 { lines.append("         and \(grouped(more)) more files") }
            return lines + causeLines(finding)
        }
    }

    private func causeLines(_ finding: Verification.Finding) -> [String] {
        guard let cause = finding.cause else { return [] }
        let origin = cause.isOfAnother ? " (found for another action of its rule)" : ""
        return ["         cause: \(cause.cause.inWords)\(origin)"]
    }

    static func lines(_ difference: OutputComparison.Difference) -> [String] {
        let path = "\(difference.path)"
        switch difference.detail {
        case .onlyOld: return ["\(path): not made this time"]
        case .onlyNew: return ["\(path): made this time, not recorded"]
        case .bytes(let old, let new):
            return [
                "\(path): other bytes"
                    + (old == new ? "" : ", \(grouped(Int(clamping: new))) instead of \(grouped(Int(clamping: old)))")
            ]
        case .table(let table):
            if difference.sameness == .table { return ["\(path): the same values in other bytes"] }
            if difference.sameness == .tolerated {
                return ["\(path): numbers differ by at most \(table.tolerated ?? 0), which is tolerated"]
            }
            return Self.lines(table, path)
        }
    }

    private static func lines(_ table: TableComparison, _ path: String) -> [String] {
        if !table.schema.isEmpty {
            return ["\(path): columns differ: \(table.schema.prefix(6).joined(separator: ", "))"]
        }
        var what: [String] = []
        if table.oldRows != table.newRows {
            what.append("\(grouped(table.newRows)) rows instead of \(grouped(table.oldRows))")
        }
        if table.differingRows > 0 {
            let columns = table.columns.map { column in
                "`\(clipped(column.name))`" + (column.largest.map { " by at most \($0)" } ?? "")
            }
            what.append(
                "\(grouped(table.differingRows)) of \(grouped(table.oldRows)) rows differ in \(columns.prefix(4).joined(separator: ", "))"
            )
        }
        return ["\(path): \(what.joined(separator: "; "))"]
            + table.cells.prefix(3).map { cell in
                "  row \(grouped(cell.row + 1)), `\(clipped(cell.column))`: "
                    + "\(cell.old.map { clipped($0) } ?? "null") -> \(cell.new.map { clipped($0) } ?? "null")"
            }
    }

    /// A finding in one line.
    static func words(_ finding: Verification.Finding) -> String {
        let what: String
        switch finding.what {
        case .moved(let path): what = "`\(path)` changed meanwhile"
        case .away(let path): what = "not built again: its input `\(path)` is away"
        case .failed(let why, let denied, _): what = "built again it failed: \(denied.first ?? why)"
        case .differs(let comparison):
            what = comparison.differences.first.map { Self.lines($0)[0] } ?? "it differs"
        }
        return what + (finding.cause.map { "; cause: \($0.cause.inWords)" } ?? "")
    }
}

extension CauseSearch.Cause {
    var inWords: String {
        switch self {
        case .factors(let factors): "\(joined(factors.map(\.inWords))): the same bytes twice while everything is held"
        case .chance: "chance: other bytes each time, though clock, random numbers and hash seeds are held"
        case .recordedOtherwise:
            "every build gives the same now, which is not what is recorded: something undeclared was otherwise then"
        case .notFoundAgain: "not found: no single variation makes it differ; what runs beside it, or rare chance"
        case .notHeld: "not found: it cannot be built while the clock stands still"
        case .notBuilt: "where nothing but its declared inputs lies it fails every time"
        }
    }

    private func joined(_ words: [String]) -> String {
        words.count < 2 ? words.joined() : words.dropLast().joined(separator: ", ") + " and " + (words.last ?? "")
    }
}

extension Factor {
    var inWords: String {
        switch self {
        case .clock: "the clock"
        case .timeZone: "the time zone"
        case .locale: "the locale"
        case .cores: "the number of visible cores"
        case .workingDirectory: "the working directory"
        case .hashSeeds: "hash seeds"
        case .randomNumbers: "the system's random numbers"
        case .directoryOrder: "the order of directories"
        }
    }
}
