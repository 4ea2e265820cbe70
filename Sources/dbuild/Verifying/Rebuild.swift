import Artifact
import Hashing
import Planning

/// Builds an action once more, beside what is recorded of it: nothing of it is published.
struct Rebuild: Sendable {
    /// What all of one variation share.
    struct Context: Sendable {
        let root: String
        let disk: any Disk
        let database: StateDatabase
        let survey: Survey
        let threads: Threads
        let staging: Staging
        let store: Store
        let executor: any Executor
    }

    enum Outcome: Sendable {
        /// A digest of what it made, and how that compares with what is recorded.
        case made(Digest, OutputComparison)
        /// Why, what it was kept from, and the last that it said.
        case failed(String, denied: [String], logLines: [String])
        /// An input changed meanwhile: it says nothing.
        case moved(Path)
        /// An input's bytes lie neither in its place nor where they could be taken from: it was not built.
        case away(Path)
        case cancelled
    }

    /// Below the directory that every start clears.
    static let directory = Path(".dbuild/staging/verify")

    let context: Context
    let assessment: Assessment

    func run(_ action: ActionID) async throws -> Outcome {
        let (plan, context) = (assessment.plan, context)
        let inputs = InputsSeen(plan, action, context.survey)
        let away = assessment.inputsAway(action)
        let resolver = WorkResolver(
            plan, action, assessment, missing: assessment.losses(action).missing, root: context.root,
            isOneShot: true)
        let place = context.staging.take(resolver.directories)
        do {
            var task = try resolver.task(in: place.path, log: Self.directory / Path("log-\(action.index)"))
            let recalled = try RecalledInputs(away, for: task)
            task.copies = recalled.paths
            task.limits.timeoutSeconds = min(task.limits.timeoutSeconds ?? .infinity, patienceSeconds(action))
            try await context.threads.run { [task] in
                try context.staging.prepare(place)
                try recalled.make(in: place.path, context.store, context.disk)
                try context.disk.makeDirectory(task.log.directory)
                if try context.disk.stamp(task.log, followsLink: false) != nil { try context.disk.remove(task.log) }
                try context.executor.prepare(task)
            }
            let report = try await context.executor.run(task, Turn(begins: { true }, isOver: {}))
            let outcome = try await context.threads.run { [task] () -> Outcome in
                try self.outcome(of: action, task, report, inputs)
            }
            try await context.threads.run { context.staging.giveBack(place) }
            return outcome
        } catch {
            context.staging.giveBack(place)
            if let error = error as? RecalledInputs.Failure { return .away(error.output) }
            guard error is NoProgram || error is VariableNotText else { throw error }
            return .failed(error.inWords, denied: [], logLines: [])
        }
    }

    /// One that waits for the clock may wait for ever where that is held.
    private func patienceSeconds(_ action: ActionID) -> Double {
        60 + 20 * assessment.snapshot.durationSeconds[action.index]
    }

    private func outcome(
        of action: ActionID, _ task: ActionTask, _ report: ActionReport?, _ inputs: InputsSeen
    ) throws -> Outcome {
        guard let report, report.ending != .cancelled else { return .cancelled }
        let plan = assessment.plan
        // Whatever became of it: it was of other inputs.
        if let moved = try inputs.moved(context.disk) { return .moved(moved) }
        if let what = report.ending.inWords {
            let places = ReadPlaces(root: Path(context.root), staging: task.staging, disk: context.disk)
            let denied = try Denied.all(report.denials, plan, action, places)
            return .failed(what, denied: Wording.denied(denied, report.denials), logLines: try logLines(task))
        }
        let collected: Collected
        do throws(Collected.Failure) {
            collected = try Collected(plan, action, staging: task.staging, context.disk)
        } catch { return .failed(error.inWords, denied: [], logLines: try logLines(task)) }
        guard let trace = try context.database.trace(of: plan.identity(of: action)) else {
            throw StateDatabase.Failure.failed("what is recorded of \(plan.name(of: action)) is gone")
        }
        let comparison = OutputComparison(
            trace.outputs, collected, plan.rule(of: action).running.tolerance, root: context.root
        ) { path, content in isThere(path, content) }
        return .made(collected.traced.digest, comparison)
    }

    /// Of a file in a tree the tree's survey knows.
    private func isThere(_ path: Path, _ content: Content) -> Bool {
        if context.survey.census(path)?.content == content { return true }
        var tree = path.directory
        while !tree.bytes.isEmpty {
            if let census = context.survey.census(tree), let name = path.below(tree) {
                return census.member(name)?.content == content
            }
            tree = tree.directory
        }
        return false
    }

    private func logLines(_ task: ActionTask) throws -> [String] {
        guard try context.disk.stamp(task.log, followsLink: false) != nil else { return [] }
        return lastLines(try logEnd(task.logPlace(in: context.root)), count: 5)
    }
}

extension [Trace.Output] {
    /// The same for the same paths with the same bytes.
    var digest: Digest {
        var packer = Packer()
        packer.list(sorted { $0.path < $1.path })
        return XXH3.digest(packer.bytes)
    }
}
