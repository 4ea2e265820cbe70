import Artifact
import Planning

/// What people read of lock files.
enum LockText {
    /// After one was written.
    static func written(_ file: LockFile, isNew: Bool) -> String {
        "locked   " + counts(file) + (isNew ? "" : "; dbuild.lock was so already") + "\n"
    }

    private static func counts(_ file: LockFile) -> String {
        let members = file.families.reduce(0) { $0 + $1.count }
        var text = "\(counted(file.sources.count, "source")), \(counted(file.outputs.count, "output"))"
        if !file.families.isEmpty {
            text += ", and \(grouped(members)) more in \(counted(file.families.count, "family")) of one line each"
        }
        return text
    }

    /// Of `lock --check`.
    static func checked(_ comparison: LockComparison, _ plan: Plan, isSame: Bool) -> String {
        if isSame {
            let information = comparison.facts.isEmpty ? "" : "; \(counted(comparison.facts.count, "fact")) differ"
            return "dbuild.lock says what there is\(information)\n"
        }
        var lines = ["dbuild.lock is out of date: \(counted(comparison.differences.count, "artifact")) differ"]
        lines += comparison.parameters.map { "  " + $0.inWords }
        lines += comparison.differences.prefix(10).map { "  " + $0.inWords(plan) }
        if comparison.differences.count > 10 { lines.append("  …") }
        return (lines + ["dbuild lock brings it up to date"]).joined(separator: "\n") + "\n"
    }

    /// Of a build whose own words have been said.
    static func notRebuilt(_ exitCode: Int32) -> String {
        exitCode >= 128
            ? "not compared: the build was ended\n"
            : "not compared: what is locked could not be made again; logs are in \(LockedScratch.place), until the next verify\n"
    }

    /// Of `verify --locked`.
    static func report(_ report: LockedReport) -> String {
        let comparison = report.comparison
        let checked =
            "checked \(counted(comparison.checkedCount, "artifact")) against dbuild.lock in \(duration(report.seconds)): "
        guard !comparison.isSame else {
            var text = checked + "all as locked\n"
            if !comparison.facts.isEmpty {
                text += "for information: \(factsInWords(comparison.facts)), and the same bytes all the same\n"
            }
            return text
        }
        let count = comparison.differences.count
        var lines = [checked + "\(count == 0 ? "none" : grouped(count)) \(count == 1 ? "differs" : "differ")"]
        if let first = comparison.first {
            lines.append("first in build order: " + first.inWords(report.plan))
            if let cause = first.cause { lines += cause.lines(comparison).map { "  " + $0 } }
            if case .family = first.subject {
                lines.append("  which of them only a lock with --full can say")
            }
            if first.cause == .notReproducible, let maker = first.maker {
                lines.append("  dbuild verify \(shellWord(report.plan.name(of: maker))) searches the cause")
            }
            lines += report.contents.flatMap { VerifyText.lines($0) }.map { "  " + $0 }
            lines += others(comparison, report.plan)
        } else {
            lines += comparison.parameters.map { "  " + $0.inWords }
        }
        lines.append("what was made again lies in \(report.scratch), until the next verify")
        return lines.joined(separator: "\n") + "\n"
    }

    /// What of the rest does not follow from the first, and how much does.
    private static func others(_ comparison: LockComparison, _ plan: Plan) -> [String] {
        let roots = comparison.roots.filter { $0 != comparison.first }
        let after = comparison.differences.count - comparison.roots.count
        var lines = roots.prefix(5).map { root in
            "also: \(root.inWords(plan)): \(root.cause?.lines(comparison).first ?? "")"
        }
        if roots.count > 5 { lines.append("also: \(grouped(roots.count - 5)) more that nothing before them explains") }
        if after > 0 { lines.append("after \(roots.isEmpty ? "it" : "them"): \(counted(after, "artifact"))") }
        return lines
    }

    static func factsInWords(_ facts: [LockComparison.FactChange]) -> String {
        let named = facts.prefix(3).map(\.name).joined(separator: ", ")
        let more = facts.count - 3
        return "other \(named)" + (more > 0 ? " and \(grouped(more)) more" : "")
    }
}

extension LockComparison.ParameterChange {
    var inWords: String {
        let (before, after) = (locked.map { printable($0) }, now.map { printable($0) })
        return "parameter \(printable(name)): \(before ?? "none") in dbuild.lock, \(after ?? "none") here"
    }
}

extension LockComparison.FactChange {
    /// `code of rule train`, `tool python3`.
    var name: String {
        let subject = printable(subject)
        return switch kind {
        case .recipe: "rules for \(subject)"
        case .code: "code of \(subject)"
        case .tool: "tool \(subject)"
        case .probe: "answer of probe `\(clipped(subject))`"
        case .environment: "variable \(subject)"
        case .library: "library \(subject)"
        case .platform: "platform"
        }
    }

    var inWords: String {
        func side(_ value: [UInt8]?) -> String { value.map { clipped(printable($0)) } ?? "none" }
        return "\(name): \(side(locked)) -> \(side(now))"
    }
}

extension LockComparison.Difference {
    func inWords(_ plan: Plan) -> String {
        switch subject {
        case .path(let path):
            var text = "\(path)"
            if let maker {
                text += "   made by \(plan.name(of: maker))"
            } else if cause == .data {
                text += "   a source"
            }
            return text + change.suffix
        case .family(.outputs(let rule)): return "the outputs of \(printable(rule))" + change.suffix
        case .family(.source(let path)): return "\(path)   a source" + change.suffix
        }
    }
}

extension LockComparison.Change {
    fileprivate var suffix: String {
        switch self {
        case .content(let locked, let now):
            switch (locked, now) {
            case (.absent, _): "   (locked as absent)"
            case (_, .absent): "   (absent now)"
            case (.file(let before, _, _), .file(let after, _, _)) where before == after: "   (executable or not)"
            case (.file(_, let before, _), .file(_, let after, _)):
                before == after
                    ? "   (other bytes, \(grouped(Int(clamping: after))) as before)"
                    : "   (\(grouped(Int(clamping: before))) -> \(grouped(Int(clamping: after))) bytes)"
            default: "   (something of another kind)"
            }
        case .added: "   (not in dbuild.lock)"
        case .missing: "   (in dbuild.lock, and not made now)"
        case .family(let locked, let now):
            now.map { now in
                now.count == locked.count
                    ? "   (some of \(grouped(now.count)))" : "   (\(grouped(locked.count)) -> \(grouped(now.count)))"
            } ?? "   (\(grouped(locked.count)) in dbuild.lock, none now)"
        }
    }
}

extension LockComparison.Cause {
    /// A line for each thing that differs; the first says what kind of thing it is.
    func lines(_ comparison: LockComparison) -> [String] {
        switch self {
        case .data: return ["data: the source is another one than was locked"]
        case .parameters(let changes):
            return changes.map { $0.inWords }
        case .rules: return ["rules: they tell it something else than was locked, with the same parameters"]
        case .code: return ["code: its recipe's code is another one than was locked"]
        case .surroundings(let facts): return facts.map { $0.inWords }
        case .notReproducible: return ["same inputs, parameters, code and tools: not reproducible"]
        }
    }

    /// For programs.
    var kind: String {
        switch self {
        case .data: "data"
        case .parameters: "parameter"
        case .rules: "rules"
        case .code: "code"
        case .surroundings: "tool"
        case .notReproducible: "notReproducible"
        }
    }
}
