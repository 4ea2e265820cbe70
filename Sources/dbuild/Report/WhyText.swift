import Artifact
import Planning

/// `dbuild why PATH`: one path, and everything that is known of it.
struct WhyText {
    let provenance: Provenance
    let assessment: Assessment
    let causes: RootCauses
    let rows: (Content) -> Int?
    private static let mostInputs = 12
    private static let mostWords = 24
    private static let mostReaders = 8
    private static let longRunSeconds: Int64 = 86_400

    private var plan: Plan { assessment.plan }

    var text: String { lines.joined(separator: "\n") + "\n" }

    private var lines: [String] {
        switch provenance.subject {
        case .made(let made): lines(made)
        case .source(let source): lines(source)
        case .orphan(let rule, let trace, let isThere): orphan(rule, trace, isThere)
        case .unknown, .unlisted: []
        }
    }

    // MARK: Made

    private func lines(_ made: Provenance.Made) -> [String] {
        let rule = plan.rule(of: made.action)
        let verdict = assessment.verdicts[made.action.index]
        var lines = [
            field(
                verdict.map { $0 == .current ? "current" : $0.shortName } ?? "unasked",
                "made by \(plan.name(of: made.action)), \(rule.place.inWords)")
        ]
        if let tree = made.tree { lines.append(field("in", "the tree \(tree)")) }
        if let verdict, verdict != .current { lines += whyNot(verdict, made.action) }
        guard let trace = made.trace else { return lines + [field("built", "never")] + recipe(made) }
        if let unstable = made.unstable {
            let found = "found by verify \(Instant.text(unstable.nowNanoseconds)): \(unstable.why)"
            lines += wrapped(
                found.split(separator: " ").map(String.init), separator: " ", first: field("unstable", ""),
                indent: field("", ""))
        }
        return lines + built(trace, made) + recipe(made) + inputs(made.inputs) + discovered(trace)
    }

    private func whyNot(_ verdict: Verdict, _ action: ActionID) -> [String] {
        var lines: [String] = []
        for (index, reason) in verdict.reasons.prefix(Self.mostInputs).enumerated() {
            lines.append(field(index == 0 ? "because" : "", reason.inWords(rows: rows)))
        }
        if case .blocked(let blockers) = verdict {
            for (index, blocker) in blockers.prefix(Self.mostInputs).enumerated() {
                lines.append(field(index == 0 ? "because" : "", blocker.inWords))
            }
        }
        if case .wait = verdict { lines.append(field("", verdict.inWords)) }
        let chain = causes.chain(to: action)
        if chain.count > 1 {
            let places = Dictionary(causes.groups.map { ($0.cause, $0) }) { first, _ in first }
            for cause in causes.causes(of: action).prefix(3) {
                if let group = places[cause] { lines.append(field("cause", group.inWords(rows: rows))) }
            }
            lines += wrapped(plan.inWords(chain), separator: " ", first: field("chain", ""), indent: field("", ""))
        }
        return lines
    }

    private func built(_ trace: Trace, _ made: Provenance.Made) -> [String] {
        let started = trace.startedAtNanoseconds > 0 ? trace.startedAtNanoseconds : trace.builtAtNanoseconds
        let log = EventLog.logPath(of: plan.name(of: made.action), run: trace.run)
        if trace.isAdopted {
            return [
                field(
                    "adopted", "in run \(trace.run), \(Instant.text(trace.builtAtNanoseconds)): dbuild did not make it")
            ]
        }
        var lines = [
            field(
                "built",
                "\(Instant.text(started)) in run \(trace.run) "
                    + "(\(duration(trace.durationSeconds)), peak \(byteCount(trace.peakBytes)))")
        ]
        if fileExists(String(decoding: log.bytes, as: UTF8.self)) { lines.append(field("log", "\(log)")) }
        // Only where somebody has set the run's instant: else it is when the run began.
        if abs((trace.builtAtNanoseconds.subtractingReportingOverflow(started).partialValue) / 1_000_000_000)
            > Self.longRunSeconds
        {
            lines.append(field("as of", Instant.text(trace.builtAtNanoseconds)))
        }
        if !trace.missing.isEmpty {
            let shown = trace.missing.prefix(3).map { "\($0)" }.joined(separator: ", ")
            let more = trace.missing.count > 3 ? " and \(grouped(trace.missing.count - 3)) more" : ""
            lines.append(field("degraded", "without \(shown)\(more)"))
        }
        if let output = trace.outputs.first(where: { $0.path == provenance.path }) {
            lines.append(field("content", output.content.inWords))
        }
        return lines
    }

