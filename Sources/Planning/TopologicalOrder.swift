/// Which action reads what which other one makes.
struct ActionGraph {
    /// By action: those that read something of it, each once, ascending.
    private let followers: NumberLists
    private let builder: PlanBuilder
    private let checks: PlanChecks

    init(_ builder: PlanBuilder, _ checks: PlanChecks) {
        self.builder = builder
        self.checks = checks
        let count = builder.actionCount
        followers = NumberLists(count: count) { add in
            var last = [UInt32](repeating: Plan.none, count: count)
            for action in 0 ..< count {
                Self.eachSupplier(of: action, builder, checks) { supplier in
                    guard last[supplier] != UInt32(action) else { return }
                    last[supplier] = UInt32(action)
                    add(supplier, UInt32(action))
                }
            }
        }
    }

    private static func eachSupplier(
        of action: Int, _ builder: PlanBuilder, _ checks: PlanChecks, _ body: (Int) -> Void
    ) {
        for input in builder.inputs.range(of: action) {
            if let supplier = checks.maker(of: Int(builder.inputs.paths[input])) { body(supplier) }
        }
        let awaits = builder.actionAwaits[action]
        if awaits != Plan.none, let supplier = checks.maker(of: Int(awaits)) { body(supplier) }
    }

    /// Kahn's algorithm; among actions that are free at once, the order in which the rules said them.
    func topologicalOrder() throws(PlanError) -> [UInt32] {
        let count = builder.actionCount
        var waiting = [UInt32](repeating: 0, count: count)
        for follower in followers.numbers { waiting[Int(follower)] += 1 }
        var order: [UInt32] = []
        order.reserveCapacity(count)
        for action in 0 ..< count where waiting[action] == 0 { order.append(UInt32(action)) }
        var next = 0
        while next < order.count {
            for follower in followers[Int(order[next])] {
                waiting[Int(follower)] -= 1
                if waiting[Int(follower)] == 0 { order.append(follower) }
            }
            next += 1
        }
        guard order.count == count else { throw .cycle(cycle(placed: order)) }
        return order
    }

    /// - Parameter placed: all actions that are in no cycle and behind none.
    private func cycle(placed: [UInt32]) -> [Mention] {
        let placed = Set(placed)
        let start = (0 ..< builder.actionCount).first { !placed.contains(UInt32($0)) } ?? 0
        return chain(from: start) { action in
            var least: Int?
            Self.eachSupplier(of: action, builder, checks) { supplier in
                if !placed.contains(UInt32(supplier)) { least = min(least ?? supplier, supplier) }
            }
            return least
        }
    }

    /// Follows the suppliers from an action until one comes again.
    private func chain(from start: Int, _ supplier: (Int) -> Int?) -> [Mention] {
        var seen: [Int: Int] = [:]
        var path: [Int] = []
        var current: Int? = start
        while let action = current {
            if let first = seen[action] { return (path[first...] + [action]).map { builder.mention($0) } }
            seen[action] = path.count
            path.append(action)
            current = supplier(action)
        }
        return path.map { builder.mention($0) }
    }
}
