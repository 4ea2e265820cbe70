/// What the oracle remembers, and compares as it is.
extension Oracle {
    /// Everything that determines what an action gives.
    struct Key: Hashable {
        var act: Act.Said
        var surroundings: [Int]
        var facts: [Fact]
    }

    struct Fact: Hashable {
        var input: Act.Input
        /// Among the inputs of its property.
        var place: Int
        /// Nil: absent, as it may be.
        var stuff: Stuff?
        var wire: [String] { [input.path, "\(input.how)"] }
    }

    /// What was published, and what the store may give back.
    struct Record: Hashable {
        var key: Key
        /// Where the action looked undeclared, and what lay there.
        var looked: [String: Stuff?] = [:]
        var made: [String: Stuff]
        var builtAt: Int
    }
}

extension Oracle.Key {
    /// Whether nothing is another but what inputs hold, and which there are.
    func hasOnlyMoved(from old: Self) -> Bool {
        guard old.act == act, old.surroundings == surroundings else { return false }
        let cameOrWent = Set(old.facts.map(\.wire)).symmetricDifference(facts.map(\.wire))
        return Set((old.facts + facts).map(\.input.property)).allSatisfy { property in
            let before = old.facts.filter { $0.input.property == property }.map(\.wire)
            let after = facts.filter { $0.input.property == property }.map(\.wire)
            return before == after || !Set(before).symmetricDifference(after).isDisjoint(with: cameOrWent)
        }
    }
}

extension Terms {
    /// Whether a refresh has come round since the last build.
    func isDue(since builtAt: Int, at now: Int) -> Bool {
        switch existence {
        case .refresh(let period)?: now >= builtAt + period
        case .daily(let hour)?: builtAt < now && (builtAt + 1 ... now).contains { $0 % Self.day == hour }
        default: false
        }
    }
}
