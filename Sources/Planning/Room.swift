/// Memory that several actions may come to hold together.
///
/// By how much each holds more than it did before is chance, one more and another less: so the spreads do not add up,
/// but their squares do, and what is kept free for all is the root of that. What is more than chance belongs to `bytes`.
struct Room: Hashable, Sendable {
    var bytes: Int64 = 0
    /// The sum of the squares of the spreads.
    private var squares = 0.0

    mutating func add(_ bytes: Int64, spread: Int64) {
        self.bytes += bytes
        squares += Self.square(spread)
    }

    mutating func remove(_ bytes: Int64, spread: Int64) {
        self.bytes -= bytes
        // What was rounded on the way may be left over.
        squares = max(0, squares - Self.square(spread))
    }

    /// What it may come to.
    var mostBytes: Int64 {
        squares > 0 ? bytes + Int64(min(squares.squareRoot().rounded(.up), Double(Budget.unlimitedBytes))) : bytes
    }

    /// Whether what it may come to with one more is no more than a limit.
    func holds(_ bytes: Int64, spread: Int64, within limit: Int64) -> Bool {
        let slack = Double(limit - self.bytes - bytes)
        // Without a root: it is asked for each moment of each action that is planned.
        return slack >= 0 && slack * slack >= squares + Self.square(spread)
    }

    private static func square(_ bytes: Int64) -> Double { Double(bytes) * Double(bytes) }
}
