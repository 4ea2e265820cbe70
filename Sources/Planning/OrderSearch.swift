import Hashing
import HeapModule

/// Looks for the order of starts in which a build is over early although memory is short: places all its actions, shifts
/// them to the end and to the beginning again, and does so again from an order that is a little off the last one. It goes on
/// from a worse one, too, if that is no worse than what it went on from some rounds ago: else it would soon be stuck.
///
/// - Source: the shifts: Valls, Ballestín and Quintanilla, Justification and RCPSP: a technique that pays, European Journal
///   of Operational Research 165, 2005. The placing: Kolisch, Serial and parallel resource-constrained project scheduling
///   methods revisited, the same 90, 1996. What it goes on from: Burke and Bykov, The late acceptance Hill-Climbing
///   heuristic, the same 258, 2017.
struct OrderSearch: Sendable {
    private let graph: TaskGraph
    private let budget: Budget
    /// The best so far.
    private(set) var best: Found
    /// What it goes on from.
    private var last: Found
    /// Of what it went on from in the last rounds.
    private var ends: [Int64]
    private var random: SplitMix
    private var round = 0
    /// By place: whether it begins at once in all that is found; empty: none has to.
    private var isHeld: [Bool] = []

    /// What was found, by the tasks' places, in nanoseconds.
    struct Found: Sendable {
        fileprivate(set) var starts: [Int64]
        /// When the last one is over.
        fileprivate(set) var end: Int64
    }

    /// - Parameter order: by place, what it begins with, the least first.
    init(_ graph: TaskGraph, _ budget: Budget, from order: [Int64]) {
        (self.graph, self.budget) = (graph, budget)
        let nothing = Found(starts: [], end: 0)
        (best, last) = (nothing, nothing)
        (ends, random) = ([], SplitMix(state: UInt64(graph.uses.count)))
        last = justified(placed(by: order, .forward))
        best = last
        ends = Array(repeating: last.end, count: Self.memory)
    }

    /// Looks further.
    mutating func look(rounds: Int) {
        for _ in 0 ..< rounds {
            let step = Self.steps[round % Self.steps.count] * Double(last.end)
            let order = last.starts.map { $0 + Int64(step * (random.share() + random.share() - 1)) }
            let other = justified(placed(by: order, .forward))
            if other.end <= max(last.end, ends[round % Self.memory]) { last = other }
            ends[round % Self.memory] = last.end
            if last.end < best.end { best = last }
            round += 1
        }
    }

    /// Goes on from the best, and from now on lets begin at once what begins at once there.
    mutating func holdFirst() {
        last = best
        isHeld = best.starts.map { $0 == 0 }
    }

    /// Rounds that it looks back (*measured* in a model, 24 builds: with 5 the worst order is worse, with 50 all are).
    private static let memory = 15
    /// Small and large ones, as shares of all that it takes.
    private static let steps = [0.08, 0.03, 0.01, 0.2]

    /// Seen from the beginning, or from the end.
    private enum Direction { case forward, backward }

    /// Each as early as it can be, one after another.
    ///
    /// - Parameter keys: the least first, of what may be placed.
    private func placed(by keys: [Int64], _ direction: Direction) -> Found {
        let isForward = direction == .forward
        let (before, behind) = isForward ? (graph.before, graph.behind) : (graph.behind, graph.before)
        let uses = graph.uses
        // Together they fit, and they wait for nobody: so they come out at the beginning.
        let isHeld = isForward ? isHeld : []
        func next(_ place: Int) -> Next {
            Next(key: !isHeld.isEmpty && isHeld[place] ? .min : keys[place], place: place)
        }
        var profile = ResourceProfile(budget)
        var found = Found(starts: Array(repeating: 0, count: uses.count), end: 0)
        var earliest = [Int64](repeating: 0, count: uses.count)
        var open = uses.indices.map { before[$0].count }
        var ready = Heap<Next>()
        for place in uses.indices where open[place] == 0 { ready.insert(next(place)) }
        while let place = ready.popMin()?.place {
            let start = profile.place(uses[place], from: earliest[place])
            let end = start + uses[place].nanoseconds
            found.starts[place] = start
            found.end = max(found.end, end)
            for other in behind[place] {
                let other = Int(other)
                earliest[other] = max(earliest[other], end)
                open[other] -= 1
                if open[other] == 0 { ready.insert(next(other)) }
            }
        }
        return found
    }

    private struct Next: Comparable {
        let key: Int64
        let place: Int
        static func < (left: Next, right: Next) -> Bool { (left.key, left.place) < (right.key, right.place) }
    }

    /// All as late as they can be without the end being later, the last first; then as early as they can be, the first
    /// first.
    private func justified(_ found: Found) -> Found {
        func lastFirst(_ starts: [Int64]) -> [Int64] { zip(starts, graph.uses).map { -($0 + $1.nanoseconds) } }
        let late = placed(by: lastFirst(found.starts), .backward)
        return placed(by: lastFirst(late.starts), .forward)
    }
}
