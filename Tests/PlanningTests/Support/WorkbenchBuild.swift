import Artifact
import Hashing
import Planning
import TestSupport

@testable import TestOracle

/// Building: what dbuild does about verdicts, one thing after another in an order that a seed gives.
extension Workbench {
    struct Outcome {
        /// Names of the actions that ran, in the order in which they started.
        var ran: [String] = []
        /// The line of each verdict that was taken, by action.
        var lines: [String: Int] = [:]
        var failed: Set<String> = []
        var failedIdentities: Set<Digest> = []
        var built: Set<Digest> = []
        var restored: Set<String> = []
        /// Sources that changed while actions read them.
        var moved: Set<Path> = []
        var assessment: Assessment
    }

    /// Something that happens while a build runs: as an action starts, the number of those before it.
    typealias Interference = (_ started: Int, inout Files) -> Void

    /// Builds what the rules read while planning, plans again where that says something new, and builds the targets.
    ///
    /// - Parameters:
    ///   - jobs: how many actions run at once.
    ///   - seed: of the order in which those that run at once end.
    @discardableResult
    mutating func build(
        _ book: Rulebook, _ order: Order, jobs: Int = 1, seed: UInt64 = 0, during: Interference = { _, _ in }
    ) throws -> Outcome {
        run += 1
        (code, library) = (book.code, book.library)
        var random = SplitMix(state: seed)
        var plan = try plan(book)
        var attempted: Set<Path> = []
        var outcome = Outcome(assessment: try assess(plan, order))
        while true {
            let reads = examine(outcome.assessment)
            let open = reads.stale.filter { attempted.insert($0.path).inserted }
            if !open.isEmpty {
                let request = Request(
                    plan, actions: open.map(\.maker), skipped: order.circumstances(plan).skipped)
                outcome.assessment = try assess(plan, order, request, outcome)
                try work(request, &outcome, jobs, &random, during)
            } else if let found = reads.answers {
                answers = found
                plan = try book.plan(found)
            } else {
                break
            }
            outcome.assessment = try assess(plan, order, nil, outcome)
        }
        let request = try order.request(plan)
        try work(request, &outcome, jobs, &random, during)
        if !outcome.moved.isEmpty {
            outcome.assessment = try assess(plan, order, nil, outcome)
            outcome.moved = []
            try work(request, &outcome, jobs, &random) { _, _ in }
        }
        for action in plan.actions {
            guard let verdict = outcome.assessment.verdicts[action.index] else { continue }
            let name = plan.name(of: action)
            outcome.lines[name] = outcome.lines[name] ?? verdict.line
        }
        conclude(outcome.assessment, request)
        return outcome
    }

    /// What a view shows: nothing is built, and reads that are not current are answered as they were.
    func view(_ book: Rulebook, _ order: Order) throws -> Assessment {
        var bench = self
        (bench.code, bench.library) = (book.code, book.library)
        var assessment = try bench.assess(try bench.plan(book), order)
        for _ in book.acts {
            guard let found = bench.examine(assessment).answers else { break }
            assessment = try bench.assess(try book.plan(found), order)
        }
        return assessment
    }

    private func plan(_ book: Rulebook) throws -> Plan {
        try book.plan(answers.filter { path, _ in book.acts.contains { $0.axis == path } })
    }

    /// - Parameter outcome: what this run has built already, and what has failed.
    private func assess(
        _ plan: Plan, _ order: Order, _ request: Request? = nil, _ outcome: Outcome? = nil
    ) throws -> Assessment {
        let request = try request ?? order.request(plan)
        var circumstances = order.circumstances(plan)
        for action in plan.actions where request.holds(action) {
            let identity = plan.identity(of: action)
            if outcome?.built.contains(identity) == true { circumstances.built.insert(action) }
            if outcome?.failedIdentities.contains(identity) == true { circumstances.failed.insert(action) }
        }
        return assess(plan, request, circumstances)
    }

    /// How the reads that a plan was made with stand: what is to be built first, and answers if they are others now.
    private func examine(
        _ assessment: Assessment
    ) -> (stale: [(path: Path, maker: ActionID)], answers: [String: [String]]?) {
        let plan = assessment.plan
        var stale: [Plan.Question] = []
        var open: [Plan.Question] = []
        var found: [String: [String]] = [:]
        for question in plan.questions {
            guard let artifact = plan.artifact(at: question.path) else { continue }
            let before = question.answer?.map { String(decoding: $0, as: UTF8.self) }
            var now = before
            switch assessment.states[artifact.index] {
            case .content: now = place["\(question.path)"]?.lines
            case .unavailable: now = nil
            default: if plan.maker(of: artifact) != nil { stale.append(question) }
            }
            found["\(question.path)"] = now
            if now != before { open.append(question) }
        }
        let makers = plan.independent(stale, of: open + stale).compactMap { question in
            plan.artifact(at: question.path).flatMap { plan.maker(of: $0) }.map { (path: question.path, maker: $0) }
        }
        return (makers, open.isEmpty ? nil : found)
    }

