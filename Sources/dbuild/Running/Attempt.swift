import Artifact
import Planning
import Rules
import Synchronization

/// One action from its start to its published outputs.
struct Attempt: Sendable {
    let name: String
    /// In this run, from 1.
    let number: Int
    private let plan: Plan
    private let action: ActionID
    private let key: Key
    private let task: ActionTask
    private let missing: [Path]
    /// Of what it reads.
    private let inputBytes: UInt64
    private let place: Staging.Place
    private let context: Builder.Context
    private let placing: Placing
    /// Inputs as they were when the verdict was taken.
    private let seen: [Seen]
    private static let scratch = Path(".dbuild-scratch")

    /// An input's file, or one of a tree's, with the stamp under which its content is known.
    private struct Seen: Sendable {
        let path: Path
        let census: Census
    }

    /// - Throws: `NoProgram`, which is the action's own failure, or what is wrong with the plan.
    init(
        _ action: ActionID, number: Int, assessment: Assessment, key: Key, missing: Set<Int>,
        context: Builder.Context
    ) throws {
        let plan = assessment.plan
        self.plan = plan
        self.action = action
        self.number = number
        self.key = key
        self.context = context
        name = plan.name(of: action)
        inputBytes = assessment.inputBytes(of: action) ?? 0
        let inputs = Array(plan.inputs(of: action))
        self.missing = missing.sorted().map { plan.path(of: inputs[$0].artifact) }
        place = context.staging.take()
        let staging = place.path
        let scratch = staging / Self.scratch
        var lost: [String: [String]] = [:]
        for ordinal in missing.sorted() {
            lost[printable(plan.text(inputs[ordinal].property)), default: []].append(
                String(decoding: plan.path(of: inputs[ordinal].artifact).bytes, as: UTF8.self))
        }
        let work: ActionTask.Work
        do {
            work = try WorkResolver(
                plan, action, assessment, staging: staging, scratch: context.workspace.root + "/\(scratch)"
            ).work(missing: missing)
        } catch {
            context.staging.giveBack(place)
            throw error
        }
        task = ActionTask(
            action: action, name: name, work: work,
            cpus: plan.rule(of: action).cpus, seed: plan.seed(of: action), staging: staging,
            scratch: scratch, log: context.events.logPath(of: name), missing: lost,
            limits: ActionTask.Limits(plan.rule(of: action).running))
        placing = Placing(action, assessment, context)
        seen = inputs.compactMap { input -> Seen? in
            let path = plan.path(of: input.artifact)
            guard let tree = plan.tree(of: input.artifact) else {
                return context.survey.census(path).map { Seen(path: path, census: $0) }
            }
            let root = plan.path(of: tree)
            guard let name = path.below(root),
                let member = context.survey.census(root)?.members.first(where: { $0.path == name }),
                member.content.kind != .tree
            else { return nil }
            return Seen(path: path, census: Census(content: member.content, stamp: member.stamp))
        }
    }

    /// How an action's process went; its outputs still are where it left them.
    struct Execution: Sendable {
        let report: ActionReport
        /// Nil: its place could not be prepared.
        let began: Beginning?
    }

    /// When an action began: not when it went to its slot, where it may wait for others.
    struct Beginning: Sendable {
        /// By the clock, nanoseconds since 1970-01-01T00:00:00Z.
        let nanoseconds: Int64
        /// The same, by the clock that stamps come from.
        let stamp: Int64
    }

    /// Runs the action. Whatever follows, `complete` is to be called with what it gives.
    ///
    /// - Parameters:
    ///   - batch: with which others it goes to its slot; nil: with none.
    ///   - estimate: what is said of it when it begins.
    ///   - mayBegin: asked when its turn has come.
    /// - Returns: nil where it did not begin; nothing is left of it.
    func execute(
        in batch: Batch?, _ estimate: Event.Estimate, mayBegin: @escaping @Sendable () -> Bool
    ) async throws -> Execution? {
        do {
            try await prepare()
        } catch {
            // The others of its batch do not wait for it.
            batch?.withdraw()
            guard let failure = error as? Collected.Failure else { throw error }
            let report = ActionReport(
                ending: .notStarted(failure.inWords), wallSeconds: 0, cpuSeconds: 0, peakBytes: 0)
            return Execution(report: report, began: nil)
        }
        let began = Mutex<Beginning?>(nil)
        let turn = Turn { [context, name, number] in
            guard mayBegin() else { return false }
            let now = Beginning(nanoseconds: Clock.wallNanoseconds, stamp: context.disk.stampClockNanoseconds)
            began.withLock { $0 = now }
            context.events.say(.actionStarted(action: name, attempt: number, estimate: estimate))
            return true
        } isOver: { [context, name] in
            context.events.say(.actionRan(action: name))
        }
        let report =
            if let batch { try await batch.run(task, on: context.executor, turn) } else {
                try await context.executor.run(task, turn)
            }
        guard let report else {
            try await withdraw()
            return nil
        }
        if report.survivors > 0 { context.events.say(.warning(Wording.survivors(report.survivors, of: name))) }
        return Execution(report: report, began: began.withLock { $0 })
    }

    /// As if it had never been prepared: what stands is the attempt before it, with its log.
    private func withdraw() async throws {
        let (context, task, number) = (context, task, number)
        try await context.threads.run {
            guard number > 1 else { return }
            let earlier = EventLog.logPath(ofEarlierAttempt: number - 1, task.log)
            if try context.disk.stamp(earlier, followsLink: false) != nil {
                try context.disk.rename(earlier, to: task.log)
            }
        }
        try await clear()
    }

