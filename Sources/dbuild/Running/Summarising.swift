import Artifact
import Planning

extension BuildRun {
    /// What a run came to, and what its process ends with.
    func summarise(_ outcome: Builder.Outcome, _ tally: RunTally) throws -> Event.Summary {
        let plan = outcome.assessment.plan
        var summary = Event.Summary()
        summary.built = tally.built.count
        summary.failed = tally.failed.count
        summary.restored = tally.restored.subtracting(tally.built).count
        summary.cancelled = tally.cancelled
        summary.retried = tally.retried
        summary.cpuSeconds = tally.cpuSeconds
        summary.peakBytes = tally.peakBytes
        let counts = session.survey.counts
        (summary.filesHashed, summary.bytesHashed) = (counts.filesHashed, counts.bytesHashed)
        summary.orphans = try session.orphans(plan).reduce(0) { count, orphan in
            try count + orphan.outputs.count { try session.disk.stamp($0.path, followsLink: false) != nil }
        }
        let request = try request(plan)
        summary.degraded = degraded(outcome.assessment, request).count
        let (isDone, wasUndecided) = (
            plan.marks(of: tally.built.union(tally.restored)), plan.marks(of: tally.undecided)
        )
        let assessment = outcome.assessment
        for action in request.actions {
            if assessment.verdicts.isCurrent(action) {
                // It became so in this run.
                if isDone[action.index] { continue }
                if wasUndecided[action.index] { summary.cutOff += 1 } else { summary.current += 1 }
                continue
            }
            switch assessment.verdicts[action.index] {
            case .blocked?: summary.blocked += 1
            case .skip?: summary.skipped += 1
            case .keep?, .keepEdited?: summary.kept += 1
            case .wait?: summary.waiting += 1
            case .restore?, .build?, .undecided?, .current?, nil: break
            }
        }
        let warnings =
            RunWarnings(outcome.assessment, request).texts + Wording.undeclared(tally.undeclared)
            + Wording.denied(tally.denied)
        for text in warnings { events.say(.warning(text)) }
        summary.exitCode = exitCode(outcome.assessment, request, tally, summary)
        return summary
    }

    private func exitCode(
        _ assessment: Assessment, _ request: Request, _ tally: RunTally, _ summary: Event.Summary
    ) -> Int32 {
        if let signal = interruption.signal { return 128 + signal }
        if let error = tally.stoppedBy { return Diagnostic(error).exitCode.rawValue }
        if !tally.moved.isEmpty { return ExitCode.inputsChanging.rawValue }
        let blocked = assessment.blocked(request)
        if blocked.contains(where: { assessment.isBlockedByRules($0.action) }) { return ExitCode.rules.rawValue }
        let isStoppedAtDeadline = if case .deadline? = tally.halt { true } else { false }
        let wanting = assessment.wanting(request)
        let isWanting = wanting.contains { artifact in
            // What the deadline left open is nobody's failure.
            !(isStoppedAtDeadline && assessment.isOpen(artifact)) && !assessment.isHeld(artifact, blocked)
        }
        if summary.failed > 0 || blocked.contains(where: { !$0.isHeldOnly }) || isWanting {
            return ExitCode.failed.rawValue
        }
        if !request.unlisted.isEmpty { return (isStoppedAtDeadline ? ExitCode.degraded : .failed).rawValue }
        let isLeft = isStoppedAtDeadline && !assessment.unstarted(request).isEmpty
        let isDegraded = summary.degraded > 0 || summary.blocked > 0 || !wanting.isEmpty || isLeft
        return (isDegraded ? ExitCode.degraded : .done).rawValue
    }

    /// Actions whose results are there, and are not what they would be if nothing were wrong.
    private func degraded(_ assessment: Assessment, _ request: Request) -> Set<ActionID> {
        Set(assessment.degradations(request).map(\.action)).union(
            assessment.readersOfExisting(request).flatMap(\.readers))
    }
}
