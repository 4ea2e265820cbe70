import Artifact
import Hashing
import Planning
import Rules

/// Brings a request up to date: runs what is not current, in order, as many at a time as the budget allows.
///
/// It owns schedule and assessment; everything that runs beside it takes values and gives values back.
struct Builder {
    let context: Context

    /// What all parts of one run share. A class: each of an action's steps hands it on.
    final class Context: Sendable {
        let workspace: Workspace
        let disk: any Disk
        let database: StateDatabase
        let survey: Survey
        let threads: Threads
        let publisher: Publisher
        let store: Store
        let staging: Staging
        let executor: any Executor
        let events: EventLog
        let interruption: Interruption
        let pauses: Pauses
        let stop: StopOptions
        let run: Int64
        /// The run's instant, nanoseconds since 1970-01-01T00:00:00Z.
        let nowNanoseconds: Int64
        let budget: RunBudget

        init(
            workspace: Workspace, disk: any Disk, database: StateDatabase, survey: Survey, threads: Threads,
            publisher: Publisher, store: Store, staging: Staging, executor: any Executor, events: EventLog,
            interruption: Interruption, pauses: Pauses, stop: StopOptions, run: Int64, nowNanoseconds: Int64,
            budget: RunBudget
        ) {
            self.workspace = workspace
            self.disk = disk
            self.database = database
            self.survey = survey
            self.threads = threads
            self.publisher = publisher
            self.store = store
            self.staging = staging
            self.executor = executor
            self.events = events
            self.interruption = interruption
            self.pauses = pauses
            self.stop = stop
            self.run = run
            self.nowNanoseconds = nowNanoseconds
            self.budget = budget
        }
    }

    /// What became of the actions of a request.
    @dynamicMemberLookup
    struct Outcome: Sendable {
        var results = Results()
        /// Inputs that changed while actions read them; those actions count as not run.
        var moved: Set<Path> = []
        /// How often of late, by all parts of the run so far.
        var pools: PoolStarts
        var assessment: Assessment

        subscript<Value>(dynamicMember member: KeyPath<Results, Value>) -> Value { results[keyPath: member] }
    }

