import Artifact
import Hashing
import Planning
import Rules
import Settled
import Synchronization

/// What a command has to work with: rules, state and plan of one workspace.
final class Session: Sendable {
    let workspace: Workspace
    let disk: WorkspaceDisk
    let rules: CompiledRules
    /// Nil for a view of a workspace in which nothing was ever built.
    let database: StateDatabase?
    let settings: Settings
    let options: RunOptions
    /// Whether this is a build, which may write what it learns.
    private let records: Bool
    let survey: Survey
    let found: Found?
    let codeHistory: CodeHistory
    let observations: Observations
    let probes: Probes
    private let secrets: Secrets
    let threads: Threads
    private let cache: PlanCache
    private let memory = Mutex(Memory())

    /// What was read of the database for one plan.
    private struct Memory {
        var plan: Plan?
        var remembered: Remembered?
        /// Something was written since.
        var isOld = false
        /// A file that the database confirms; once.
        var file: SnapshotFile.Confirmed?
        /// That file, where what is remembered came from it and is as it was.
        var unchanged: SnapshotFile.Confirmed?
        var selected: Selected?
        /// What the file is to hold that the next run begins with.
        var memento: Memento?
        /// What this command has taken, whatever became of it.
        var taken: SnapshotFile.Confirmed?
        var knownFiles: [Path: Census]?
        /// What this run has built and what has failed in it.
        var built: Set<Digest> = []
        var failed: Set<Digest> = []
        var trouble: (any Error)?
        /// The keeping of plans.
        var storing: Task<Void, any Error>?
    }

    /// - Parameters:
    ///   - snapshot: what the database was confirmed by, before it was opened.
    ///   - found: what has been looked at for this command already.
    init(
        workspace: Workspace, disk: WorkspaceDisk, rules: CompiledRules, database: StateDatabase?, settings: Settings,
        options: RunOptions, records: Bool, threads: Threads, snapshot: SnapshotFile.Confirmed? = nil,
        found: Found? = nil
    ) {
        self.workspace = workspace
        self.disk = disk
        self.rules = rules
        self.database = database
        self.settings = settings
        self.options = options
        self.records = records
        self.threads = threads
        self.found = found
        survey = Survey(disk: disk, threads: threads, found: found)
        codeHistory = CodeHistory(rules, workspace, disk, database)
        observations = Observations(
            root: workspace.root, disk: disk, survey: survey, database: database, records: records)
        probes = Probes(workspace: workspace, disk: disk, database: database, runs: records, threads: threads)
        secrets = Secrets(file: workspace.state("secret"), mayMake: records)
        cache = PlanCache(workspace: workspace, disk: disk)
        memory.withLock { ($0.file, $0.taken) = (snapshot, snapshot) }
    }

    /// What the rules read while planning: a column, or a directory's files.
    struct Read: Hashable, Sendable {
        let kind: Plan.Question.Kind
        let path: Path
        let column: [UInt8]

        init(_ question: Plan.Question) {
            (kind, path, column) = (question.kind, question.path, question.column)
        }
    }

    /// What is known of reads: values, or nil for "not yet".
    typealias Answers = [Read: [[UInt8]]?]
}

// MARK: - Plans

extension Session {
    /// The plan as it was made last with these rules and parameters, else as the rules give it now.
    ///
    /// Whether the answers that it was made with still hold is for the assessment to say: `examine`.
    ///
    /// - Parameter answersFromBefore: for views: a read that is not current is answered as it was the last time.
    func plan(answersFromBefore: Bool) async throws -> Plan {
        if let cached = cache.find(rules, settings.list) { return cached }
        return try await makePlan([:], answersFromBefore: answersFromBefore)
    }

