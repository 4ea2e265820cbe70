import Hashing

/// The keys under which the store has entries: who decides a hundred thousand actions asks for each of them, and of most
/// there is nothing.
///
/// A key that the store has lost meanwhile stays in it; the question that follows finds out.
struct StoredKeys: Sendable {
    private var keys: Set<Digest>?
    /// While the others are not known.
    private var added: Set<Digest> = []
    private var questionCount = 0

    private var nextRead = StoredKeys.mostQuestions

    /// So many are read when the first question comes: of a small store that is all.
    static let mostAtFirst = 1000
    /// Behind so many questions there will be many more; then, and whenever there were twice as many again, all keys are
    /// read where that costs no more than the questions did.
    static let mostQuestions = 256
    /// How many keys are read in the time of a question, about.
    static let keysForQuestion = 16

    enum Answer {
        /// Nothing is there.
        case absent
        /// It is to be asked for.
        case perhaps
        /// As `perhaps`, and it is time to read keys, so many at most.
        case read(most: Int)
    }

    /// - Parameter key: nil: any.
    mutating func ask(_ key: Digest?) -> Answer {
        if let keys { return key.map(keys.contains) ?? !keys.isEmpty ? .perhaps : .absent }
        questionCount += 1
        if questionCount == 1 { return .read(most: Self.mostAtFirst) }
        guard questionCount > nextRead else { return .perhaps }
        defer { nextRead *= 2 }
        return .read(most: nextRead * Self.keysForQuestion)
    }

    /// Whether nothing is there for certain.
    ///
    /// - Parameter key: nil: under any key.
    func lacks(_ key: Digest?) -> Bool { keys.map { keys in !(key.map(keys.contains) ?? !keys.isEmpty) } ?? false }

    /// - Parameter found: all that there are, but for those that have been added meanwhile.
    mutating func take(_ found: Set<Digest>) {
        keys = found.union(added)
        added = []
    }

    mutating func add(_ more: [Digest]) { if keys == nil { added.formUnion(more) } else { keys?.formUnion(more) } }
}
