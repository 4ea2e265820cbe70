import Artifact
import Hashing
import Planning

/// One build from its lock to its summary.
struct BuildRun {
    let session: Session
    let database: StateDatabase
    let events: EventLog
    let interruption: Interruption
    let options: Options

    struct Options: Sendable {
        var targets: WantedTargets
        var budget: RunBudget
        var storeLimitBytes: Int64
        var stop = StopOptions()
        var isSandboxed = false
    }

    /// How a run ended.
    struct Ending {
        let exitCode: Int32
        let run: Event.Run
        let assessment: Assessment
        let request: Request
        let built: Set<Digest>
        /// Put back from the store, and not built in this run.
        let restored: Set<Digest>
        /// Whether the next run like it would have something to say beside its counts.
        let isPlain: Bool
    }

    /// Of fewer sets the state's log is folded when it is closed.
    private static let fewestFolded = 50

    func run() async throws -> Ending {
        try await withTaskExecutorPreference(session.threads) {
            do { return try await runInThreads() } catch {
                // Whatever became of the run, what was planned is kept, and not written on behind the workspace's lock.
                _ = await session.finishStoring()
                throw error
            }
        }
    }

    private func runInThreads() async throws -> Ending {
        let started = Clock.monotonicNanoseconds
        let plan = try await session.plan(answersFromBefore: false)
        // Before anything is built: a mistyped target must not cost an hour.
        try session.options.policies.check(plan, try selection(plan))

        let run = try database.beginRun(
            atLeast: RunNumber.leastUnused(session.disk), nowNanoseconds: session.options.nowNanoseconds,
            parameters: session.settings.overrides.map { Array($0.utf8) },
            targets: options.targets.words.map { Array($0.utf8) })
        do { return try await perform(run, plan, since: started) } catch {
            let exitCode = Diagnostic(error).exitCode.rawValue
            events.endByError(exitCode: exitCode)
            // Where even this cannot be written, what has failed before says more.
            _ = Result { try database.endRun(run, exitCode: exitCode) }
            throw error
        }
    }