    /// The plan as the rules give it now.
    ///
    /// - Parameter answers: what has been examined already: it is not judged again, so that a plan is made anew only
    ///   where an answer has changed.
    func makePlan(_ answers: Answers, answersFromBefore: Bool) async throws -> Plan {
        let plan: Plan
        do {
            plan = try await PlanReader.plan(rules, in: workspace.rulesInside, settings: settings.list) {
                question, soFar in
                if let known = answers[Read(question)] { return known }
                if question.kind == .files { return try self.disk.listing(question.path, ending: question.column) }
                let (path, column) = (question.path, question.column)
                if let values = try await self.judge(path, column, in: try soFar()) { return values }
                return answersFromBefore ? try self.database?.answer(path, column)?.values : nil
            }
        } catch let error as PlanReader.Failure {
            guard case .usage(let message, let parameter) = error, let origin = settings.origin(of: parameter) else {
                throw error
            }
            throw SettingsError.refused(message: message, origin)
        }
        if !answersFromBefore { beginStoring(plan) }
        return plan
    }

    /// Keeps a plan while what was planned goes on.
    private func beginStoring(_ plan: Plan) {
        memory.withLock { memory in
            let before = memory.storing
            memory.storing = Task { [self] in
                _ = await before?.result
                try await threads.run { [self] in try cache.store(plan, rules, settings.list) }
            }
        }
    }

    /// Waits until the plan that was made last is kept.
    ///
    /// - Returns: why it could not be. It will be made again: nothing that depends on it has failed.
    func finishStoring() async -> (any Error)? {
        guard let storing = memory.withLock({ $0.storing }) else { return nil }
        do { try await storing.value } catch { return error }
        return nil
    }

    /// What a column of an artifact holds, judged from a plan that is only begun; nil if the artifact is not current.
    private func judge(_ path: Path, _ column: [UInt8], in plan: Plan) async throws -> [[UInt8]]? {
        guard let artifact = plan.artifact(at: path), plan.maker(of: artifact) != nil || plan.isSource(artifact) else {
            throw PlanReadError.nobodyMakes(path)
        }
        let request =
            plan.maker(of: artifact).map { Request(plan, actions: [$0]) }
            ?? Request(plan, actions: [], sources: [artifact])
        return try values(path, column, in: try await assess(plan, request, Selection()))
    }

    /// A column's values, if its artifact is current; kept with the content that they were read from.
    private func values(_ path: Path, _ column: [UInt8], in assessment: Assessment) throws -> [[UInt8]]? {
        guard let artifact = assessment.plan.artifact(at: path),
            case .content(let content) = assessment.states[artifact.index]
        else { return nil }
        if let known = try database?.answer(path, column), known.content == content { return known.values }
        let file = workspace.root + "/" + String(decoding: path.bytes, as: UTF8.self)
        // Its content is known, its bytes are away: its maker is to give them back first.
        guard let before = try disk.stamp(path, followsLink: true) else { return nil }
        let values = try PlanTimeRead.column(column, of: path, file: file)
        // Of a file that moved meanwhile nobody knows which content was read.
        if records, try disk.stamp(path, followsLink: true) == before, survey.holds(path, before, content) {
            try database?.recordAnswer(path, column, of: content, values)
        }
        return values
    }

    /// How the reads that a plan was made with stand.
    struct Reads {
        /// Not current: their makers are to be built first; those that wait for other answers are left out.
        var stale: [(path: Path, maker: ActionID)] = []
        var answers: Answers = [:]
        /// Whether an answer is another one now, so that the rules must be evaluated again.
        var differ = false
    }

    /// - Parameter assessment: of a request that holds what the rules read.
    func examine(_ assessment: Assessment) throws -> Reads {
        var reads = Reads()
        var stale: [Plan.Question] = []
        var open: [Plan.Question] = []
        for question in assessment.plan.questions {
            let read = Read(question)
            if question.kind == .files {
                let files = try disk.listing(question.path, ending: question.column)
                reads.answers[read] = .some(files)
                if question.answer != files { open.append(question) }
                continue
            }
            if let values = try values(question.path, question.column, in: assessment) {
                reads.answers[read] = .some(values)
                if question.answer != values { open.append(question) }
                continue
            }
            guard let artifact = assessment.plan.artifact(at: question.path) else { continue }
            if case .unavailable = assessment.states[artifact.index] {
                // It cannot be had in this run: what was known of it before does not count any more.
                reads.answers[read] = .some(nil)
                if question.answer != nil { open.append(question) }
            } else if assessment.plan.maker(of: artifact) != nil {
                reads.answers[read] = .some(question.answer)
                stale.append(question)
            }
        }
        reads.differ = !open.isEmpty
        for question in assessment.plan.independent(stale, of: open + stale) {
            let artifact = assessment.plan.artifact(at: question.path)
            if let maker = artifact.flatMap({ assessment.plan.maker(of: $0) }) {
                reads.stale.append((question.path, maker))
            }
        }
        return reads
    }

