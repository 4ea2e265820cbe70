import Artifact
import Hashing
import Planning

@testable import TestOracle

/// A workspace in memory with what is remembered of it: builds as dbuild does, but with `Craft` for recipes.
///
/// It decides nothing: all verdicts are `Assessment`'s, and the order is `Schedule`'s.
struct Workbench {
    var place = Files()
    var traces: [Digest: Trace] = [:]
    var failures: [Digest: Int64] = [:]
    var staleSince: [Digest: Int64] = [:]
    /// By key, the latest first.
    var entries: [Digest: [StoreEntry]] = [:]
    /// By action: under which keys, their inputs aside, the store has something of it.
    var entryKinds: [Digest: Set<Digest>] = [:]
    var objects: [Content: [UInt8]] = [:]
    /// Objects that the store believes to have, and that turn out damaged.
    var damaged: Set<Content> = []
    /// Bytes that it will not keep again: else it would matter who builds them first.
    var lost: Set<Content> = []
    /// What the reads of the last plan gave.
    var answers: [String: [String]] = [:]
    /// What was seen last at paths of artifacts.
    var lastSeen: [Path: Content] = [:]
    /// What the last build has left for the next one, and the traces as they were then.
    var kept: Kept?
    var run: Int64 = 0
    var code = 1
    var library = 1
    /// Whether outputs are kept for restoring.
    var hasStore = true
    /// What this builder does wrong, for the tests that such a one is found out.
    var mistake: Mistake?

    enum Mistake: CaseIterable {
        // What decides gets wrong facts.
        case ignoresRemovedInputs, comparesTimes, forgetsParameters, restoresWithoutDiscovered
        case ignoresDiscoveredOnCurrent, keepsHalfASet, takesContentInPlaceForRecorded, ignoresCode, trustsOutputs
        case forgetsPolicies, buildsEverything
        // What builds gets its verdicts wrong.
        case releasesNobody, reportsOldOutputs
    }
}

// MARK: - What lies there

