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
        summary.cpuSeconds = tally.cpuSeconds
        summary.peakBytes = tally.peakBytes
        let counts = session.survey.counts
        (summary.filesHashed, summary.bytesHashed) = (counts.filesHashed, counts.bytesHashed)
        summary.orphans = try session.orphans(plan).reduce(0) { count, orphan in
            try count + orphan.outputs.count { try session.disk.stamp($0.path, followsLink: false) != nil }
        }
        let request = try request(plan)
        for action in request.actions {
            let identity = plan.identity(of: action)
            switch outcome.assessment.verdicts[action.index] {
            case .current?:
                if isDegraded(action, outcome.assessment) { summary.degraded += 1 }
                // It became so in this run.
                if tally.built.contains(identity) || tally.restored.contains(identity) { continue }
                if tally.undecided.contains(identity) { summary.cutOff += 1 } else { summary.current += 1 }
            case .blocked?: summary.blocked += 1
            case .skip?: summary.skipped += 1
            case .keep?, .keepEdited?: summary.kept += 1
            case .wait?: summary.waiting += 1
            case .restore?, .build?:
                if !outcome.assessment.losses(action).missing.isEmpty { summary.degraded += 1 }
            case .undecided?, nil: break
            }
        }
        let blocked = outcome.assessment.blocked(request)
        for text in RunWarnings(outcome.assessment, request).texts { events.say(.warning(text)) }
        if let signal = interruption.signal {
            summary.exitCode = 128 + signal
        } else if let error = tally.stoppedBy {
            summary.exitCode = Diagnostic(error).exitCode.rawValue
        } else if !tally.moved.isEmpty {
            summary.exitCode = ExitCode.inputsChanging.rawValue
        } else if blocked.contains(where: { outcome.assessment.isBlockedByRules($0.action) }) {
            summary.exitCode = ExitCode.rules.rawValue
        } else if summary.failed > 0 || blocked.contains(where: { !$0.isHeldOnly }) || !request.unlisted.isEmpty
            || outcome.assessment.wanting(request).contains(where: { !outcome.assessment.isHeld($0, blocked) })
        {
            summary.exitCode = ExitCode.failed.rawValue
        } else if summary.degraded > 0 || summary.blocked > 0 || !outcome.assessment.wanting(request).isEmpty {
            summary.exitCode = ExitCode.degraded.rawValue
        }
        return summary
    }

    /// Whether its last result is without something that it would have now.
    private func isDegraded(_ action: ActionID, _ assessment: Assessment) -> Bool {
        guard let missing = assessment.snapshot.missing[action] else { return false }
        let inputs = Set(assessment.plan.inputs(of: action).map { assessment.plan.path(of: $0.artifact) })
        return missing.contains { inputs.contains($0) }
    }
}
