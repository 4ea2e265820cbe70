private import Artifact
private import Hashing

extension Assessment {
    /// Which actions `verify` builds again.
    package struct Verifiable: Sendable {
        /// In build order.
        package var actions: [ActionID] = []
        /// They are to be built first: what is recorded of them is not of these inputs.
        package var notCurrent: [ActionID] = []
        /// Not in the sample, or recorded as somebody else had made them.
        package var leftOut = 0
    }

    /// - Parameter share: of the actions, 0 to 1: chosen by their keys, so that it is the same one each time as long as
    ///   those are.
    package func verifiable(_ wanted: Set<ActionID>, share: Double) -> Verifiable {
        var found = Verifiable()
        // Of a small number a small share is one: a sample of nothing would find everything equal.
        var nearest: (place: Double, action: ActionID)?
        for action in plan.inTopologicalOrder where wanted.contains(action) {
            guard verdicts[action.index] == .current, let key = snapshot.keys[action.index] else {
                found.notCurrent.append(action)
                continue
            }
            var packer = Packer()
            packer.digest(plan.identity(of: action))
            packer.digest(key)
            let place = Double(XXH3.digest(packer.bytes).low >> 11) / 0x1p53
            guard !snapshot.adopted.contains(action) else {
                found.leftOut += 1
                continue
            }
            if place < nearest?.place ?? 1 { nearest = (place, action) }
            if place < share { found.actions.append(action) } else { found.leftOut += 1 }
        }
        if found.actions.isEmpty, let nearest {
            found.actions = [nearest.action]
            found.leftOut -= 1
        }
        return found
    }
}