    /// - Parameters:
    ///   - run: its number.
    ///   - started: of the monotonic clock, in nanoseconds.
    private func perform(_ run: Int64, _ plan: Plan, since started: UInt64) async throws -> Ending {
        let told = try events.begin(
            Event.Run(
                run: run, nowNanoseconds: session.options.nowNanoseconds, targets: options.targets.words,
                isOfFailed: options.targets.failed != nil, parameters: session.settings.list,
                jobs: options.budget.budget.cpus), session.workspace, session.disk)
        if !session.settings.resolved.isEmpty {
            events.say(.resolved(session.settings.resolved.map { Notice.resolved($0) }))
        }

        // A third of those that may wait: as many are in place meanwhile, and the others go on.
        let publisher = try Publisher(
            database: database, disk: session.disk, company: max(1, options.budget.mostCompleting / 3))
        let sync = try PeriodicSync(root: session.workspace.root) { publisher.setCount }
        defer { sync.close() }
        let store = Store(database: database, disk: session.disk, run: run)
        let staging = Staging(run: run, session.disk)
        let executor = LocalExecutor(
            helpers: Helpers(jobs: options.budget.budget.cpus, marker: RunMarker(session.workspace)),
            rules: session.rules.path,
            disk: session.disk, root: session.workspace.root, keptLinks: staging.links, threads: session.threads,
            sandbox: options.isSandboxed ? try Sandbox(session.workspace, session.rules, session.disk) : nil)
        let pauses = Pauses()
        events.measure { executor.memoryInUse() }
        interruption.onSuspension { executor.suspend($0) }
        interruption.onSignal {
            pauses.end()
            executor.cancel()
            session.probes.cancel()
        }
        try interruption.listen()
        let builder = Builder(
            context: Builder.Context(
                workspace: session.workspace, disk: session.disk, database: database, survey: session.survey,
                threads: session.threads, publisher: publisher, store: store, staging: staging, executor: executor,
                events: events, interruption: interruption, pauses: pauses, stop: options.stop, run: run,
                nowNanoseconds: session.options.nowNanoseconds,
                budget: options.budget))

        var tally = RunTally()
        let outcome: Builder.Outcome
        do {
            outcome = try await build(plan, builder, &tally)
        } catch {
            staging.close()
            // What has failed before says more than what fails now.
            do {
                try await close(publisher, executor)
                try database.record(session.survey.takeChanged())
            } catch { events.say(.warning(Wording.notClosed(error))) }
            throw error
        }
        await publisher.close()
        // Beside all that is still to be noted; waited for however that goes.
        async let past: Void = session.threads.run { publisher.waitPastNewest() }
        async let cleared: Void = session.threads.run { staging.closeKeepingPlaces() }
        async let ended: Void = executor.close()
        if let error = await session.finishStoring() { events.say(.warning(Wording.planNotKept(error))) }
        try database.record(session.survey.takeChanged())
        tidy(store, outcome.assessment.plan)
        rememberRows(outcome, tally)
        let isCodeKept = tally.built.isEmpty || recordCode(outcome.assessment.plan, run: run)

        try forgetFailures(outcome, tally, run: run)
        var summary = try summarise(outcome, tally)
        for cause in tally.causes.events { events.say(.caused(cause)) }
        // While `past` waits. Of little the disk would only be waited for once more: closing folds it.
        let isMuch = publisher.setCount >= Self.fewestFolded
        async let folded: Void = session.threads.run { if isMuch { database.fold() } }
        try await ended
        try await cleared
        try await past
        try await folded
        let aftermath = Aftermath(outcome.assessment, try request(outcome.assessment.plan), tally).events
        for event in aftermath { events.say(event) }
        summary.left = Aftermath.leftCount(aftermath)
        summary.workersStarted = executor.startedCount
        summary.seconds = Double(Clock.monotonicNanoseconds - started) / 1e9
        events.say(.summary(summary))
        try database.endRun(run, exitCode: summary.exitCode)
        events.close()
        if let error = tally.stoppedBy, !(error is CancellationError) {
            write(Diagnostic(error).text, toStandard: 2)
        }
        if events.isText {
            let block = SummaryBlock(
                failures: tally.failures, aftermath: aftermath, again: Again(failedWith: session.settings.overrides)
            )
            write(
                (block.lines + [SummaryLine.text(summary, price: tally.price)]).joined(separator: "\n") + "\n",
                toStandard: 2)
        }
        return Ending(
            exitCode: summary.exitCode, run: told, assessment: outcome.assessment,
            request: try request(outcome.assessment.plan), built: tally.built,
            restored: tally.restored.subtracting(tally.built),
            isPlain: tally.stoppedBy == nil && tally.halt == nil && tally.moved.isEmpty && aftermath.isEmpty
                && isCodeKept)
    }

    private func close(_ publisher: Publisher, _ executor: LocalExecutor) async throws {
        await publisher.close()
        publisher.waitPastNewest()
        try await executor.close()
    }

    /// What is built is built, whatever becomes of the copies.
    private func tidy(_ store: Store, _ plan: Plan) {
        do {
            let orphans = Set(try session.orphans(plan).map(\.identity))
            let tidied = try store.tidy(limitBytes: options.storeLimitBytes, orphans: orphans)
            if tidied.bytesAboveLimit > 0 {
                events.say(.warning(Wording.storeAboveLimit(by: tidied.bytesAboveLimit)))
            }
        } catch {
            events.say(.warning(Wording.notTidied(error)))
        }
    }

    /// It only says more of a change that is to come.
    ///
    /// - Returns: whether that was possible.
    private func recordCode(_ plan: Plan, run: Int64) -> Bool {
        do {
            try session.codeHistory.record(plan, run: run)
            return true
        } catch {
            events.say(.warning(Wording.codeNotRecorded(error)))
            return false
        }
    }

    private func selection(_ plan: Plan) throws -> Selection {
        try session.selected(plan) { try select(plan) }.selection
    }

    private func select(_ plan: Plan) throws -> Selection {
        let isPartial = plan.rules.contains { $0.awaits != nil }
        do throws(TargetError) { return try options.targets.select(plan) } catch {
            // A path may belong to a family that nobody can list yet.
            if isPartial, case .unknown(let name, _) = error, name.contains(where: { "/*?".contains($0) }) {
                return Selection()
            }
            throw error
        }
    }

