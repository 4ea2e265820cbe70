import Artifact
import Hashing
import Planning

/// A workspace in memory with what is remembered of it: builds as dbuild does, but with `Craft` for recipes.
///
/// It decides nothing: all verdicts are `Assessment`'s, and the order is `Schedule`'s.
struct Workbench {
    /// Files by path, and the trees that were made: those may be empty.
    var files: [Path: [UInt8]] = [:]
    private var trees: Set<Path> = []
    private var traces: [Digest: Trace] = [:]
    private var failures: [Digest: Int64] = [:]
    private(set) var run: Int64 = 0
    var code: UInt64 = 1
    /// What this builder does wrong, for the tests that such a one is found out.
    var mistake: Mistake?

    /// Ways to be wrong that have been seen in builders.
    enum Mistake: CaseIterable {
        /// Takes recorded outputs for granted.
        case trustsOutputs
        /// Never says that an action has finished.
        case releasesNobody
        /// Says of what it has built that it is as it was before.
        case reportsOldOutputs
        /// Does not see that the rules' code changed.
        case ignoresCode
        /// Runs what must be built in the rules' order, last first.
        case ignoresOrder
        /// Runs what is current.
        case buildsEverything
    }

    struct Outcome {
        /// Names of the actions that ran, in the order in which they started.
        var ran: [String] = []
        var failed: Set<String> = []
        var assessment: Assessment

        /// Every action that was asked for is current or blocked, or has run.
        var isOver: Bool {
            let plan = assessment.plan
            return plan.actions.allSatisfy { action in
                switch assessment.verdicts[action.index] {
                case .current?, .blocked?, nil: true
                case .build?: ran.contains(plan.name(of: action))
                case .undecided?: false
                default: true
                }
            }
        }
    }
}

// MARK: - What lies there

extension Workbench {
    func material(at path: Path) -> Craft.Material? {
        if let bytes = files[path] { return .file(bytes) }
        var below: [Path: [UInt8]] = [:]
        for (file, bytes) in files { if let name = file.below(path) { below[name] = bytes } }
        return below.isEmpty && !trees.contains(path) ? nil : .tree(below)
    }

    func content(at path: Path) -> Content? { material(at: path).map { Self.output(path, $0).content } }

    static func output(_ path: Path, _ material: Craft.Material) -> Trace.Output {
        guard case .tree(let files) = material else {
            return Trace.Output(path: path, content: fileContent(material.bytes))
        }
        var members = files.map { Trace.Member(path: $0.key, content: fileContent($0.value)) }
        var directories: Set<Path> = []
        for file in files.keys {
            var directory = file.directory
            while !directory.bytes.isEmpty, directories.insert(directory).inserted { directory = directory.directory }
        }
        members += directories.map { Trace.Member(path: $0, content: .directory) }
        members.sort { $0.path < $1.path }
        return Trace.Output(path: path, content: Census.treeContent(members), members: members)
    }

    static func fileContent(_ bytes: [UInt8]) -> Content {
        Content(
            kind: .file, fingerprint: Fingerprint(digest: XXH3.digest(bytes), sizeBytes: UInt64(bytes.count)))
    }

    /// Removes a file, or a tree with all that is in it.
    mutating func remove(_ path: Path) {
        files[path] = nil
        trees.remove(path)
        for file in files.keys where file.below(path) != nil { files[file] = nil }
    }

    mutating func put(_ path: Path, _ material: Craft.Material) {
        remove(path)
        switch material {
        case .file(let bytes): files[path] = bytes
        case .tree(let members):
            trees.insert(path)
            for (name, bytes) in members { files[path / name] = bytes }
        case .names: break
        }
    }
}

// MARK: - What is remembered

extension Workbench {
    func snapshot(_ plan: Plan) -> Snapshot {
        var snapshot = Snapshot(plan)
        for action in plan.actions {
            snapshot.failedRun[action.index] = failures[plan.identity(of: action)]
            guard let trace = traces[plan.identity(of: action)] else { continue }
            snapshot.keys[action.index] = trace.key
            if !trace.missing.isEmpty { snapshot.missing[action] = trace.missing }
            for (output, made) in zip(plan.outputs(of: action), trace.outputs) {
                snapshot.published[output.artifact.index] = made.content
                guard plan.isTree(output.artifact) else { continue }
                snapshot.publishedMembers[output.artifact] = made.members
                for member in plan.members(of: action) {
                    guard let name = plan.path(of: member).below(made.path) else { continue }
                    snapshot.published[member.index] = made.content(at: name)
                }
            }
        }
        return snapshot
    }

    private var surroundings: Surroundings {
        Surroundings(
            code: Digest(high: 0, low: mistake == .ignoresCode ? 1 : code), libraries: [],
            platform: Array("linux".utf8), environment: [], tools: [:], variables: [:])
    }

