import Artifact
import Planning
import Rules
import Synchronization

/// One action from its start to its published outputs. A class: each of its steps hands it on.
final class Attempt: Sendable {
    let name: String
    /// In this run, from 1.
    let number: Int
    let plan: Plan
    let action: ActionID
    let key: Key
    let task: ActionTask
    let missing: [Path]
    /// Of what it reads.
    let inputBytes: UInt64
    let place: Staging.Place
    let context: Builder.Context
    let placing: Placing
    let inputs: InputsSeen

    /// - Throws: `NoProgram` or `VariableNotText`, which are the action's own failure, or what is wrong with the plan.
    init(
        _ action: ActionID, number: Int, assessment: borrowing Assessment, key: Key, missing: Set<Int>,
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
        let resolver = WorkResolver(
            plan, action, assessment, missing: missing, root: context.workspace.root,
            isOneShot: context.executor.isOneShot)
        place = context.staging.take(resolver.directories)
        do {
            task = try resolver.task(in: place.path, log: context.events.logPath(of: name))
        } catch {
            context.staging.giveBack(place)
            throw error
        }
        placing = Placing(action, assessment, context)
        self.inputs = InputsSeen(plan, action, context.survey)
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

    /// Makes what it finds in its place.
    func prepare() async throws {
        try await context.threads.run { [self] in
            try context.staging.prepare(place)
            try context.disk.makeDirectory(task.log.directory)
            if number > 1, try context.disk.stamp(task.log, followsLink: false) != nil {
                try context.disk.rename(task.log, to: EventLog.logPath(ofEarlierAttempt: number - 1, task.log))
            }
            try Collected.checkPlaces(plan, action, staging: task.staging, context.disk)
            try context.executor.prepare(task)
            try Unstaged.begin(plan, action, staging: task.staging, root: context.workspace.root, context.disk)
        }
    }

    /// As if it had never been: it was prepared for a turn that has not come.
    func abandon() async throws {
        try await context.threads.run { [self] in context.staging.giveBack(place) }
    }

    /// Runs the action. Whatever follows, `complete` is to be called with what it gives.
    ///
    /// - Parameters:
    ///   - preparation: that of its place, where that has begun ahead of its turn.
    ///   - batch: with which others it goes to its slot; nil: with none.
    ///   - estimate: what is said of it when it begins.
    ///   - mayBegin: asked when its turn has come.
    /// - Returns: nil where it did not begin; nothing is left of it.
    func execute(
        after preparation: Task<Void, any Error>?, in batch: Batch?, _ estimate: Event.Estimate,
        mayBegin: @escaping @Sendable () -> Bool
    ) async throws -> Execution? {
        do {
            if let preparation { try await preparation.value } else { try await prepare() }
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
        try await context.threads.run { [self] in
            guard number > 1 else { return }
            let earlier = EventLog.logPath(ofEarlierAttempt: number - 1, task.log)
            if try context.disk.stamp(earlier, followsLink: false) != nil {
                try context.disk.rename(earlier, to: task.log)
            }
        }
        try await clear()
    }
}