    /// Builds what the rules read while planning, plans again where that says something new, and builds the targets.
    private func build(_ first: Plan, _ builder: Builder, _ tally: inout RunTally) async throws -> Builder.Outcome {
        var plan = first
        var attempted: Set<Path> = []
        var movedReads: Set<Path> = []
        var assessment = try await assess(plan)
        tally.undecided = Set(assessment.undecided.map { plan.identity(of: $0) })
        // While families are unknown there is nothing to announce.
        var isAnnounced = false
        if try request(plan).unlisted.isEmpty { isAnnounced = try announce(assessment, &tally) }
        while !interruption.isRaised, tally.halt == nil {
            let reads = try session.examine(assessment)
            let open = reads.stale.filter { attempted.insert($0.path).inserted }
            if !open.isEmpty {
                events.say(.reading(open.map { plan.name(of: $0.maker) }))
                let skipped = session.options.circumstances(plan, try selection(plan)).skipped
                let request = Request(plan, actions: open.map(\.maker), skipped: skipped)
                let outcome = try await run(request, try await assess(plan, request), builder, tally)
                tally.add(outcome)
                tally.causes.add(outcome, request)
                // Its order was of these, too.
                tally.priority = nil
                if !outcome.moved.isEmpty, movedReads.isEmpty {
                    // Read once more, with its inputs as they are now.
                    movedReads = outcome.moved
                    try await lookAgain(outcome.moved, plan)
                    // What was read before may have other sources now, too.
                    attempted = []
                }
            } else if reads.differ {
                plan = try await session.makePlan(reads.answers, answersFromBefore: false)
                try session.options.policies.check(plan, try selection(plan))
            } else {
                break
            }
            assessment = try await assess(plan)
            if reads.differ { isAnnounced = false }
        }
        if !isAnnounced { _ = try announce(assessment, &tally) }
        if let failed = options.targets.failed, try selection(plan).actions.isEmpty {
            events.say(.warning(Notice.failedElsewhere(failed.count)))
        }
        events.say(.remaining(assessment.outlook(try request(plan)).open))
        var outcome = try await run(try request(plan), assessment, builder, tally, tally.priority)
        tally.add(outcome)
        tally.causes.add(outcome, try request(plan))
        if !outcome.moved.isEmpty, !interruption.isRaised, tally.halt == nil {
            let movedBefore = outcome.moved
            // An input that changed under the run: what read it is repeated once, with the input as it is now.
            try await lookAgain(outcome.moved, plan)
            outcome = try await run(try request(plan), try await assess(plan), builder, tally)
            tally.add(outcome)
            tally.causes.add(outcome, try request(plan))
            tally.moved = outcome.moved
            // Which actions there are may be another question now: that is for the next run.
            if try session.examine(outcome.assessment).differ { tally.moved.formUnion(movedBefore) }
        }
        return outcome
    }

    private func lookAgain(_ moved: Set<Path>, _ plan: Plan) async throws {
        for path in moved.sorted() { events.say(.inputMoved(path)) }
        try await session.survey.lookAgain(moved, plan)
    }

    /// - Returns: true.
    private func announce(_ assessment: Assessment, _ tally: inout RunTally) throws -> Bool {
        let request = try request(assessment.plan)
        events.say(.planned(assessment.plan.families(request)))
        if assessment.circumstances.unjudged > 0 { events.say(.unjudged(assessment.circumstances.unjudged)) }
        events.say(.assessed(assessment.outlook(request), causes: CauseTally.events(assessment, request)))
        let price = Price.ofBuild(assessment, request, options.budget.budget)
        tally.priority = price?.priority
        tally.price = price.flatMap { $0.isWorthSaying ? $0.event : nil }
        if let price = tally.price { events.say(.priced(price)) }
        return true
    }

