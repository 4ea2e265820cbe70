import Artifact
import Planning
@testable import TestOracle

/// What deliberately wrong decisions take for facts.
extension Workbench {
    /// Changes the facts as the bench's mistake would have them.
    func mislead(_ plan: Plan, _ facts: inout Facts) {
        switch mistake {
        case nil, .ignoresCode, .releasesNobody, .reportsOldOutputs: break
        case .ignoresDiscoveredOnCurrent: facts.snapshot.discovered = [:]
        case .restoresWithoutDiscovered:
            facts.evidence.entries = { [entries] keys in
                keys.map { key in
                    (entries[key] ?? []).map { entry in
                        var entry = entry
                        entry.discovered = []
                        return entry
                    }
                }
            }
        case .keepsHalfASet:
            // One output of a set that is there counts for all.
            for action in plan.actions {
                let outputs = plan.outputs(of: action).map(\.artifact)
                guard outputs.contains(where: { facts.sights[$0.index] != .nothing }) else { continue }
                for output in outputs where facts.sights[output.index] == .nothing {
                    if let published = facts.snapshot.published[output.index] {
                        facts.sights[output.index] = .content(published)
                    }
                }
            }
        case .takesContentInPlaceForRecorded:
            for action in plan.actions where facts.snapshot.keys[action.index] != nil {
                for output in plan.outputs(of: action).map(\.artifact) {
                    guard let seen = seen(plan.path(of: output)) else { continue }
                    facts.snapshot.published[output.index] = seen.content
                    if plan.isTree(output) { facts.snapshot.publishedMembers[output] = seen.members }
                    for member in plan.members(of: action) where plan.tree(of: member) == output {
                        let name = plan.path(of: member).below(plan.path(of: output))
                        facts.snapshot.published[member.index] = name.flatMap { seen.content(at: $0) }
                    }
                }
            }
        case .trustsOutputs:
            for artifact in plan.artifacts {
                if let published = facts.snapshot.published[artifact.index] {
                    facts.sights[artifact.index] = .content(published)
                }
            }
        case .forgetsPolicies: facts.circumstances.policies = plan.rules.map { _ in Policy() }
        case .buildsEverything: if !traces.isEmpty { facts.circumstances.forced = Set(plan.actions) }
        case .ignoresRemovedInputs: overlookRemoved(plan, &facts.snapshot)
        case .forgetsParameters: overlook(plan, &facts.snapshot) { $0.kind == .parameter }
        case .comparesTimes:
            // A source that was not written since the last build counts as what it was.
            for artifact in plan.artifacts where plan.maker(of: artifact) == nil {
                let path = plan.path(of: artifact)
                let last = plan.consumers(of: artifact).compactMap { facts.snapshot.builtAtNanoseconds[$0.index] }.min()
                guard let time = place.newestTime("\(path)"), let last, Int64(time) <= last else { continue }
                let known = plan.consumers(of: artifact).compactMap { consumer in
                    traces[plan.identity(of: consumer)]?.parts.compactMap { content(of: path, in: $0) }.first
                }
                if let before = known.first { facts.sights[artifact.index] = .content(before) }
            }
        }
    }

    /// Takes a recorded key for the present one where they differ in nothing but certain parts.
    private func overlook(
        _ plan: Plan, _ snapshot: inout Snapshot, _ isOverlooked: (KeyPart) -> Bool
    ) {
        for action in plan.actions {
            guard let trace = traces[plan.identity(of: action)], let key = presentKey(plan, action) else {
                continue
            }
            let (old, new) = (trace.parts.filter { !isOverlooked($0) }, key.parts.filter { !isOverlooked($0) })
            if old == new { snapshot.keys[action.index] = key.digest }
        }
    }

    private func overlookRemoved(_ plan: Plan, _ snapshot: inout Snapshot) {
        for action in plan.actions {
            guard let trace = traces[plan.identity(of: action)], let key = presentKey(plan, action) else {
                continue
            }
            let old = Set(trace.parts.filter { $0.kind == .input }.map(\.value))
            let new = Set(key.parts.filter { $0.kind == .input }.map(\.value))
            if new.isStrictSubset(of: old) { snapshot.keys[action.index] = key.digest }
        }
    }

    /// The key as things lie there now.
    private func presentKey(_ plan: Plan, _ action: ActionID) -> Key? {
        let contents = plan.inputs(of: action).map { input -> Content? in
            let seen = place["\(plan.path(of: input.artifact))"]
            return (input.aspect == .listing ? seen?.listed : seen).map {
                Self.output(plan.path(of: input.artifact), $0).content
            }
        }
        return try? plan.key(of: action, contents: contents, missing: [], in: surroundings)
    }

    private func content(of path: Path, in part: KeyPart) -> Content? {
        guard part.kind == .input else { return nil }
        var unpacker = Unpacker(part.value)
        guard (try? unpacker.byte()) == 0, (try? unpacker.string()) == path.bytes else { return nil }
        return try? Content(from: &unpacker)
    }
}
