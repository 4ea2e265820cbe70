import Artifact
import Planning

/// What `clean` removes, or would remove, and what stays and why: the answer first, counts before names.
struct CleaningText {
    let lines: [String]

    /// - Parameter outcome: nil: nothing was removed.
    init(_ decision: CleaningDecision, _ outcome: Cleaner.Outcome?) {
        let steps = outcome?.done ?? decision.cleaning.steps
        var lines = [Self.headline(steps, isDone: outcome != nil)]
        if outcome == nil { lines += Self.byRule(steps) }
        if let count = decision.storedCount, count > 0 {
            lines.append(
                "the store can put back \(count == Cleaning.Amount(steps).files ? "all" : grouped(count)) of them")
        }
        lines += Self.forgotten(steps, isDone: outcome != nil)
        lines += Self.failures(decision.failures, isDone: outcome != nil)
        lines += Self.aside(steps, outcome)
        lines += Self.kept(decision.cleaning.kept + (outcome?.kept ?? []))
        if decision.cleaning.youngCount > 0, let instant = decision.terms.builtBeforeNanoseconds {
            lines.append(
                "kept: \(counted(decision.cleaning.youngCount, "action")) built since \(Instant.text(instant))")
        }
        if !decision.sources.isEmpty {
            lines.append("kept: \(counted(decision.sources.count, "source")): \(Self.some(decision.sources))")
        }
        lines += decision.unlisted.map {
            "unknown: rule `\(printable($0.rule))`, whose actions cannot be listed before `\($0.awaits)` is current"
        }
        self.lines = lines
    }

    private static func headline(_ steps: [Cleaning.Step], isDone: Bool) -> String {
        let amount = Cleaning.Amount(steps)
        if amount.files == 0 { return isDone ? "removed nothing" : "nothing to remove" }
        return (isDone ? "removed " : "would remove ") + amount.inWords
    }

    private static func byRule(_ steps: [Cleaning.Step]) -> [String] {
        let rules = Dictionary(grouping: steps.filter { !$0.pieces.isEmpty }, by: \.made.rule)
        guard rules.count > 1 else { return [] }
        return rules.map { (rule: printable($0.key), amount: Cleaning.Amount($0.value)) }
            .sorted { $0.rule < $1.rule }
            .map { "  \($0.rule): \($0.amount.inWords)" }
    }

    private static func forgotten(_ steps: [Cleaning.Step], isDone: Bool) -> [String] {
        let count = steps.count { $0.forgets && $0.pieces.isEmpty }
        if count == 0 { return [] }
        return ["\(isDone ? "forgot" : "would forget"): \(counted(count, "action")) whose outputs are gone already"]
    }

    private static func failures(_ failures: [CleaningDecision.Failure], isDone: Bool) -> [String] {
        if failures.isEmpty { return [] }
        let logs = failures.reduce(0) { $0 + $1.logs.count }
        return [
            "\(isDone ? "forgot" : "would forget"): \(counted(failures.count, "failure")), with \(counted(logs, "log"))"
        ]
    }

    private static func aside(_ steps: [Cleaning.Step], _ outcome: Cleaner.Outcome?) -> [String] {
        let edited = steps.flatMap(\.pieces).filter(\.isEdited).map(\.path)
        guard let outcome else {
            return edited.isEmpty
                ? []
                : ["aside: \(grouped(edited.count)) edited by hand would go into \(Displaced.root): \(some(edited))"]
        }
        guard let first = outcome.displaced.first else { return [] }
        return [
            "aside: \(grouped(outcome.displaced.count)) edited by hand: \(some(outcome.displaced.map(\.path))), now at \(first.target)"
                + (outcome.displaced.count > 1 ? " …" : "")
        ]
    }

    private static func kept(_ kept: [Cleaning.Kept]) -> [String] {
        let groups = Dictionary(grouping: kept, by: \.obstacle)
        return groups.map { obstacle, kept in
            "kept: \(grouped(kept.count)) \(obstacle.inWords(kept.count)): \(some(kept.map(\.path)))"
        }.sorted()
    }

    /// `a, b, c …`
    private static func some(_ paths: [Path]) -> String {
        let sorted = paths.sorted()
        return sorted.prefix(3).map { "\($0)" }.joined(separator: ", ") + (sorted.count > 3 ? " …" : "")
    }

    // MARK: - Asking

    static func question(_ amount: Cleaning.Amount) -> String { "remove \(amount.inWords)? [y/N] " }
    static let refused = "nothing was removed\n"
}

extension Cleaning.Amount {
    /// `1,206 files, 9 MiB, about 31 s to make again`
    var inWords: String {
        let time = seconds > 0 ? ", about \(duration(seconds)) to make again" : ""
        return "\(counted(files, "file")), \(exactByteCount(sizeBytes))\(time)"
    }
}

extension Cleaning.Obstacle {
    func inWords(_ count: Int) -> String {
        switch self {
        case .edited: "edited by hand (--edited to include)"
        case .foreign: "that dbuild has no record of making"
        case .adopted: "adopted, which somebody else made"
        case .unreadable: "that cannot be read, or \(count == 1 ? "is no file" : "are no files")"
        case .behind(let link): "behind the link `\(link)`, through which dbuild put nothing in place"
        }
    }
}

extension Diagnostic {
    init(_ error: CleanError) {
        self.init(what: "", exitCode: .usage)
        switch error {
        case .nothingNamed:
            what = "nothing is named that could be cleaned away"
            hint = "name targets, --orphans or --failed; `dbuild clean -n '**'` says what everything would be"
        case .downstreamOfOrphans: what = "`--downstream --orphans`: nothing depends on what no rule makes"
        case .cellOfOrphans(let text):
            what = "`\(printable(text.utf8))`: of orphans no axis values are recorded"
            hint = "name their rule, a path or a glob: dbuild clean --orphans 'curves/*/2013-12-*'"
        case .orphan(let text):
            what = "no rule makes `\(printable(text.utf8))` any more"
            hint = "dbuild clean --orphans \(shellWord(text))"
        case .unasked(let amount):
            what = "\(amount.inWords): so much goes only when it is agreed to"
            details = ["without a question go up to \(Cleaning.Amount.unasked.inWords)"]
            hint = "look with -n, then say --yes"
        case .failed(let error, let count):
            what = error.inWords
            details = count > 1 ? ["and \(grouped(count - 1)) more that could not be removed"] : []
            hint = "what could not be removed is still recorded: mend it and clean again"
            exitCode = .environment
        }
    }
}