    /// Everything that there is to do for a request.
    mutating func work(
        _ request: Request, _ outcome: inout Outcome, _ jobs: Int, _ random: inout SplitMix, _ during: Interference
    ) throws {
        let plan = outcome.assessment.plan
        var schedule = Schedule(
            plan: plan, requested: request, durationSeconds: Array(outcome.assessment.snapshot.durationSeconds),
            cpus: jobs)
        schedule.add(outcome.assessment.ready())
        var running: [(action: ActionID, done: Done)] = []
        while true {
            while let action = schedule.next() {
                let work = outcome.assessment.work(of: action)
                if work == .build { during(outcome.ran.count, &place) }
                running.append((action, try start(action, work, &outcome)))
                outcome.assessment.began(action)
            }
            if running.isEmpty { break }
            let (action, done) = running.remove(at: random.below(running.count))
            schedule.finish(action)
            schedule.add(try take(action, done, &outcome))
        }
        recordStaleness(request, outcome.assessment, built: outcome.built)
    }

    /// What something that was started comes to.
    private enum Done {
        case made([String: Craft.Stuff], looked: [String: Craft.Stuff?])
        case failed
        case restored([(output: Trace.Output, stuff: Craft.Stuff)], StoreEntry?)
        case lost([Content])

        var isOfStore: Bool {
            switch self {
            case .restored, .lost: true
            case .made, .failed: false
            }
        }
    }

    private func start(
        _ action: ActionID, _ work: Assessment.Work, _ outcome: inout Outcome
    ) throws -> Done {
        switch work {
        case .build:
            outcome.ran.append(outcome.assessment.plan.name(of: action))
            let (made, looked) = try make(action, outcome.assessment) ?? ([:], [:])
            return made.isEmpty ? .failed : .made(made, looked: looked)
        case .restore(let entry): return fetch(entry.outputs, entry)
        case .putBack(let outputs): return fetch(outputs, nil)
        }
    }

    /// What the store and the place together have of outputs.
    private func fetch(_ outputs: [Trace.Output], _ entry: StoreEntry?) -> Done {
        var found: [(Trace.Output, Craft.Stuff)] = []
        var lost: [Content] = []
        for output in outputs {
            let path = "\(output.path)"
            if let present = place[path], Self.output(output.path, present).content == output.content {
                found.append((output, present))
                continue
            }
            guard output.content.kind == .tree else {
                if let bytes = objects[output.content] {
                    found.append((output, .file(bytes)))
                } else {
                    lost.append(output.content)
                }
                continue
            }
            var files: [String: [UInt8]] = [:]
            for member in output.members where member.content != .directory {
                let present = place.files["\(output.path / member.path)"]
                if entry == nil, let present, Self.fileContent(present) == member.content {
                    files["\(member.path)"] = present
                } else if let bytes = objects[member.content] {
                    files["\(member.path)"] = bytes
                } else {
                    lost.append(member.content)
                }
            }
            found.append((output, .tree(files)))
        }
        return lost.isEmpty ? .restored(found, entry) : .lost(lost)
    }

    /// - Returns: what the action gives; nil if it fails.
    private func make(
        _ action: ActionID, _ assessment: Assessment
    ) throws -> (made: [String: Craft.Stuff], looked: [String: Craft.Stuff?])? {
        let plan = assessment.plan
        let (missing, _) = assessment.losses(action)
        let given = plan.inputs(of: action).enumerated().filter { !missing.contains($0.offset) }.map { _, input in
            let stuff = place["\(plan.path(of: input.artifact))"]
            return (
                property: printable(plan.text(input.property)), stuff: input.aspect == .listing ? stuff?.listed : stuff
            )
        }
        guard case .object(let fields) = try plan.recipe(of: action) else { return nil }
        var job = Craft.Job(
            name: plan.name(of: action), does: .mix, level: 0, code: code, given: given,
            outputs: plan.outputs(of: action).map { "\(plan.path(of: $0.artifact))" }, peeks: [])
        for field in fields {
            switch (printable(field.name), field.value) {
            case ("does", .string(let text)): job.does = Craft(rawValue: printable(text)) ?? .mix
            case ("level", .int(let level)): job.level = Int(level)
            case ("peeks", .list(let values)):
                job.peeks = values.compactMap { if case .string(let text) = $0 { printable(text) } else { nil } }
            default: break
            }
        }
        if plan.outputs(of: action).contains(where: { plan.isTree($0.artifact) }) { job.does = .split }
        return try? Craft.run(job) { place[$0] }
    }

