/// By which keys medians or means are taken, and how many rows one must rest on.
public struct BaselineSettings: Codable, Hashable, Sendable {
    /// The keys of each level, names of int32 columns: the finest level first, each next one a fallback.
    public var levels: [[String]]
    /// What rests on fewer rows gives way to the next level's; the last level takes any number.
    public var minimumRows: Int

    public init(levels: [[String]], minimumRows: Int = 10) {
        self.levels = levels
        self.minimumRows = minimumRows
    }

    /// Every key of every level, once, in order of appearance.
    public var keys: [String] {
        var keys: [String] = []
        for key in levels.joined() where !keys.contains(key) { keys.append(key) }
        return keys
    }
}