    /// What a view shows: the actions as the reads list them now, where those are current, else as they did the last time.
    func view(_ select: (Plan) throws -> Selection) async throws -> (assessment: Assessment, request: Request) {
        var plan = try await plan(answersFromBefore: true)
        while true {
            let selection = try select(plan)
            try options.policies.check(plan, selection)
            let request = self.request(plan, selection)
            let assessment = try await assess(plan, request, selection)
            let reads = try examine(assessment)
            guard reads.differ else { return (assessment, request) }
            let again = try await makePlan(reads.answers, answersFromBefore: true)
            // The same questions have the same answers now; only new ones can differ again.
            guard Set(again.questions.map(\.path)) != Set(plan.questions.map(\.path)) else {
                let selection = try select(again)
                let request = self.request(again, selection)
                return (try await assess(again, request, selection), request)
            }
            plan = again
        }
    }
}

// MARK: - Assessing

extension Session {
    /// What was named and all above it, but for what only skipped actions read.
    func request(_ plan: Plan, _ selection: Selection) -> Request {
        selection.request(plan, skipped: options.circumstances(plan, selection).skipped)
    }

    /// What targets stand for in a plan, and what they ask for.
    private struct Selected {
        let plan: Plan
        let selection: Selection
        let request: Request
    }

    /// The same for a plan that is asked about again and again; found once.
    func selected(_ plan: Plan, _ select: () throws -> Selection) throws -> (selection: Selection, request: Request) {
        if let known = memory.withLock({ $0.selected }), known.plan === plan { return (known.selection, known.request) }
        let selection = try select()
        let request = request(plan, selection)
        memory.withLock { $0.selected = Selected(plan: plan, selection: selection, request: request) }
        return (selection, request)
    }

    /// Looks at everything a request touches, and decides.
    ///
    /// - Parameter selection: what was named.
    func assess(_ plan: Plan, _ request: Request, _ selection: Selection) async throws -> Assessment {
        let remembered = try recall(plan)
        let snapshot = remembered.snapshot
        var sights = try await survey.look(plan, request, snapshot)
        try await lookAtDiscovered(by: request, plan, remembered)
        var surroundings = try await Surroundings.gather(
            remembered.commands, rules, survey, known: try knownFiles(), secrets, root: workspace.root)
        surroundings.probes = try await probes.answers(to: plan.probes(of: request, remembered.commands))
        for source in plan.probedSources {
            guard let artifact = plan.artifact(at: source.path), request.holds(artifact) else { continue }
            sights[artifact.index] = (surroundings.probes[source.probe] ?? .never).sight(source.probe)
        }
        var circumstances = options.circumstances(plan, selection)
        let (built, failed) = memory.withLock { ($0.built, $0.failed) }
        circumstances.built = Set(plan.actions(of: built))
        circumstances.failed = Set(plan.actions(of: failed))
        func decide() -> Assessment {
            Assessment(
                plan: plan, snapshot: snapshot, surroundings: surroundings, sights: sights, requested: request,
                circumstances: circumstances, evidence: evidence(plan))
        }
        let assessment =
            try database?.asOfOneMoment(
                isAskedByTwo: request.actionCount >= Self.fewestAskedByTwo, decide) ?? decide()
        try throwTrouble()
        return assessment
    }

    /// Of fewer actions to connect once more costs more than it saves.
    private static var fewestAskedByTwo: Int { 4096 }

    /// What is remembered of a plan; read once, until something was built.
    func snapshot(_ plan: Plan) throws -> Snapshot { try recall(plan).snapshot }
    func orphans(_ plan: Plan) throws -> [Orphan] { try recall(plan).orphans }
    func commands(_ plan: Plan) throws -> CommandNames { try recall(plan).commands }