    /// Publishes what an action has made, or says what is wrong with it.
    func complete(_ execution: Execution) async throws -> Finished {
        var report = execution.report
        // It did not come so far as to begin: that says nothing about the action.
        if case .recipe = task.work, report.ending == .exited(noResourcesExit) { throw ExecutorFailure.starved }
        if report.ending == .cancelled {
            try await clear()
            return Finished(report: report)
        }
        if let what = report.ending.inWords { return try await fail(what, report) }
        let collected: Collected
        let undeclared: [Path]
        let kept: Kept
        do {
            (collected, undeclared, kept) = try await context.threads.run { [report] in
                try Unstaged.end(plan, action, staging: task.staging, context.disk)
                let collected = try Collected(plan, action, staging: task.staging, context.disk)
                let undeclared = try Leftovers.find(task, collected.outputs.map(\.path), context.disk)
                return (collected, undeclared, try keep(collected, report, since: execution.began?.stamp ?? 0))
            }
        } catch let failure as Collected.Failure {
            return try await fail(failure.inWords, report)
        } catch let failure as Discovery.Failure {
            return try await fail(failure.inWords, report)
        }
        switch kept {
        case .kept(let discovered, let copies):
            try await publish(
                collected, discovered, copies, report, startedAtNanoseconds: execution.began?.nanoseconds ?? 0)
            try await clear()
            return Finished(outputs: collected.traced, report: report, undeclared: undeclared)
        case .moved(let path):
            report.ending = .inputMoved(path)
            try await clear()
            return Finished(report: report)
        }
    }

    private enum Kept {
        case kept([Discovered], StoreCopies?)
        case moved(Path)
    }

    /// Finds out what the action discovered, and copies the outputs into the store, unless they do not count.
    ///
    /// - Parameter start: when it began, by the clock that stamps come from.
    private func keep(_ collected: Collected, _ report: ActionReport, since start: Int64) throws -> Kept {
        switch try discoveries(report, since: start) {
        case .moved(let path): return .moved(path)
        case .found(let discovered):
            if let moved = try movedInput() { return .moved(moved) }
            return .kept(discovered, collected.keep(in: context.store, plan.rule(of: action).policy))
        }
    }

    private func discoveries(_ report: ActionReport, since start: Int64) throws -> Discovery.Outcome {
        if report.reads.isEmpty { return .found([]) }
        let places = ReadPlaces(root: Path(context.workspace.root), staging: task.staging, disk: context.disk)
        let discovery = Discovery(
            plan: plan, action: action, missing: Set(missing), places: places, survey: context.survey)
        return try discovery.take(report.reads, since: start)
    }

    /// An input that does not hold any more what is in the key: the outputs may be of neither content.
    private func movedInput() throws -> Path? {
        var taker = CensusTaker(disk: context.disk)
        for entry in seen {
            let now = try taker.take(entry.path, known: entry.census)
            guard let now, now.content == entry.census.content, !now.isRewritten(since: entry.census) else {
                return entry.path
            }
        }
        return nil
    }

    private func prepare() async throws {
        let (context, task, plan, action, place, directories) = (context, task, plan, action, place, directories)
        let number = number
        try await context.threads.run {
            try context.staging.prepare(place, directories: directories)
            try context.disk.makeDirectory(task.log.directory)
            if number > 1, try context.disk.stamp(task.log, followsLink: false) != nil {
                try context.disk.rename(task.log, to: EventLog.logPath(ofEarlierAttempt: number - 1, task.log))
            }
            try Collected.checkPlaces(plan, action, staging: task.staging, context.disk)
            try Unstaged.begin(plan, action, staging: task.staging, root: context.workspace.root, context.disk)
        }
    }

    /// What it finds in its place, by paths below it.
    private var directories: [Path] {
        let links = task.work.links
        let isRecipe = links == nil
        return [Self.scratch] + CommandRunner.topmost(links ?? []).map(\.directory)
            + plan.outputs(of: action).map { output in
                let path = plan.path(of: output.artifact)
                // A recipe finds its tree made; a program makes its own, as it would by hand.
                return plan.isTree(output.artifact) && isRecipe ? path : path.directory
            }
    }

    private func publish(
        _ collected: Collected, _ discovered: [Discovered], _ copies: StoreCopies?, _ report: ActionReport,
        startedAtNanoseconds: Int64
    ) async throws {
        let trace = Trace(
            key: key.digest, parts: key.parts, outputs: collected.traced, missing: missing, discovered: discovered,
            builtAtNanoseconds: context.nowNanoseconds, startedAtNanoseconds: startedAtNanoseconds, run: context.run,
            durationSeconds: report.wallSeconds, peakBytes: report.peakBytes, inputBytes: inputBytes)
        _ = try await placing.place(collected, .built(trace, copies))
    }

    private func clear() async throws {
        let (context, task, place) = (context, task, place)
        try await context.threads.run {
            context.staging.giveBack(place)
            // An action that said nothing leaves no log.
            if try context.disk.stamp(task.log, followsLink: false)?.sizeBytes == 0 {
                try context.disk.remove(task.log)
            }
        }
    }

    private func fail(_ what: String, _ report: ActionReport) async throws -> Finished {
        let (context, task) = (context, task)
        let lines = try await context.threads.run { () -> [String]? in
            guard try context.disk.stamp(task.log, followsLink: false) != nil else { return nil }
            return lastLines(try logEnd(task.logPlace(in: context.workspace.root)), count: 20)
        }
        let shortage = Shortage(
            action: name, what: what, logLines: lines ?? [], staging: task.staging, context.disk)
        try await clear()
        if let shortage { throw shortage }
        let failure = Event.ActionFailure(
            action, plan, attempt: number, what: what, report, logLines: lines ?? [],
            log: lines?.isEmpty == false ? task.log : nil)
        return Finished(report: report, failure: failure)
    }
}
