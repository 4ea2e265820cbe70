/// The actions of a build with what each takes, and what has to come before what. Their places are those of their costs.
struct TaskGraph: Sendable {
    let actions: [ActionID]
    let uses: [ResourceProfile.Use]
    /// By place: what makes something that it reads, once for each such thing.
    let before: NumberLists
    /// By place: what reads something that it makes.
    let behind: NumberLists
    /// By action; negative: none.
    private let places: [Int32]

    /// Where all is instantaneous nothing would have an order, and all that is to be placed must add up.
    private static let (leastSeconds, mostSeconds) = (0.001, 100_000.0)

    /// - Parameter costs: each of another action.
    init(_ plan: Plan, _ costs: [Simulation.Cost], _ budget: Budget) {
        actions = costs.map(\.action)
        uses = costs.map { cost in
            let seconds = min(max(cost.seconds, Self.leastSeconds), Self.mostSeconds)
            return ResourceProfile.Use(nanoseconds: Int64(seconds * 1e9), cost.demand, budget)
        }
        var places = [Int32](repeating: -1, count: plan.actionCount)
        for (place, cost) in costs.enumerated() { places[cost.action.index] = Int32(place) }
        func forEachEdge(_ body: (_ maker: Int, _ reader: Int) -> Void) {
            for (place, cost) in costs.enumerated() {
                Simulation.forEachReader(of: cost.action, plan) { reader in
                    let reader = Int(places[reader.index])
                    if reader >= 0 { body(place, reader) }
                }
            }
        }
        before = NumberLists(count: costs.count) { add in forEachEdge { maker, reader in add(reader, UInt32(maker)) } }
        behind = NumberLists(count: costs.count) { add in forEachEdge { maker, reader in add(maker, UInt32(reader)) } }
        self.places = places
    }

    func place(of action: ActionID) -> Int? {
        let place = places[action.index]
        return place < 0 ? nil : Int(place)
    }
}
