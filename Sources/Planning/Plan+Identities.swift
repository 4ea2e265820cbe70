package import Hashing

extension Plan {
    /// By action: whether its identity is one of these.
    package func marks(of identities: Set<Digest>) -> [Bool] {
        var marks = [Bool](repeating: false, count: actionCount)
        forEachAction(of: identities) { marks[$0.index] = true }
        return marks
    }

    /// Actions by their identities, in the plan's order.
    package func actions(of identities: Set<Digest>) -> [ActionID] {
        var found: [ActionID] = []
        forEachAction(of: identities) { found.append($0) }
        return found
    }

    /// Identities are as good as random numbers: where few are looked for, their last bits turn nearly all others away
    /// before anything is hashed.
    private func forEachAction(of identities: Set<Digest>, _ body: (ActionID) -> Void) {
        if identities.isEmpty { return }
        let mask: UInt64 = 0xFFFF
        var isPossible = [Bool](repeating: false, count: Int(mask) + 1)
        for identity in identities { isPossible[Int(identity.low & mask)] = true }
        for action in actions {
            let identity = identity(of: action)
            if isPossible[Int(identity.low & mask)], identities.contains(identity) { body(action) }
        }
    }
}