    private func recipe(_ made: Provenance.Made) -> [String] {
        let rule = plan.rule(of: made.action)
        let parameters = plan.parametersInWords(of: made.action, most: Self.mostWords).map { "\($0.name): \($0.value)" }
        let name = printable(rule.shortType)
        let lines = wrapped(
            parameters.isEmpty ? [name] : parameters, separator: ", ",
            first: field("recipe", parameters.isEmpty ? "" : "\(name)  "), indent: field("", ""))
        guard !rule.isCommand, let code = made.code else { return lines }
        return lines + [field("code", "\("\(code)".prefix(6))…")]
    }

    private func inputs(_ inputs: [Provenance.Input]) -> [String] {
        let shown = inputs.prefix(Self.mostInputs)
        let width = min(44, shown.map { "\($0.path)".count }.max() ?? 0)
        var lines = shown.enumerated().map { index, input in
            let name = "\(input.path)"
            let padding = String(repeating: " ", count: max(0, width - name.count))
            let content = input.content.map { "\("\($0.fingerprint.digest)".prefix(6))…" } ?? "absent"
            var origin = "source"
            if let maker = input.maker {
                origin = plan.name(of: maker) + (input.run.map { ", run \($0)" } ?? "")
            }
            return field(index == 0 ? "inputs" : "", "\(name)\(padding)  \(content)  \(origin)")
        }
        if inputs.count > shown.count { lines.append(field("", "and \(grouped(inputs.count - shown.count)) more")) }
        return lines
    }

    private func discovered(_ trace: Trace) -> [String] {
        trace.discovered.prefix(Self.mostInputs).enumerated().map { index, found in
            field(index == 0 ? "also read" : "", "\(found.path)  \(found.content?.inWords ?? "absent")")
        }
    }

    // MARK: Others

    private func lines(_ source: Provenance.Source) -> [String] {
        var lines: [String] = []
        let place = plan.artifact(at: provenance.path).flatMap { plan.place(ofSource: $0) }
        lines.append(field("source", place.map { "declared in \($0.inWords)" } ?? "of the rules"))
        if let content = source.content {
            let count = rows(content).map { ", \(counted($0, "row"))" } ?? ""
            lines.append(field("content", content.inWords + count))
        } else {
            lines.append(field("content", "it is not there"))
        }
        if let modified = source.modifiedNanoseconds { lines.append(field("changed", Instant.text(modified))) }
        if let run = source.firstRun {
            lines.append(field("used", "with this content since run \(run)"))
        } else if source.content != nil {
            lines.append(field("used", "with this content by no build yet"))
        }
        let shown = source.readers.prefix(Self.mostReaders).map { plan.name(of: $0) }
        let more = source.readers.count - shown.count
        let parts = shown + (more > 0 ? ["\(grouped(more)) more"] : [])
        lines += wrapped(
            parts.isEmpty ? ["nobody"] : parts, separator: ", ", first: field("read by", ""), indent: field("", ""))
        return lines
    }

    private func orphan(_ rule: [UInt8], _ trace: Trace?, _ isThere: Bool) -> [String] {
        var lines = [field("orphan", "no action makes it any more; rule `\(printable(rule))` did")]
        if let trace {
            lines.append(field("built", "\(Instant.text(trace.builtAtNanoseconds)) in run \(trace.run)"))
        }
        return lines + [field("", isThere ? "the file is still there" : "the file is gone")]
    }

    private func field(_ name: String, _ text: String) -> String {
        let padded = name + String(repeating: " ", count: max(1, 11 - name.count))
        return padded + text
    }
}

extension Verdict {
    /// As the first word of a line.
    fileprivate var shortName: String {
        switch self {
        case .undecided: "undecided"
        case .skip: "skipped"
        case .blocked: "blocked"
        case .build: "stale"
        case .current: "current"
        case .keepEdited: "edited"
        case .keep: "kept"
        case .restore: "restorable"
        case .wait: "waiting"
        }
    }
}