    /// - Parameters:
    ///   - first: taken before anything runs.
    ///   - halt: why an earlier part of the run started nothing more: then this one starts nothing.
    ///   - pools: what earlier parts have started in pools.
    ///   - priority: where it is known, and what goes on beside the build to find a better one; nil: it is found out.
    func run(
        _ request: Request, _ first: Assessment, halt: Halt? = nil, pools: PoolStarts = PoolStarts(),
        priority: Rehearsal.Choice? = nil
    ) async -> Outcome {
        var outcome = Outcome(results: Results(halt: halt), pools: pools, assessment: first)
        var turns = Turns(
            dispatcher: Dispatcher(
                first, request, context.budget, pools: pools, priority: priority,
                // Which failure is the first is known when an action is completed: before, nothing else may begin.
                startsTogether: !context.stop.stopsAtFailure),
            retries: Retries(deadlineNanoseconds: context.stop.deadlineNanoseconds))
        if let further = priority?.further {
            turns.search = .toCome(further)
            turns.dispatcher.holdBack()
        }
        turns.dispatcher.add(outcome.assessment.ready(), outcome.assessment)
        // Those that have left their slots already.
        var completing: Set<ActionID> = []
        var isPausing = false
        await withTaskGroup(of: Message.self) { group in
            // Its process is over, and what became of it is to be found out.
            var over: Arrival.Over?
            while true {
                // Asked always: the end of a run must be noticed however much is being published.
                while mayStart(&outcome), !turns.isSearching, completing.count < context.budget.mostCompleting,
                    let dispatch = turns.dispatcher.next()
                {
                    start(dispatch, &turns, &outcome.assessment, in: &group)
                }
                if outcome.halt == nil, case .toCome(let further) = turns.search {
                    turns.search = .open
                    group.addTask { [threads = context.threads, pauses = context.pauses] in
                        Message(order: await Self.found(by: further, threads, pauses))
                    }
                }
                // Behind what starts: a free slot waits for nobody.
                if let ended = over.take() {
                    complete(ended, isAwaited: !canSpare(ended, turns.dispatcher), in: &group)
                }
                // Nobody waits for company where there is room for somebody to go on.
                if !completing.isEmpty,
                    !turns.dispatcher.hasPlenty || turns.dispatcher.hasRoom
                        || completing.count >= context.budget.mostCompleting
                {
                    context.publisher.hurry()
                }
                if outcome.halt == nil { prepareAhead(&turns, outcome.assessment) }
                if !isPausing, outcome.halt == nil, let pause = turns.dispatcher.pauseNanoseconds {
                    isPausing = true
                    group.addTask { [pauses = context.pauses] in
                        await pauses.pause(nanoseconds: pause)
                        return Message(arrival: nil)
                    }
                }
                guard let message = await group.next() else { break }
                if let order = message.order {
                    turns.search = .over
                    turns.dispatcher.follow(order.found)
                    continue
                }
                guard let arrival = message.arrival else {
                    isPausing = false
                    continue
                }
                let (action, result) = (arrival.action, arrival.result)
                if case .success(.executed(let attempt, let execution)) = result {
                    if mayLeave(execution) {
                        turns.dispatcher.finish(action)
                        completing.insert(action)
                    }
                    over = Arrival.Over(action: action, attempt: attempt, execution: execution)
                    continue
                }
                if case .success(.unstarted) = result {
                    turns.dispatcher.finish(action)
                    turns.retries.cameBack(action)
                    outcome.assessment.cameBack(action)
                    // A clock that was set back may have brought time.
                    if mayStart(&outcome) { turns.dispatcher.add([action], outcome.assessment) }
                    continue
                }
                if case .success(.rested) = result {
                    turns.dispatcher.add([action], outcome.assessment)
                    continue
                }
                if completing.remove(action) == nil { turns.dispatcher.finish(action) }
                let followed = take(action, result, &turns.retries, into: &outcome)
                turns.dispatcher.note(decided: followed.decided, outcome.assessment)
                turns.dispatcher.add(followed.ready, outcome.assessment)
                if let pause = followed.pauseNanoseconds { rest(action, pause, in: &group) }
            }
        }
        do { try await turns.ahead.close() } catch { outcome.results.stoppedBy = outcome.stoppedBy ?? error }
        outcome.pools = turns.dispatcher.pools
        for entry in turns.retries.giveUp() {
            let progress = fail(entry.action, entry.finished, &outcome)
            for reader in progress.decided { context.events.say(verdict: outcome.assessment, reader, isLate: true) }
        }
        return outcome
    }

    /// What may start and when, with what is at hand for it.
    struct Turns {
        var dispatcher: Dispatcher
        var retries: Retries
        var ahead = PreparedAhead()
        var search = Search.over
        var isSearching: Bool { if case .open = search { true } else { false } }

        /// For an order, beside what starts first.
        enum Search {
            case over, open
            /// It goes on when that has started.
            case toCome(FurtherSearch)
        }
    }

    /// - Parameter pauses: once they are at their end nothing more is to start, in whatever order.
    private static func found(by search: FurtherSearch, _ threads: Threads, _ pauses: Pauses) async -> Message.Order {
        // It cannot fail.
        Message.Order(found: try? await threads.run { search.run { !pauses.isEnded } })
    }

    /// What the builder waits for. A struct: of an enum with these payloads in place the optimizer of Swift 6.3.1 gave back
    /// another action than was put in, and a release build trapped.
    struct Message: Sendable {
        /// Nil, where there is no order either: time has passed, and what could not start before may now although nothing has
        /// ended.
        var arrival: Arrival?
        /// A search is over.
        var order: Order?

        struct Order: Sendable {
            /// Nil: nothing better.
            let found: FoundOrder?
        }

        static func ended(_ action: ActionID, _ result: Result<Ended, any Error>) -> Message {
            Message(arrival: Arrival(action: action, result: result))
        }
    }

    struct Arrival: Sendable {
        let action: ActionID
        let result: Result<Ended, any Error>

        struct Over: Sendable {
            let action: ActionID
            let attempt: Attempt
            let execution: Attempt.Execution
        }
    }