extension Workbench {
    static func output(_ path: Path, _ stuff: Craft.Stuff) -> Trace.Output {
        guard case .tree(let files) = stuff else {
            return Trace.Output(path: path, content: fileContent(stuff.bytes))
        }
        var members = files.map { Trace.Member(path: Path($0.key), content: fileContent($0.value)) }
        var directories: Set<Path> = []
        for file in files.keys {
            var directory = Path(file).directory
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

    /// What lies at a path now.
    func seen(_ path: Path) -> Trace.Output? { place["\(path)"].map { Self.output(path, $0) } }
}

// MARK: - What is remembered

extension Workbench {
    func snapshot(_ plan: Plan) -> Snapshot {
        let before = kept.flatMap { $0.snapshot.isOf(plan, $0.plan) ? $0 : nil }
        var snapshot = before?.snapshot ?? Snapshot(plan)
        for action in plan.actions {
            let identity = plan.identity(of: action)
            snapshot.failedRun[action.index] = failures[identity]
            snapshot.staleSinceNanoseconds[action.index] = staleSince[identity]
            // As rows that were written since are read again, and no others.
            if let before, before.traces[identity] == traces[identity] { continue }
            guard let trace = traces[identity] else {
                snapshot.forgetTrace(of: action, plan)
                continue
            }
            snapshot.note(
                key: trace.key, seconds: 0, peakBytes: 0, inputBytes: 0,
                builtAtNanoseconds: trace.builtAtNanoseconds, of: action)
            snapshot.missing[action] = trace.missing.isEmpty ? nil : trace.missing
            snapshot.discovered[action] = trace.discovered.isEmpty ? nil : trace.discovered
            if trace.isAdopted { snapshot.adopted.insert(action) } else { snapshot.adopted.remove(action) }
            for (output, made) in zip(plan.outputs(of: action), trace.outputs) {
                snapshot.note(published: made, at: output.artifact, by: action, plan)
            }
        }
        for artifact in plan.artifacts {
            let census = lastSeen[plan.path(of: artifact)].map { Census(content: $0, stamp: Stamp()) }
            snapshot.note(census, at: artifact, plan)
        }
        return snapshot
    }

    /// What a build leaves for the next one.
    struct Kept {
        let plan: Digest
        let snapshot: Snapshot
        let traces: [Digest: Trace]
    }

    /// Keeps what a build has left, as dbuild does in a file.
    mutating func conclude(_ assessment: Assessment, _ request: Request) {
        let plan = assessment.plan
        for artifact in plan.artifacts where request.holds(artifact) {
            let path = plan.path(of: artifact)
            switch assessment.states[artifact.index] {
            case .content(let content) where plan.maker(of: artifact) == nil: lastSeen[path] = content
            case .absent, .unavailable: lastSeen[path] = nil
            default: lastSeen[path] = seen(path)?.content
            }
        }
        var snapshot = snapshot(plan)
        snapshot.settle(after: assessment, request)
        kept = Kept(plan: plan.digest, snapshot: snapshot, traces: traces)
    }

    var surroundings: Surroundings {
        func text(_ number: Int) -> [UInt8] { Array("\(number)".utf8) }
        return Surroundings(
            code: Digest(high: 0, low: UInt64(mistake == .ignoresCode ? 1 : code)),
            libraries: [KeyPart(.library, Array("lib.so".utf8), text(library))], platform: Array("linux".utf8),
            environment: [], tools: [:], variables: [:])
    }

    /// How things stand for a request.
    func assess(_ plan: Plan, _ request: Request, _ circumstances: Circumstances) -> Assessment {
        var facts = Facts(
            snapshot: snapshot(plan),
            sights: plan.artifacts.map { artifact in
                seen(plan.path(of: artifact)).map { .content($0.content) } ?? .nothing
            }, circumstances: circumstances, evidence: evidence(plan))
        mislead(plan, &facts)
        func judge(countsSettled: Bool) -> Assessment {
            var evidence = facts.evidence
            // In another order than one after the other, as it may come.
            evidence.both = countsSettled ? Self.theOtherFirst : nil
            return Assessment(
                plan: plan, snapshot: facts.snapshot, surroundings: surroundings,
                sights: Sights(facts.sights, facts.snapshot), requested: request,
                circumstances: facts.circumstances, evidence: evidence, countsSettled: countsSettled)
        }
        if mistake != nil { return judge(countsSettled: false) }
        let assessment = judge(countsSettled: true)
        let whole = judge(countsSettled: false)
        precondition(
            assessment.verdicts == whole.verdicts && assessment.states == whole.states,
            "what was settled or judged ahead is judged otherwise when every key is computed in its turn")
        return assessment
    }

    /// As two threads may do it.
    private static let theOtherFirst: Evidence.Both = { _, one, other in
        let right = other()
        return (one(), right)
    }

    /// All that an assessment is told.
    struct Facts {
        var snapshot: Snapshot
        var sights: [Assessment.Sight]
        var circumstances: Circumstances
        var evidence: Evidence
    }

    private func evidence(_ plan: Plan) -> Evidence {
        Evidence(
            members: { [place] artifact in
                let path = plan.path(of: artifact)
                guard case .tree(let files)? = place["\(path)"] else { return nil }
                return Self.output(path, .tree(files)).members
            },
            recordedParts: { [traces] actions in
                actions.map { PackedKeyParts(traces[plan.identity(of: $0)]?.parts ?? []) }
            },
            sight: { [place] path in
                place["\(path)"].map { .content(Self.output(path, $0).content) } ?? .nothing
            },
            entries: { [entries] keys in keys.map { entries[$0] ?? [] } },
            hasEntries: { [entryKinds] action, kind in
                let kinds = entryKinds[plan.identity(of: action)] ?? []
                return kind.map { kinds.contains($0) } ?? !kinds.isEmpty
            },
            isStored: { [objects, damaged] in objects[$0] != nil || damaged.contains($0) },
            observation: { [place] column, inputs in
                let instants = inputs.map { "\($0.path)" }.compactMap { path in
                    column == nil ? place.newestTime(path) : place[path]?.newestInstant
                }
                return instants.max().map { .newest(Int64($0)) } ?? .nothing
            })
    }
}

extension Snapshot {
    /// Whether it is by the numbers of a plan.
    fileprivate func isOf(_ plan: Plan, _ digest: Digest) -> Bool {
        plan.digest == digest && keys.count == plan.actionCount && seen.count == plan.artifactCount
    }
}