    /// - Parameter request: nil: everything.
    func assess(
        _ plan: Plan, _ request: Request? = nil, forced: Set<ActionID> = [], failed: Set<ActionID> = []
    ) -> Assessment {
        let snapshot = snapshot(plan)
        let sights = plan.artifacts.map { artifact -> Assessment.Sight in
            let path = plan.path(of: artifact)
            if mistake == .trustsOutputs, let published = snapshot.published[artifact.index] {
                return .content(published)
            }
            return content(at: path).map { .content($0) } ?? .nothing
        }
        let isForced = mistake == .buildsEverything && !traces.isEmpty
        var circumstances = Circumstances(plan, nowNanoseconds: 0)
        circumstances.forced = isForced ? Set(plan.actions) : forced
        circumstances.failed = failed
        return Assessment(
            plan: plan, snapshot: snapshot, surroundings: surroundings, sights: sights,
            requested: request ?? plan.everything, circumstances: circumstances,
            evidence: Evidence(
                members: { [self] artifact in
                    let path = plan.path(of: artifact)
                    return material(at: path).map { Self.output(path, $0).members }
                },
                recordedParts: { [traces] in traces[plan.identity(of: $0)]?.parts ?? [] }))
    }
}

// MARK: - Building

extension Workbench {
    /// - Parameters:
    ///   - jobs: how many actions run at once.
    ///   - seed: of the order in which those that run at once end.
    @discardableResult
    mutating func build(
        _ plan: Plan, _ request: Request? = nil, forced: Set<ActionID> = [], jobs: Int = 1, seed: UInt64 = 0
    ) throws -> Outcome {
        run += 1
        var random = SplitMix(state: seed)
        let request = request ?? plan.everything
        var outcome = Outcome(assessment: assess(plan, request, forced: forced))
        if mistake == .ignoresOrder {
            for action in plan.actions.reversed() where outcome.assessment.verdicts[action.index] != .current {
                outcome.ran.append(plan.name(of: action))
                _ = try publish(action, outcome.assessment, made: make(action, outcome.assessment))
            }
            return outcome
        }
        var schedule = Schedule(
            plan: plan, requested: request, durationSeconds: outcome.assessment.snapshot.durationSeconds, cpus: jobs)
        schedule.add(outcome.assessment.ready())
        var running: [(action: ActionID, made: [Craft.Material]?)] = []
        while true {
            while let action = schedule.next() {
                outcome.ran.append(plan.name(of: action))
                running.append((action, try make(action, outcome.assessment)))
                outcome.assessment.began(action)
            }
            if running.isEmpty { return outcome }
            let (action, made) = running.remove(at: random.below(running.count))
            schedule.finish(action)
            let before = traces[plan.identity(of: action)]?.outputs
            var progress = Assessment.Progress()
            if let outputs = try publish(action, outcome.assessment, made: made) {
                switch mistake {
                case .releasesNobody: break
                case .reportsOldOutputs: progress = outcome.assessment.finished(action, outputs: before ?? outputs)
                default: progress = outcome.assessment.finished(action, outputs: outputs)
                }
            } else {
                outcome.failed.insert(plan.name(of: action))
                progress = outcome.assessment.failed(action)
            }
            schedule.add(progress.ready)
        }
    }

    /// - Returns: what the action gives; nil if it fails.
    private func make(_ action: ActionID, _ assessment: Assessment) throws -> [Craft.Material]? {
        let plan = assessment.plan
        let inputs = Array(plan.inputs(of: action))
        let (missing, _) = assessment.losses(action)
        let recipe = try plan.recipe(of: action).dropping(missing)
        return try? Craft.run(
            recipe, outputs: plan.outputs(of: action).map { plan.isTree($0.artifact) }, code: code
        ) { ordinal in material(inputs[ordinal], plan) }
    }

    func material(_ input: Plan.Input, _ plan: Plan) -> Craft.Material? {
        let material = material(at: plan.path(of: input.artifact))
        guard input.aspect == .listing, case .tree(let files)? = material else { return material }
        return .names(Array(files.keys))
    }

    /// - Returns: what was published; nil of an action that failed.
    private mutating func publish(
        _ action: ActionID, _ assessment: Assessment, made: [Craft.Material]?
    ) throws -> [Trace.Output]? {
        let plan = assessment.plan
        let identity = plan.identity(of: action)
        guard let made else {
            failures[identity] = run
            return nil
        }
        var outputs: [Trace.Output] = []
        for (output, material) in zip(plan.outputs(of: action), made) {
            let path = plan.path(of: output.artifact)
            put(path, material)
            outputs.append(Self.output(path, material))
        }
        let (missing, _) = assessment.losses(action)
        let inputs = Array(plan.inputs(of: action))
        let key = try assessment.key(of: action, missing: missing)
        traces[identity] = Trace(
            key: key.digest, parts: key.parts, outputs: outputs,
            missing: missing.sorted().map { plan.path(of: inputs[$0].artifact) }, builtAtNanoseconds: 0, run: run,
            durationSeconds: 1, peakBytes: 0)
        failures[identity] = nil
        return outputs
    }
}