    /// What became of something that was started. Indirect: it is handed on, and some of it is large.
    indirect enum Ended: Sendable {
        /// Its process is over; it goes on to be completed.
        case executed(Attempt, Attempt.Execution)
        case completed(Result<Finished, any Error>)
        /// It could not begin.
        case refused(Finished)
        /// When its turn came nothing was to begin any more.
        case unstarted
        case restored([Trace.Output])
        /// The store could not give what it was to give.
        case lost
        /// It failed, and has waited for its next attempt.
        case rested
    }

    private func start(
        _ dispatch: Dispatch, _ turns: inout Turns, _ assessment: inout Assessment,
        in group: inout TaskGroup<Message>
    ) {
        let batch = dispatch.actions.count > 1 ? Batch(dispatch.actions, context.threads) : nil
        for action in dispatch.actions {
            if assessment.work(of: action) == .build {
                build(action, batch, &turns, &assessment, in: &group)
            } else {
                turns.ahead.drop(action)
                restore(action, &assessment, in: &group)
            }
        }
    }

    private func build(
        _ action: ActionID, _ batch: Batch?, _ turns: inout Turns, _ assessment: inout Assessment,
        in group: inout TaskGroup<Message>
    ) {
        let ready: PreparedAhead.Entry
        let estimate: Event.Estimate
        let number = turns.retries.begin(action)
        do {
            estimate = try turns.dispatcher.takeEstimate(of: action)
            ready =
                try turns.ahead.take(action, number: number)
                ?? PreparedAhead.Entry(attempt: try attempt(action, number: number, assessment))
        } catch {
            assessment.began(action)
            batch?.withdraw()
            let result = Result { Ended.refused(try notStarted(action, assessment.plan, number, error)) }
            group.addTask { .ended(action, result) }
            return
        }
        assessment.began(action)
        group.addTask { [mayBegin] in
            let attempt = ready.attempt
            do {
                let execution = try await attempt.execute(
                    after: ready.preparation, in: batch, estimate, mayBegin: mayBegin)
                return .ended(action, .success(execution.map { .executed(attempt, $0) } ?? .unstarted))
            } catch { return .ended(action, .failure(error)) }
        }
    }

    /// - Throws: `NoProgram`, `VariableNotText`, or what is wrong with the plan.
    private func attempt(_ action: ActionID, number: Int, _ assessment: borrowing Assessment) throws -> Attempt {
        let (missing, _) = assessment.losses(action)
        return try Attempt(
            action, number: number, assessment: assessment, key: assessment.key(of: action, missing: missing),
            missing: missing, context: context)
    }

    /// While what waits has no slot: prepares what is next, its first attempt.
    private func prepareAhead(_ turns: inout Turns, _ assessment: borrowing Assessment) {
        for action in turns.dispatcher.upcoming(besides: turns.ahead.count)
        where !turns.ahead.holds(action) && turns.retries.isFirst(action) && assessment.work(of: action) == .build {
            turns.ahead.add(action, Result { try attempt(action, number: 1, assessment) }, context.threads)
        }
    }

    /// Whether an action's outputs may be published a little later, and nobody has to wait for that.
    private func canSpare(_ over: Arrival.Over, _ dispatcher: Dispatcher) -> Bool {
        mayLeave(over.execution) && dispatcher.canSpare(over.action)
    }

    private func complete(_ over: Arrival.Over, isAwaited: Bool, in group: inout TaskGroup<Message>) {
        let action = over.action
        group.addTask {
            do {
                let finished = try await over.attempt.complete(over.execution, isAwaited: isAwaited)
                return .ended(action, .success(.completed(.success(finished))))
            } catch { return .ended(action, .success(.completed(.failure(error)))) }
        }
    }

    /// What is put back, and what the action's trace becomes; nil where that stays as it is.
    private func restoration(
        _ action: ActionID, _ assessment: Assessment
    ) throws -> (outputs: [Trace.Output], trace: Trace?) {
        switch assessment.work(of: action) {
        case .restore(let entry):
            let key = try assessment.key(of: action, missing: assessment.losses(action).missing)
            var trace = entry.trace(parts: key.packed)
            // Time and memory are of a run that read just this.
            trace.inputBytes = assessment.inputBytes(of: action) ?? 0
            return (entry.outputs, trace)
        case .putBack(let outputs): return (outputs, nil)
        case .build: return ([], nil)
        }
    }

