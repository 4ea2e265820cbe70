import Artifact
import Planning
import Rules
import Synchronization

/// What a command has to work with: rules, state and plan of one workspace.
final class Session: Sendable {
    let workspace: Workspace
    let disk: WorkspaceDisk
    let rules: CompiledRules
    /// Nil for a view of a workspace in which nothing was ever built.
    let database: StateDatabase?
    let settings: Settings
    let survey: Survey
    let threads: Threads
    private let cache: PlanCache
    private let memory = Mutex(Memory())

    /// What was read of the database for one plan.
    private struct Memory {
        var plan: ObjectIdentifier?
        var snapshot: Snapshot?
        var orphans: [Orphan] = []
        var knownFiles: [Path: Census]?
    }

    init(
        workspace: Workspace, disk: WorkspaceDisk, rules: CompiledRules, database: StateDatabase?, settings: Settings,
        threads: Threads
    ) {
        self.workspace = workspace
        self.disk = disk
        self.rules = rules
        self.database = database
        self.settings = settings
        self.threads = threads
        survey = Survey(disk: disk, threads: threads)
        cache = PlanCache(workspace: workspace, disk: disk)
    }

    /// What an artifact that the rules read while planning holds.
    enum Judgement: Hashable, Sendable {
        case values([[UInt8]])
        /// It is not current.
        case notYet
    }
}

extension Session {
    /// The plan as it was made last with these rules and parameters, else as the rules give it now.
    ///
    /// Whether the answers that it was made with still hold is for the assessment to say: `examine`.
    ///
    /// - Parameter answersFromBefore: for views: a read that is not current is answered as it was the last time.
    func plan(answersFromBefore: Bool) async throws -> Plan {
        if let cached = cache.find(rules, settings.list) { return cached }
        return try await makePlan(answersFromBefore: answersFromBefore)
    }

    /// The plan as the rules give it now.
    func makePlan(answersFromBefore: Bool) async throws -> Plan {
        let plan = try await PlanReader.plan(rules, settings: settings.list) { path, column, soFar in
            switch try await self.judge(path, column, in: try soFar()) {
            case .values(let values): return values
            case .notYet: return answersFromBefore ? try self.database?.answer(path, column)?.values : nil
            }
        }
        if !answersFromBefore { try cache.store(plan, rules, settings.list) }
        return plan
    }

    /// What a column of an artifact holds, if the artifact is current.
    func judge(_ path: Path, _ column: [UInt8], in plan: Plan) async throws -> Judgement {
        guard let artifact = plan.artifact(at: path), plan.maker(of: artifact) != nil || plan.isSource(artifact) else {
            throw PlanReadError.nobodyMakes(path)
        }
        let request =
            plan.maker(of: artifact).map { Request(plan, actions: [$0]) }
            ?? Request(plan, actions: [], sources: [artifact])
        return try read(path, column, in: try await assess(plan, request))
    }

    private func read(_ path: Path, _ column: [UInt8], in assessment: Assessment) throws -> Judgement {
        guard let artifact = assessment.plan.artifact(at: path),
            case .content(let content) = assessment.states[artifact.index]
        else { return .notYet }
        if let known = try database?.answer(path, column), known.content == content { return .values(known.values) }
        let file = workspace.root + "/" + String(decoding: path.bytes, as: UTF8.self)
        return .values(try PlanTimeRead.column(column, of: path, file: file))
    }

    /// How the reads that a plan was made with stand.
    struct Reads {
        /// Not current: their makers are to be built first.
        var stale: [(path: Path, maker: ActionID)] = []
        /// Whether an answer is another one now, so that the rules must be evaluated again.
        var differ = false
    }

    /// - Parameter assessment: of a request that holds what the rules read.
    func examine(_ assessment: Assessment) throws -> Reads {
        var reads = Reads()
        for question in assessment.plan.questions {
            switch try read(question.path, question.column, in: assessment) {
            case .values(let values): reads.differ = reads.differ || question.answer != values
            case .notYet:
                guard let artifact = assessment.plan.artifact(at: question.path) else { continue }
                if case .unavailable = assessment.states[artifact.index] {
                    // It cannot be had in this run: what was known of it before does not count any more.
                    reads.differ = reads.differ || question.answer != nil
                } else if let maker = assessment.plan.maker(of: artifact) {
                    reads.stale.append((question.path, maker))
                }
            }
        }
        return reads
    }

    /// Keeps the answers for views, and so that an unchanged table is not read again.
    func recordAnswers(_ assessment: Assessment) throws {
        guard let database else { return }
        for question in assessment.plan.questions {
            guard let values = question.answer, let artifact = assessment.plan.artifact(at: question.path),
                case .content(let content) = assessment.states[artifact.index]
            else { continue }
            if let known = try database.answer(question.path, question.column), known.content == content { continue }
            try database.recordAnswer(question.path, question.column, of: content, values)
        }
    }

    /// Looks at everything a request touches, and decides.
    func assess(
        _ plan: Plan, _ request: Request, forced: Set<ActionID> = [], failed: Set<ActionID> = []
    ) async throws -> Assessment {
        let snapshot = try snapshot(plan)
        let sights = try await survey.look(plan, request, snapshot)
        let surroundings = try await Surroundings.gather(plan, rules, survey, known: try knownFiles())
        return Assessment(
            plan: plan, snapshot: snapshot, surroundings: surroundings, sights: sights, forced: forced, failed: failed,
            requested: request,
            sourceMembers: { [survey] in survey.census(plan.path(of: $0))?.output },
            recordedParts: { [database] action in
                // Parts that cannot be read differ from all others.
                (try? database?.parts(of: plan.identity(of: action))) ?? []
            })
    }

    /// What is remembered of a plan; read once, until something was built.
    func snapshot(_ plan: Plan) throws -> Snapshot { try recall(plan).snapshot }
    func orphans(_ plan: Plan) throws -> [Orphan] { try recall(plan).orphans }

    private func recall(_ plan: Plan) throws -> (snapshot: Snapshot, orphans: [Orphan]) {
        let known = memory.withLock { memory in
            memory.plan == ObjectIdentifier(plan.blob) ? memory.snapshot.map { ($0, memory.orphans) } : nil
        }
        if let known { return known }
        let loaded = try Snapshot.load(plan, from: database)
        memory.withLock { memory in
            memory.plan = ObjectIdentifier(plan.blob)
            (memory.snapshot, memory.orphans) = (loaded.snapshot, loaded.orphans)
        }
        return loaded
    }

    /// Something was built: what is remembered is to be read again.
    func forget() {
        memory.withLock { memory in
            memory.plan = nil
            memory.snapshot = nil
        }
    }

    /// Censuses of files outside the workspace: tools and libraries.
    private func knownFiles() throws -> [Path: Census] {
        if let known = memory.withLock({ $0.knownFiles }) { return known }
        var known: [Path: Census] = [:]
        try database?.forEachCensus(outsideWorkspace: true) { path, census in known[path] = census }
        memory.withLock { $0.knownFiles = known }
        return known
    }
}
