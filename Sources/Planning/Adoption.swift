package import Artifact

/// Recording what somebody else has made as if it had been built under the present keys.
extension Assessment {
    package struct Adoption: Sendable {
        package let action: ActionID
        package let key: Key
        /// The places of inputs that the rule accepts to be without.
        package let missing: Set<Int>
        package let outputs: [Trace.Output]
        /// What it looked at undeclared when it was built last, as that is now.
        package let discovered: [Discovered]
    }

    package enum AdoptionRefusal: Error, Hashable, Sendable {
        case outputMissing(ActionID, Path)
        /// A file where its rule makes a directory, or the other way round; or something that cannot be read.
        case outputOfOtherKind(ActionID, Path)
        /// Made by an action that is not current and not adopted either.
        case inputNotCurrent(ActionID, Path)
        case blocked(ActionID, [Blocker])
        case unreadablePlan(ActionID)
    }

    /// What is to be recorded so that actions are current as they lie there; those that are already are left out.
    package mutating func adopt(_ actions: Set<ActionID>) throws(AdoptionRefusal) -> [Adoption] {
        var adoptions: [Adoption] = []
        for action in plan.inTopologicalOrder where actions.contains(action) && verdicts[action.index] != .current {
            let (missing, blockers) = losses(action)
            guard blockers.isEmpty else { throw .blocked(action, blockers) }
            for artifact in awaitedInputs(action).sorted() where states[artifact.index].isPending {
                throw .inputNotCurrent(action, plan.path(of: artifact))
            }
            for output in plan.outputs(of: action).map(\.artifact) {
                let path = plan.path(of: output)
                switch sights[output.index] {
                case .nothing: throw .outputMissing(action, path)
                case .content(let content) where (content.kind == .tree) == plan.isTree(output): continue
                case .content, .unreadable: throw .outputOfOtherKind(action, path)
                }
            }
            let key: Key
            do throws(UnpackError) { key = try self.key(of: action, missing: missing) } catch {
                throw .unreadablePlan(action)
            }
            let outputs = outputsThere(action)
            adoptions.append(
                Adoption(
                    action: action, key: key, missing: missing, outputs: outputs, discovered: discoveredNow(action)))
            _ = finished(action, outputs: outputs)
            verdicts[action.index] = .current
        }
        return adoptions
    }
}
