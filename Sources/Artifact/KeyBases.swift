/// Keys that others are written as deltas from, as they are in the database: of a recipe's keys most of the bytes are
/// the same, whichever action they are of.
struct KeyBases: Sendable {
    struct Base: Sendable {
        let id: Int64
        let parts: PlacedKeyParts
    }

    /// The latest used first.
    private var bases: [Base]
    /// By recipe: the last key that no base was near to.
    private var strays: [[UInt8]: PlacedKeyParts] = [:]
    /// Whether those that no key needs were looked for.
    var isCleared = false

    /// So many at most, of so many bytes: all are kept in memory.
    static let most = 64
    static let mostBytes = 16 << 10

    init(_ bases: [Base]) { self.bases = bases }

    var isFull: Bool { bases.count >= Self.most }

    mutating func add(_ base: Base) { bases.insert(base, at: 0) }

    mutating func replace(_ bases: [Base]) { self.bases = bases }

    /// - Returns: nil where no base is near.
    mutating func delta(_ parts: PlacedKeyParts) -> (base: Int64, bytes: [UInt8])? {
        for (index, base) in bases.enumerated() {
            guard let delta = Self.delta(parts, from: base.parts) else { continue }
            if index > 0 { bases.insert(bases.remove(at: index), at: 0) }
            return (base.id, delta)
        }
        return nil
    }

    /// Another key to which no base was near, and this one is: a base that would serve two. One key alone needs none, so
    /// this one is kept in mind where there is no other.
    mutating func neighbour(of parts: PlacedKeyParts) -> PlacedKeyParts? {
        let recipe = Array(parts.recipeBytes)
        if let other = strays[recipe], Self.delta(parts, from: other) != nil {
            strays[recipe] = nil
            return other
        }
        strays[recipe] = parts
        return nil
    }

    /// - Returns: nil where it takes more than half of what the parts themselves do.
    private static func delta(_ parts: PlacedKeyParts, from base: PlacedKeyParts) -> [UInt8]? {
        guard parts.recipeBytes == base.recipeBytes else { return nil }
        let delta = parts.delta(from: base)
        return delta.count <= parts.bytes.count / 2 ? delta : nil
    }
}