    private mutating func take(
        _ action: ActionID, _ done: Done, _ outcome: inout Outcome
    ) throws -> [ActionID] {
        let plan = outcome.assessment.plan
        let identity = plan.identity(of: action)
        let name = plan.name(of: action)
        let before = traces[identity]?.outputs
        if !done.isOfStore, let path = outcome.movedSource(action, self) {
            outcome.moved.insert(path)
            return outcome.assessment.failed(action).ready
        }
        let progress: Assessment.Progress
        switch done {
        case .lost(let contents):
            for content in contents { damaged.remove(content) }
            progress = outcome.assessment.lost(action)
        case .failed:
            outcome.failed.insert(name)
            outcome.failedIdentities.insert(identity)
            failures[identity] = run
            outcome.note(action)
            progress = outcome.assessment.failed(action)
        case .made(let made, let looked):
            let outputs = try publish(action, made, looked, outcome.assessment)
            outcome.built.insert(identity)
            outcome.note(action)
            if mistake == .releasesNobody { return [] }
            progress = outcome.assessment.finished(
                action, outputs: mistake == .reportsOldOutputs ? before ?? outputs : outputs)
        case .restored(let found, let entry):
            for (output, stuff) in found { place["\(output.path)"] = stuff }
            outcome.note(action)
            if let entry {
                outcome.restored.insert(name)
                try record(entry, of: action, outcome.assessment)
            }
            progress = outcome.assessment.finished(action, outputs: found.map(\.output))
        }
        return progress.ready
    }

    private mutating func publish(
        _ action: ActionID, _ made: [String: Craft.Stuff], _ looked: [String: Craft.Stuff?], _ assessment: Assessment
    ) throws -> [Trace.Output] {
        let plan = assessment.plan
        let identity = plan.identity(of: action)
        var outputs: [Trace.Output] = []
        for output in plan.outputs(of: action) {
            let path = plan.path(of: output.artifact)
            place["\(path)"] = made["\(path)"]
            if let stuff = made["\(path)"] { outputs.append(Self.output(path, stuff)) }
        }
        let (missing, _) = assessment.losses(action)
        let inputs = Array(plan.inputs(of: action))
        let key = try assessment.key(of: action, missing: missing)
        let entry = StoreEntry(
            key: key.digest,
            discovered: looked.sorted { $0.key < $1.key }.map { path, stuff in
                Discovered(path: Path(path), content: stuff.map { Self.output(Path(path), $0).content })
            },
            outputs: outputs, missing: missing.sorted().map { plan.path(of: inputs[$0].artifact) },
            builtAtNanoseconds: assessment.circumstances.nowNanoseconds, run: run, durationSeconds: 1, peakBytes: 0)
        try record(entry, of: action, assessment)
        let policy = plan.rule(of: action).policy
        guard hasStore, policy.existence != .always else { return outputs }
        entries[key.digest, default: []].insert(entry, at: 0)
        entryKinds[identity, default: []].insert(KeyPart.digestWithoutInputs(key.parts))
        if policy.storing != .never {
            for blob in made.values.flatMap(\.blobs) where !lost.contains(Self.fileContent(blob)) {
                objects[Self.fileContent(blob)] = blob
            }
        }
        return outputs
    }

    /// An entry's outputs become the recorded ones, under the present key.
    private mutating func record(_ entry: StoreEntry, of action: ActionID, _ assessment: Assessment) throws {
        let identity = assessment.plan.identity(of: action)
        let key = try assessment.key(of: action, missing: assessment.losses(action).missing)
        traces[identity] = Trace(
            key: key.digest, parts: key.parts, outputs: entry.outputs, missing: entry.missing,
            discovered: entry.discovered, builtAtNanoseconds: entry.builtAtNanoseconds, run: entry.run,
            durationSeconds: 1, peakBytes: 0)
        failures[identity] = nil
        staleSince[identity] = nil
    }

    /// Since when actions are not current.
    private mutating func recordStaleness(
        _ request: Request, _ assessment: Assessment, built: Set<Digest>
    ) {
        for action in request.actions {
            let identity = assessment.plan.identity(of: action)
            if built.contains(identity) { continue }
            switch assessment.verdicts[action.index] {
            case .current?, .restore?: staleSince[identity] = nil
            case .build?, .keep?, .keepEdited?, .wait?:
                staleSince[identity] = staleSince[identity] ?? assessment.circumstances.nowNanoseconds
            case .undecided?, .skip?, .blocked?, nil: continue
            }
        }
    }
}

extension Workbench.Outcome {
    /// Keeps the verdict that an action had when something was done about it.
    fileprivate mutating func note(_ action: ActionID) {
        let name = assessment.plan.name(of: action)
        lines[name] = lines[name] ?? assessment.verdicts[action.index]?.line
    }

    /// A source of an action that is not any more what it was judged by.
    fileprivate func movedSource(_ action: ActionID, _ bench: Workbench) -> Path? {
        let plan = assessment.plan
        return plan.inputs(of: action).filter { plan.maker(of: $0.artifact) == nil }.first { input in
            let now = bench.seen(plan.path(of: input.artifact)).map { Assessment.State.content($0.content) }
            return switch assessment.states[input.artifact.index] {
            case .content(let content): now != .content(content)
            case .absent: now != nil
            default: false
            }
        }.map { plan.path(of: $0.artifact) }
    }
}
