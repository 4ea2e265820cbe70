import Planning
import Settled

/// What a build that finds nothing to do says: to people, and in its events.
struct SettledMessages {
    private let events: [Event]
    private let isQuiet: Bool

    /// - Parameters:
    ///   - run: as the last one began; its numbers are made anew each time.
    ///   - orphans: files that no rule makes any more.
    init(
        _ run: Event.Run, _ resolved: [ResolvedDay], _ assessment: Assessment, _ request: Request, orphans: Int,
        isQuiet: Bool
    ) {
        var run = run
        (run.run, run.nowNanoseconds, run.startedNanoseconds, run.process, run.processStart) = (0, 0, 0, 0, 0)
        var summary = Event.Summary()
        (summary.current, summary.orphans) = (request.actionCount, orphans)
        var outlook = Event.Outlook()
        (outlook.actions, outlook.current) = (request.actionCount, request.actionCount)
        let unjudged = assessment.circumstances.unjudged
        events =
            [.format(version: EventLine.formatVersion), .runStarted(run)]
            + (resolved.isEmpty ? [] : [.resolved(resolved.map { Notice.resolved($0) })])
            + [.planned(assessment.plan.families(request))] + (unjudged > 0 ? [.unjudged(unjudged)] : [])
            + [.assessed(outlook, causes: []), .remaining(0), .summary(summary)]
        self.isQuiet = isQuiet
    }

    /// With everything but how long it took, which stands last.
    var text: [UInt8] {
        var lines = events.flatMap { Messages.lines($0, isQuiet: isQuiet) }
        for case .summary(let summary) in events { lines.append(SummaryLine.text(summary)) }
        return Array(lines.joined(separator: "\n").utf8).dropLast(duration(0).utf8.count)
    }

    /// The lines of `events.jsonl`, with holes where each run has numbers of its own.
    var template: [UInt8] {
        events.flatMap { event -> [UInt8] in
            var line = EventLine(nanoseconds: 0, event).bytes
            // A quotation mark within a value has a backslash before it: these are the names of the line itself.
            line.open("\"t\":", .elapsedNanoseconds)
            switch event {
            case .runStarted:
                for (name, hole) in [
                    ("run", SettledFacts.Hole.run), ("now", .now), ("started", .started), ("process", .process),
                    ("processStart", .processStart),
                ] { line.open("\"\(name)\":", hole) }
            case .summary:
                line.open("\"seconds\":", .elapsedSeconds)
                line.open("\"filesHashed\":", .filesHashed)
                line.open("\"bytesHashed\":", .bytesHashed)
            default: break
            }
            return line
        }
    }
}

extension [UInt8] {
    /// Puts a hole in the place of the number that follows a name.
    fileprivate mutating func open(_ name: String, _ hole: SettledFacts.Hole) {
        guard let found = firstRange(of: Array(name.utf8)) else { return }
        let end =
            self[found.upperBound...].firstIndex { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "}") } ?? endIndex
        replaceSubrange(found.upperBound ..< end, with: [SettledFacts.Hole.mark, hole.rawValue])
    }
}
