import Planning

extension RunDifference {
    private static let mostCauses = 10

    /// The answer first: what changed, then what was done about it.
    var text: String {
        var lines = [headline]
        if !parameters.isEmpty {
            lines += ["", "settings"]
            lines += parameters.map { "  \($0.name) \($0.from ?? "(not set)") -> \($0.to ?? "(not set)")" }
        }
        for part in classes {
            lines += ["", part.kind]
            for cause in part.causes.prefix(Self.mostCauses) { lines += Self.lines(cause, showsRuns: showsRuns) }
            let more = part.causes.count - Self.mostCauses
            if more > 0 { lines.append("  and \(grouped(more)) more") }
        }
        if classes.isEmpty, parameters.isEmpty { lines += ["", "nothing changed that anything depends on"] }
        return lines.joined(separator: "\n") + "\n"
    }

    private var showsRuns: Bool { from.map { to.run - $0.run > 1 } ?? false }

    private var headline: String {
        func said(_ side: Side) -> String {
            let when = side.nowNanoseconds.map { " (\(Instant.text($0)))" } ?? ""
            return "run \(side.run)\(when)"
        }
        let counts = [(to.built, "built"), (to.failed, "failed")].compactMap { count, what in
            count.map { "\(grouped($0)) \(what)" }
        }
        let end = counts.isEmpty ? "" : ": \(counts.joined(separator: ", "))"
        return (from.map { "\(said($0)) -> \(said(to))" } ?? "\(said(to)), the first one") + end
    }

    private static func lines(_ cause: Cause, showsRuns: Bool) -> [String] {
        var counts = ["\(counted(cause.certain, "action"))"]
        if cause.followed > 0 { counts.append("\(grouped(cause.followed)) followed") }
        if cause.held > 0 { counts.append("\(grouped(cause.held)) held by policy") }
        if showsRuns {
            counts.append(
                "in \(cause.runs.count == 1 ? "run" : "runs") \(cause.runs.map { "\($0)" }.joined(separator: ", "))")
        }
        let more = cause.certain - cause.examples.count
        let examples = cause.examples + (more > 0 && !cause.examples.isEmpty ? ["\(grouped(more)) more"] : [])
        return ["  \(cause.what): \(counts.joined(separator: ", "))"]
            + (examples.isEmpty ? [] : wrapped(examples, separator: ", ", first: "    ", indent: "    "))
    }
}