    private func run(
        _ request: Request, _ assessment: Assessment, _ builder: Builder, _ tally: RunTally,
        _ priority: Rehearsal.Choice? = nil
    ) async throws -> Builder.Outcome {
        // Before it takes hours: since when something waits must survive the run.
        try recordStaleness(request, assessment, isFinal: false)
        for action in assessment.notCurrent(request) {
            switch assessment.verdicts[action.index] {
            case .current?, .undecided?, nil: continue
            default: events.say(verdict: assessment, action)
            }
        }
        let outcome = await builder.run(
            request, assessment, halt: tally.halt, pools: tally.pools, priority: priority)
        try session.throwTrouble()
        try recordStaleness(request, outcome.assessment, isFinal: true, besides: outcome.built)
        if !outcome.built.isEmpty || !outcome.failed.isEmpty || !outcome.restored.isEmpty {
            session.forget(built: outcome.built, failed: outcome.failed)
        }
        return outcome
    }

    /// Keeps since when actions are not current, of rules that can make them wait for it.
    ///
    /// - Parameter built: their publication has said so already.
    private func recordStaleness(
        _ request: Request, _ assessment: Assessment, isFinal: Bool, besides built: Set<Digest> = []
    ) throws {
        let (since, identity) = (assessment.snapshot.staleSinceNanoseconds, assessment.plan.identity)
        let policies = assessment.circumstances.policies
        guard policies.contains(where: { $0.settle != nil }) else { return }
        var stale: [Digest] = []
        var current: [Digest] = []
        for action in request.actions
        where policies[assessment.plan.ruleID(of: action).index].settle != nil && !built.contains(identity(action)) {
            switch assessment.verdicts[action.index] {
            case .current?: if since[action.index] != nil { current.append(identity(action)) }
            // Where the store has lost it, it goes on waiting.
            case .restore? where isFinal: if since[action.index] != nil { current.append(identity(action)) }
            // What is to be built and was not, failed or was not come to; it is not known before the end.
            case .build? where !isFinal: continue
            case .build?, .keep?, .keepEdited?, .wait?: if since[action.index] == nil { stale.append(identity(action)) }
            case .restore?, .undecided?, .skip?, .blocked?, nil: continue
            }
        }
        try database.recordStale(stale, current: current, nowNanoseconds: session.options.nowNanoseconds)
    }

    /// So that a later view can say how many rows an input had.
    private func rememberRows(_ outcome: Builder.Outcome, _ tally: RunTally) {
        guard !tally.built.isEmpty else { return }
        let plan = outcome.assessment.plan
        do {
            try RowCounts(
                database: database, disk: session.disk, root: session.workspace.root, survey: session.survey
            ).remember(plan.actions(of: tally.built), plan)
        } catch { events.say(.warning(Wording.noRowCounts(error))) }
    }

    func request(_ plan: Plan) throws -> Request { try session.selected(plan) { try select(plan) }.request }

    private func assess(_ plan: Plan, _ part: Request? = nil) async throws -> Assessment {
        let selection = try selection(plan)
        let assessment = try await session.assess(plan, try part ?? request(plan), selection)
        try database.record(session.survey.takeChanged())
        return assessment
    }
}

extension Assessment {
    /// How the actions of a request stand.
    func outlook(_ request: Request) -> Event.Outlook {
        let open = notCurrent(request)
        var outlook = Event.Outlook()
        (outlook.actions, outlook.current) = (request.actionCount, request.actionCount - open.count)
        for action in open {
            switch verdicts[action.index] {
            case .build?: outlook.certain += 1
            case .undecided?: outlook.undecided += 1
            case .blocked?: outlook.blocked += 1
            case .skip?: outlook.skipped += 1
            case .keep?, .keepEdited?: outlook.kept += 1
            case .wait?: outlook.waiting += 1
            case .restore?: outlook.restorable += 1
            case .current?, nil: break
            }
        }
        return outlook
    }
}

extension Plan {
    /// How many actions each rule of a request has.
    func families(_ request: Request) -> [Event.Family] {
        var counts = [Int](repeating: 0, count: rules.count)
        for action in request.actions { counts[ruleID(of: action).index] += 1 }
        return zip(rules, counts).filter { $0.1 > 0 }.map { Event.Family(rule: printable($0.0.name), actions: $0.1) }
    }
}