    /// Puts back what the store has.
    private func restore(
        _ action: ActionID, _ assessment: inout Assessment,
        in group: inout TaskGroup<Message>
    ) {
        let placing = Placing(action, assessment, context)
        let work = Result { try restoration(action, assessment) }
        assessment.began(action)
        group.addTask {
            do {
                let (outputs, trace) = try work.get()
                do {
                    _ = try await placing.restore(outputs, as: trace)
                } catch is Restoration.Failure { return .ended(action, .success(.lost)) }
                return .ended(action, .success(.restored(outputs)))
            } catch { return .ended(action, .failure(error)) }
        }
    }

    /// A program that is not there fails its action, and so does a variable outside its key that is no text, or a machine
    /// that is too small for it; everything else is wrong with the machinery.
    private func notStarted(
        _ action: ActionID, _ plan: Plan, _ number: Int, _ error: any Error
    ) throws -> Finished {
        let what: String
        switch error {
        case let error as NoProgram: what = error.inWords
        case let error as VariableNotText: what = error.inWords
        case let error as TooLarge: what = error.inWords
        default: throw error
        }
        let report = ActionReport(ending: .notStarted(what), wallSeconds: 0, cpuSeconds: 0, peakBytes: 0)
        return Finished(
            report: report, failure: Event.ActionFailure(action, plan, attempt: number, what: what, report))
    }

    /// What follows from an action's end.
    private struct Followed {
        var ready: [ActionID] = []
        var decided: [ActionID] = []
        /// It is to run again, after so long.
        var pauseNanoseconds: Int64?
    }

    private func take(
        _ action: ActionID, _ result: Result<Ended, any Error>, _ retries: inout Retries, into outcome: inout Outcome
    ) -> Followed {
        let plan = outcome.assessment.plan
        let identity = plan.identity(of: action)
        let progress: Assessment.Progress
        switch result {
        case .success(.lost): progress = outcome.assessment.lost(action)
        case .success(.restored(let outputs)):
            outcome.results.restored.insert(identity)
            context.events.say(.actionRestored(action: plan.name(of: action)))
            progress = outcome.assessment.finished(action, outputs: outputs)
        // Nothing has come of it yet.
        case .success(.executed), .success(.rested), .success(.unstarted): return Followed()
        case .success(.completed(.success(let finished))), .success(.refused(let finished)):
            outcome.results.note(finished, of: plan.rule(of: action))
            if finished.report.ending == .cancelled {
                outcome.results.cancelled += 1
                context.events.say(.actionCancelled(action: plan.name(of: action)))
                return Followed()
            }
            if case .inputMoved(let path) = finished.report.ending {
                outcome.moved.insert(path)
                context.events.say(.actionCancelled(action: plan.name(of: action)))
                progress = outcome.assessment.failed(action)
            } else if finished.failure != nil {
                if let pause = pause(after: finished, of: action, &retries, &outcome) {
                    return Followed(pauseNanoseconds: pause)
                }
                progress = fail(action, finished, &outcome)
            } else {
                outcome.results.built.insert(identity)
                let missing = outcome.assessment.losses(action).missing.count
                context.events.say(
                    .actionFinished(
                        action: plan.name(of: action), seconds: finished.report.wallSeconds,
                        cpuSeconds: finished.report.cpuSeconds, peakBytes: finished.report.peakBytes,
                        missing: missing))
                progress = outcome.assessment.finished(action, outputs: finished.outputs)
            }
        case .failure(let error), .success(.completed(.failure(let error))):
            outcome.results.stoppedBy = outcome.stoppedBy ?? error
            outcome.results.cancelled += 1
            stop(.trouble, &outcome)
            context.events.say(.actionCancelled(action: plan.name(of: action)))
            _ = outcome.assessment.failed(action)
            return Followed()
        }
        for reader in progress.decided { context.events.say(verdict: outcome.assessment, reader, isLate: true) }
        return Followed(ready: progress.ready, decided: progress.decided)
    }
}
