import Artifact
import Planning

extension Policy {
    /// What of its outputs a rule gives to the store; nil: it is never restored, so not even an entry is of use.
    var stored: Store.Amount? {
        if case .always? = existence { return nil }
        return switch storing {
        case .upToLimit: .upToLimit
        case .always: .all
        case .never: Store.Amount.none
        }
    }

    /// Whether the store is given the bytes of outputs.
    var storesCopies: Bool {
        switch stored {
        case nil, .some(.none): false
        case .some(.upToLimit), .some(.all): true
        }
    }
}

extension Collected {
    /// The store's step: behind collecting, before transaction 1.
    ///
    /// - Returns: nil where the rule has no use for an entry.
    func keep(in store: Store, _ policy: Policy) -> StoreCopies? {
        policy.stored.map { store.keep(pieces, $0) }
    }

    private var pieces: [Store.Piece] {
        outputs.flatMap { output -> [Store.Piece] in
            guard output.census.content.kind == .tree else {
                return [Store.Piece(content: output.census.content, staged: output.staged, bytes: output.bytes)]
            }
            return output.census.members.filter { $0.content != .directory }.map {
                Store.Piece(content: $0.content, staged: output.staged / $0.path)
            }
        }
    }
}