    private func recall(_ plan: Plan) throws -> Remembered {
        let (known, isOld, file) = memory.withLock { memory in
            (memory.plan === plan ? memory.remembered : nil, memory.isOld, memory.file)
        }
        if let known, !isOld { return known }
        // Before the rows are read, so that none is missed; what a file or this memory knows is older.
        let written = database?.takeJournal() ?? StateJournal()
        var remembered: Remembered
        var unchanged: SnapshotFile.Confirmed?
        if let before = known ?? file?.remembered(of: plan), let database {
            remembered = before
            do { try remembered.refresh(written, plan, database) } catch {
                // What was written is not known any more: all rows are read by whoever asks next.
                memory.withLock { ($0.remembered, $0.file, $0.unchanged) = (nil, nil, nil) }
                throw error
            }
            if written.isEmpty { unchanged = known == nil ? file : memory.withLock { $0.unchanged } }
        } else {
            remembered = try Remembered(plan, from: database)
        }
        memory.withLock { memory in
            (memory.plan, memory.remembered, memory.isOld) = (plan, remembered, false)
            (memory.file, memory.unchanged) = (nil, unchanged)
        }
        return remembered
    }

    /// Finds out what is remembered once a run is over, while the database is open.
    ///
    /// - Parameter assessment: as the run left it.
    func conclude(_ assessment: Assessment, _ request: Request) throws {
        memory.withLock { $0.isOld = true }
        var remembered = try recall(assessment.plan)
        let isSettled =
            assessment.closelyJudged.isEmpty
            && remembered.snapshot.settledUnder == assessment.surroundings.digest
        if !isSettled { remembered.settle(after: assessment, request) }
        memory.withLock { memory in
            memory.memento = Memento(
                plan: assessment.plan, remembered: remembered,
                isUnchanged: isSettled && memory.unchanged != nil)
        }
    }

    /// Writes what a run has concluded into the file that the next one begins with, when the database is closed.
    func keepSnapshot() throws {
        let (memento, taken) = memory.withLock { ($0.memento, $0.taken) }
        guard let memento else { return }
        try SnapshotFile(disk).write(
            memento.remembered, of: memento.plan, taken: taken, isUnchanged: memento.isUnchanged)
    }

    /// What the file is to hold.
    private struct Memento {
        let plan: Plan
        let remembered: Remembered
        /// Nothing in it is new.
        let isUnchanged: Bool
    }

    /// What the state could not be asked while verdicts were taken: they would be wrong.
    func throwTrouble() throws { if let error = memory.withLock({ $0.trouble }) { throw error } }

    func note(trouble: any Error) { memory.withLock { $0.trouble = $0.trouble ?? trouble } }

    /// Something was built: what is remembered is to be read again.
    ///
    /// - Parameters:
    ///   - built: in this run; what was forced and is built is not built again.
    ///   - failed: in this run.
    func forget(built: Set<Digest>, failed: Set<Digest>) {
        memory.withLock { memory in
            memory.built.formUnion(built)
            memory.failed.formUnion(failed)
            memory.isOld = true
        }
    }

    /// Together, so that a null build finds them all with their stamps.
    private func lookAtDiscovered(by request: Request, _ plan: Plan, _ remembered: Remembered) async throws {
        let snapshot = remembered.snapshot
        if snapshot.discovered.isEmpty { return }
        var paths: Set<Path> = []
        for (action, parts) in snapshot.discovered where request.holds(action) {
            for part in parts where plan.maker(at: part.path) == nil { paths.insert(part.path) }
        }
        let (inside, outside) = (remembered.beside, try knownFiles())
        try await survey.look(
            paths.sorted().map { path in
                (path, plan.artifact(at: path).flatMap { snapshot.census(of: $0) } ?? inside[path] ?? outside[path])
            })
    }

    /// Censuses of files outside the workspace: tools, libraries, and what actions discovered there.
    private func knownFiles() throws -> [Path: Census] {
        if let known = memory.withLock({ $0.knownFiles }) { return known }
        var known: [Path: Census] = [:]
        try database?.forEachCensus(outsideWorkspace: true) { path, census in known[path] = census }
        memory.withLock { $0.knownFiles = known }
        return known
    }
}
