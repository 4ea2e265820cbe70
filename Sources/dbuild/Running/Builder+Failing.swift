import Artifact
import Planning

// What a failure leads to: another attempt, the end of the run, or that the rest goes on.
extension Builder {
    /// Whether anything more may be started; says in the outcome why not.
    func mayStart(_ outcome: inout Outcome) -> Bool {
        guard outcome.halt == nil else { return false }
        if context.interruption.isRaised { stop(.interruption, &outcome) }
        if let deadline = context.stop.deadlineNanoseconds, Clock.wallNanoseconds >= deadline {
            stop(.deadline(deadline), &outcome)
        }
        return outcome.halt == nil
    }

    /// Whether an action that has its slot may begin: since it got it the run may have come to its end.
    var mayBegin: @Sendable () -> Bool {
        { [pauses = context.pauses, interruption = context.interruption, deadline = context.stop.deadlineNanoseconds] in
            !pauses.isEnded && !interruption.isRaised && deadline.map { Clock.wallNanoseconds < $0 } ?? true
        }
    }

    /// Whether an action's slot is free before its outputs are published: that takes neither cpus nor memory.
    ///
    /// Not where it may turn out that nothing more is to be started.
    func mayLeave(_ execution: Attempt.Execution) -> Bool {
        execution.report.ending == .succeeded && !context.stop.stopsAtFailure
    }

    /// From here on nothing more is started, and nothing waits for another attempt.
    func stop(_ halt: Halt, _ outcome: inout Outcome) {
        outcome.results.halt = outcome.halt ?? halt
        context.pauses.end()
    }

    /// How long a failed action waits for its next attempt; nil: there is none.
    func pause(
        after finished: Finished, of action: ActionID, _ retries: inout Retries, _ outcome: inout Outcome
    ) -> Int64? {
        guard outcome.halt == nil, let failure = finished.failure,
            let pause = retries.pause(
                after: finished, of: action, outcome.assessment.plan.rule(of: action).running,
                now: Clock.wallNanoseconds)
        else { return nil }
        outcome.results.retried += 1
        context.events.say(
            .actionRetried(
                Event.Retry(
                    action: failure.action, attempt: failure.attempt, mostAttempts: failure.mostAttempts,
                    what: failure.what, seconds: failure.seconds, pauseSeconds: Double(pause) / 1e9)))
        return pause
    }

    /// Waits beside everything else, without a slot.
    func rest(
        _ action: ActionID, _ nanoseconds: Int64, in group: inout TaskGroup<Message>
    ) {
        group.addTask { [pauses = context.pauses] in
            await pauses.pause(nanoseconds: nanoseconds)
            return .ended(action, .success(.rested))
        }
    }

    /// An action has failed for good in this run.
    func fail(_ action: ActionID, _ finished: Finished, _ outcome: inout Outcome) -> Assessment.Progress {
        let plan = outcome.assessment.plan
        guard let failure = finished.failure,
            let record = finished.record(rule: plan.rule(of: action).name, run: context.run)
        else { return outcome.assessment.failed(action) }
        outcome.results.failed.insert(plan.identity(of: action))
        outcome.results.keep(failure)
        context.events.say(.actionFailed(failure))
        do {
            try context.database.recordFailure(plan.identity(of: action), record)
        } catch {
            outcome.results.stoppedBy = outcome.stoppedBy ?? error
            stop(.trouble, &outcome)
        }
        if context.stop.stopsAtFailure { stop(.failure, &outcome) }
        return outcome.assessment.failed(action)
    }
}

extension Results {
    /// Failures that are kept with the ends of their logs.
    private static let mostInFull = 10

    fileprivate mutating func keep(_ failure: Event.ActionFailure) {
        failures.append(failure)
        if failures.count > Self.mostInFull { failures[failures.count - 1].logLines = [] }
    }

    mutating func note(_ finished: Finished, of rule: Plan.Rule) {
        cpuSeconds += finished.report.cpuSeconds
        peakBytes = max(peakBytes, finished.report.peakBytes)
        for denied in finished.denied { self.denied[printable(rule.name), default: [:]][denied, default: 0] += 1 }
        guard let example = finished.undeclared.first else { return }
        undeclared[printable(rule.name), default: (0, example)].count += 1
    }
}
