import Artifact
import Hashing
import Planning

/// Builds recorded actions again while what must not matter varies, and finds out what makes those differ that do.
struct Verifier {
    let session: Session
    let database: StateDatabase
    let assessment: Assessment
    let request: Request
    let budget: RunBudget
    let means: VariationMeans
    /// Nil where the kernel has none: then only what an action looks for where it runs is kept from it.
    let sandbox: Sandbox?
    let interruption: Interruption
    /// Told now and then how far it has come.
    let progress: @Sendable (VerifyProgress) -> Void

    /// - Parameters:
    ///   - actions: current ones, in build order.
    ///   - times: how often each is built, 1 or more.
    func verify(_ actions: [ActionID], times: Int) async throws -> Verification {
        defer { session.disk.removeLoosely(Rebuild.directory) }
        var verification = Verification(chosen: actions.count, times: times)
        var findings: [ActionID: Verification.Finding] = [:]
        for number in 1 ... max(1, times) where !interruption.isRaised {
            // A difference is one already: its cause is looked for afterwards.
            let open = actions.filter { findings[$0]?.isBad != true }
            // Fewer at once the second time: what runs beside an action must not matter either.
            let jobs = number.isMultiple(of: 2) ? (budget.budget.cpus + 1) / 2 : budget.budget.cpus
            let outcomes = try await build(open, .varied(number), jobs: jobs) { done, differing in
                progress(.init(number: number, times: times, done: done, of: open.count, differing: differing))
            }
            for (action, outcome) in outcomes {
                guard let finding = Verification.Finding(action, outcome, in: assessment.plan) else { continue }
                if finding.isWorse(than: findings[action]) { findings[action] = finding }
            }
        }
        try await findCauses(&findings, actions)
        verification.findings = actions.compactMap { findings[$0] }
        verification.unvaried = unvaried(actions)
        verification.signal = interruption.signal
        return verification
    }

    /// Of each rule's first action that differs, in build order: the others' causes are taken to be the same.
    private func findCauses(
        _ findings: inout [ActionID: Verification.Finding], _ actions: [ActionID]
    ) async throws {
        /// One that fails has another cause than one that differs.
        struct Kind: Hashable { let rule: RuleID, isFailed: Bool }
        var known: [Kind: CauseSearch.Cause] = [:]
        for action in actions {
            guard let finding = findings[action], finding.isBad, !interruption.isRaised else { continue }
            let kind = Kind(rule: assessment.plan.ruleID(of: action), isFailed: finding.isFailed)
            if let cause = known[kind] {
                findings[action]?.cause = .init(cause: cause, isOfAnother: true)
                continue
            }
            guard let cause = try await cause(of: action, hasBuilt: !finding.isFailed) else { continue }
            known[kind] = cause
            findings[action]?.cause = .init(cause: cause, isOfAnother: false)
        }
    }

    /// - Returns: nil where it was interrupted, or its inputs changed.
    private func cause(of action: ActionID, hasBuilt: Bool) async throws -> CauseSearch.Cause? {
        guard let trace = try database.trace(of: assessment.plan.identity(of: action)) else { return nil }
        var search = CauseSearch(recorded: trace.outputs.digest, factors: means.factors, hasBuilt: hasBuilt)
        while let variation = search.next {
            let outcomes = try await build([action], variation, jobs: 1) { _, _ in }
            switch outcomes.first?.outcome {
            case .made(let digest, _): search.take(digest)
            case .failed: search.take(nil)
            case .moved, .away, .cancelled, nil: return nil
            }
        }
        return search.cause
    }

    /// Builds actions in one variation, each by itself from the recorded inputs.
    private func build(
        _ actions: [ActionID], _ variation: Variation, jobs: Int, _ told: (_ done: Int, _ differing: Int) -> Void
    ) async throws -> [(action: ActionID, outcome: Rebuild.Outcome)] {
        if actions.isEmpty { return [] }
        let staging = Staging(root: Rebuild.directory / variation.place, session.disk)
        let executor = LocalExecutor(
            helpers: Helpers(
                jobs: jobs, marker: RunMarker(session.workspace), variation: ProcessVariation(variation, means)),
            rules: session.rules.path, disk: session.disk, root: session.workspace.root, keptLinks: staging.links,
            threads: session.threads, oneShot: true, sandbox: sandbox)
        interruption.onSignal { executor.cancel() }
        let rebuild = Rebuild(
            context: Rebuild.Context(
                root: session.workspace.root, disk: session.disk, database: database, survey: session.survey,
                threads: session.threads, staging: staging,
                store: Store(database: database, disk: session.disk, run: 0), executor: executor),
            assessment: assessment)
        let result: Result<[(action: ActionID, outcome: Rebuild.Outcome)], any Error>
        do { result = .success(try await run(actions, rebuild, jobs, told)) } catch { result = .failure(error) }
        try await executor.close()
        staging.close()
        return try result.get()
    }

    private func run(
        _ actions: [ActionID], _ rebuild: Rebuild, _ jobs: Int, _ told: (_ done: Int, _ differing: Int) -> Void
    ) async throws -> [(action: ActionID, outcome: Rebuild.Outcome)] {
        var budget = budget
        budget.budget.cpus = jobs
        let dispatcher = Dispatcher(
            assessment, request, budget, pools: PoolStarts(), startsTogether: false, running: actions)
        dispatcher.add(actions, assessment)
        var outcomes: [(action: ActionID, outcome: Rebuild.Outcome)] = []
        var differing = 0
        try await withThrowingTaskGroup(of: (ActionID, Rebuild.Outcome)?.self) { group in
            var isPausing = false
            while true {
                while !interruption.isRaised, let dispatch = dispatcher.next() {
                    for action in dispatch.actions {
                        do throws(TooLarge) { _ = try dispatcher.takeEstimate(of: action) } catch {
                            dispatcher.finish(action)
                            outcomes.append((action, .failed(error.inWords, denied: [], logLines: [])))
                            continue
                        }
                        group.addTask { (action, try await rebuild.run(action)) }
                    }
                }
                if !isPausing, !interruption.isRaised, let pause = dispatcher.pauseNanoseconds {
                    isPausing = true
                    group.addTask {
                        try await Task.sleep(nanoseconds: UInt64(clamping: pause))
                        return nil
                    }
                }
                guard let message = try await group.next() else { break }
                guard let (action, outcome) = message else {
                    isPausing = false
                    continue
                }
                dispatcher.finish(action)
                outcomes.append((action, outcome))
                if Verification.Finding(action, outcome, in: assessment.plan)?.isBad == true { differing += 1 }
                told(outcomes.count, differing)
            }
        }
        return outcomes
    }

    /// Programs that the library in front of an action's own does not reach, by how many actions run them.
    private func unvaried(_ actions: [ActionID]) -> [String: Int] {
        var known: [[UInt8]: Bool] = [:]
        var counts: [String: Int] = [:]
        for action in actions where assessment.plan.rule(of: action).isCommand {
            guard let recipe = try? assessment.plan.recipe(of: action),
                let name = Plan.commandFacts(recipe).program
            else { continue }
            let text = String(decoding: name, as: UTF8.self)
            let isReached =
                known[name] ?? BaseEnvironment.program(text, root: session.workspace.root).map(isLinkedDynamically)
                ?? true
            known[name] = isReached
            if !isReached { counts[text, default: 0] += 1 }
        }
        return counts
    }
}

extension Variation {
    /// Where its builds take place, below one directory.
    fileprivate var place: Path {
        switch self[.workingDirectory] {
        case .own, .held: Path("here")
        case .varied: Path("some/where/else")
        case .variedAgain: Path("there")
        }
    }
}
