/// Keys that others are written as deltas from, as they are in the database: of a recipe's keys most of the bytes are
/// the same, whichever action they are of.
struct KeyBases: Sendable {
    struct Base: Sendable {
        let id: Int64
        let parts: PlacedKeyParts
    }

    /// The latest used first.
    private var bases: [Base]
    /// By recipe: the last key to which no base was near.
    private var strays: [[UInt8]: PlacedKeyParts] = [:]
    /// Whether those that no key needs were looked for.
    var isCleared = false

    /// So many at most, of so many bytes: all are kept in memory.
    static let most = 64
    static let mostBytes = 16 << 10
    /// A key is compared with so many.
    static let mostOfRecipe = 8

    init(_ bases: [Base]) { self.bases = bases }

    func hasRoom(for parts: PlacedKeyParts) -> Bool {
        bases.count < Self.most && bases.count { $0.parts.recipeBytes == parts.recipeBytes } < Self.mostOfRecipe
    }

    mutating func add(_ base: Base) { bases.insert(base, at: 0) }

    mutating func replace(_ bases: [Base]) { self.bases = bases }

    /// The delta from the nearest base, or from one that is near.
    ///
    /// - Returns: nil where none is of use.
    mutating func delta(_ parts: PlacedKeyParts) -> (base: Int64, bytes: [UInt8])? {
        var found: (index: Int, delta: [UInt8])?
        for (index, base) in bases.enumerated() where parts.recipeBytes == base.parts.recipeBytes {
            let delta = parts.delta(from: base.parts)
            if Self.isWorth(delta, insteadOf: found?.delta.count ?? parts.bytes.count) { found = (index, delta) }
            if isNear(delta, parts) { break }
        }
        guard let found else { return nil }
        if found.index > 0 { bases.insert(bases.remove(at: found.index), at: 0) }
        return (bases[0].id, found.delta)
    }

    func isNear(_ delta: [UInt8], _ parts: PlacedKeyParts) -> Bool { delta.count <= parts.bytes.count / 4 }

    /// Another key to which no base was near, and this one is: a base that would serve two. One key alone needs none, so
    /// this one is kept in mind where there is no other.
    ///
    /// - Parameter count: the bytes that the parts take now.
    mutating func neighbour(of parts: PlacedKeyParts, insteadOf count: Int) -> PlacedKeyParts? {
        let recipe = Array(parts.recipeBytes)
        if let other = strays[recipe], Self.isWorth(parts.delta(from: other), insteadOf: count) {
            strays[recipe] = nil
            return other
        }
        strays[recipe] = parts
        return nil
    }

    private static func isWorth(_ delta: [UInt8], insteadOf count: Int) -> Bool { delta.count <= count / 3 * 2 }
}
