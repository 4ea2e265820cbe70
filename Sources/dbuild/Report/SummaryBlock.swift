import Artifact

/// What a person must know at the end of a run, above its last line: what failed, what is degraded, what waits, and
/// what was not come to.
///
/// It counts where there is much to tell: a mail has to be read.
struct SummaryBlock {
    let failures: [Event.ActionFailure]
    let aftermath: [Event]
    let again: Again

    private static let mostFailures = 10
    private static let mostDegraded = 10
    private static let mostMissing = 5
    /// With more failures than that their logs are cut.
    private static let failuresWithWholeLogs = 3
    private static let fewLogLines = 5

    var lines: [String] { failed + degraded + waiting + left }

    // MARK: Failed

    private var failed: [String] {
        var behind: [String: [Event.Group]] = [:]
        for case .blocked(let blocked) in aftermath { behind[blocked.failed] = blocked.groups }
        let shown = failures.prefix(Self.mostFailures)
        var lines = shown.enumerated().flatMap { index, failure in
            self.lines(failure, behind[failure.action] ?? [], isLast: index == failures.count - 1)
        }
        let rest = failures.dropFirst(Self.mostFailures)
        guard !rest.isEmpty else { return lines }
        lines.append("failed   \(grouped(rest.count)) more: \(counts(rest.map(\.rule)))")
        let blocked = rest.reduce(0) { count, failure in
            count + (behind[failure.action] ?? []).reduce(0) { $0 + $1.actions.count }
        }
        if blocked > 0 { lines.append("         blocked by them: \(counted(blocked, "action"))") }
        lines.append("         all: dbuild failures      again: \(again.command)")
        return lines
    }

    private func lines(_ failure: Event.ActionFailure, _ behind: [Event.Group], isLast: Bool) -> [String] {
        var lines = ["failed   \(failure.inWords)"]
        lines += failure.outputs.prefix(3).map { "         output \($0)" }
        let few = failures.count > Self.failuresWithWholeLogs
        lines += failure.logLines.suffix(few ? Self.fewLogLines : .max).map { "         | \($0)" }
        if !behind.isEmpty { lines.append("         blocked by it: \(counts(behind))") }
        let log = failure.log.map { _ in "log: dbuild log \(shellWord(failure.action))" }
        let last = isLast ? "again: \(again.command)" : nil
        let pointers = [log, last].compactMap(\.self)
        return pointers.isEmpty ? lines : lines + ["         " + pointers.joined(separator: "      ")]
    }

    /// `480 train, 10 features`
    private func counts(_ rules: [String]) -> String {
        var order: [String] = []
        var counts: [String: Int] = [:]
        for rule in rules {
            if counts[rule] == nil { order.append(rule) }
            counts[rule, default: 0] += 1
        }
        return order.map { "\(grouped(counts[$0] ?? 0)) \($0)" }.joined(separator: ", ")
    }

    private func counts(_ groups: [Event.Group]) -> String {
        groups.map { "\(grouped($0.actions.count)) \($0.rule)" }.joined(separator: ", ")
    }

    // MARK: Degraded, waiting, left

    private var degraded: [String] {
        var all: [Event.Degraded] = []
        for case .degraded(let entry) in aftermath { all.append(entry) }
        let shown = all.prefix(Self.mostDegraded).map { "degraded \(subject($0)): \(words($0.way))" }
        let rest = all.dropFirst(Self.mostDegraded)
        guard !rest.isEmpty else { return shown }
        let actions = rest.flatMap { entry in entry.actions.map { _ in entry.rule } }
        return shown + ["degraded \(grouped(actions.count)) more: \(counts(actions))"]
    }

    private func subject(_ entry: Event.Degraded) -> String {
        let first = entry.actions.first ?? entry.rule
        return entry.actions.count > 1 ? "\(first) and \(grouped(entry.actions.count - 1)) more" : first
    }

    private func words(_ way: Event.Degraded.Way) -> String {
        switch way {
        case .without(let input, let have, let missing):
            let all = have + missing.count
            let share = all > 0 ? Double(have) / Double(all) * 100 : 0
            let more = missing.count - Self.mostMissing
            let names =
                missing.prefix(Self.mostMissing).joined(separator: ", ")
                + (more > 0 ? " and \(grouped(more)) more" : "")
            return "\(grouped(have)) of \(grouped(all)) `\(input)` (\(oneDecimal(share)) %), missing \(names)"
        case .existing(let maker, let builtAt):
            return "made with what `\(maker)` gave" + (builtAt.map { " at \(Instant.text($0))" } ?? " before")
        }
    }

    private var waiting: [String] {
        var lines: [String] = []
        for case .held(let entry) in aftermath {
            let last = entry.last == entry.first ? "" : ", the last until \(Instant.text(entry.last))"
            lines.append(
                "waiting  \(grouped(entry.actions)) \(entry.rule) until \(Instant.text(entry.first))\(last) (\(entry.policy))"
            )
        }
        return lines
    }

    private var left: [String] {
        var groups: [Event.Left] = []
        for case .left(let entry) in aftermath { groups.append(entry) }
        guard let first = groups.first else { return [] }
        let count = groups.reduce(0) { $0 + $1.group.actions.count }
        let undecided = groups.reduce(0) { $0 + $1.undecided }
        let perhaps = undecided > 0 ? " (\(grouped(undecided)) of them may be current)" : ""
        return ["left     \(grouped(count)) not started\(first.why.inWords): \(counts(groups.map(\.group)))\(perhaps)"]
    }
}

extension Event.ActionFailure {
    /// `train[route=EWR-MCI] after 1.2 s, attempt 3 of 3: exit 1`
    var inWords: String {
        let tries = mostAttempts > 1 ? ", attempt \(attempt) of \(mostAttempts)" : ""
        return "\(action) after \(duration(seconds))\(tries): \(what)"
    }
}

extension Halt {
    /// Behind how much was not started.
    fileprivate var inWords: String {
        switch self {
        case .interruption: " before the interruption"
        case .failure: " after the first failure (--fail-fast)"
        case .deadline(let instant): " at the deadline, \(LocalTime.text(instant))"
        case .trouble: ""
        }
    }
}
