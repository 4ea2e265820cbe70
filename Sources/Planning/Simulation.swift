import HeapModule

/// How a build would go if every action took what it is estimated to take.
package struct Simulation: Hashable, Sendable {
    /// From the first start to the last end.
    package private(set) var seconds = 0.0
    /// Of memory, that actions are likely to hold at once, at most.
    package private(set) var peakBytes: Int64 = 0

    /// What an action takes in it.
    package struct Cost: Hashable, Sendable {
        package var action: ActionID
        package var seconds: Double
        package var likelyBytes: Int64
        package var demand: Demand

        package init(action: ActionID, seconds: Double, likelyBytes: Int64, demand: Demand) {
            (self.action, self.seconds, self.likelyBytes, self.demand) = (action, seconds, likelyBytes, demand)
        }
    }

    /// - Parameter costs: of the actions that run; what they read of others is there.
    package init(_ plan: Plan, _ costs: [Cost], _ budget: Budget) {
        var walk = Walk(plan, costs, budget)
        walk.run()
        (seconds, peakBytes) = (walk.seconds, walk.peakBytes)
    }

    /// The schedule at work, with a clock that jumps from one end to the next.
    private struct Walk {
        private let costs: [Cost]
        private var schedule: Schedule
        private var openMakers: [Int]
        private var readers: [[Int]]
        private var indices: [ActionID: Int] = [:]
        private var ends = Heap<End>()
        private var now: UInt64 = 0
        private var heldBytes: Int64 = 0
        private(set) var peakBytes: Int64 = 0
        var seconds: Double { Double(now) / 1e9 }

        private struct End: Comparable {
            let at: UInt64
            let index: Int
            let releasesBytes: Int64
            // The earliest is the greatest.
            static func < (left: End, right: End) -> Bool {
                left.at == right.at ? left.index > right.index : left.at > right.at
            }
        }

        init(_ plan: Plan, _ costs: [Cost], _ budget: Budget) {
            self.costs = costs
            var seconds = [Double](repeating: 0, count: plan.actionCount)
            for (index, cost) in costs.enumerated() {
                indices[cost.action] = index
                seconds[cost.action.index] = cost.seconds
            }
            // What other programs do nobody knows beforehand.
            var budget = budget
            budget.mostRunnable = nil
            schedule = Schedule(
                plan: plan, requested: Request(plan, actions: costs.map(\.action)), seconds: seconds, budget: budget)
            openMakers = Array(repeating: 0, count: costs.count)
            readers = Array(repeating: [], count: costs.count)
            for (index, cost) in costs.enumerated() {
                var makers = Set(plan.inputs(of: cost.action).compactMap { plan.maker(of: $0.artifact) })
                if let awaited = plan.awaits(cost.action).flatMap({ plan.maker(of: $0) }) { makers.insert(awaited) }
                for maker in makers {
                    guard let place = indices[maker] else { continue }
                    openMakers[index] += 1
                    readers[place].append(index)
                }
            }
        }

        mutating func run() {
            for index in costs.indices where openMakers[index] == 0 {
                schedule.add(costs[index].action, costs[index].demand)
            }
            while true {
                while let dispatch = schedule.next(at: now) { start(dispatch) }
                if let end = ends.popMax() {
                    // A pool may open before the next action ends.
                    if let moment = schedule.nextMoment, moment > now, moment < end.at {
                        ends.insert(end)
                        now = moment
                    } else {
                        finish(end)
                    }
                } else if let moment = schedule.nextMoment, moment > now {
                    now = moment
                } else {
                    return
                }
            }
        }

        private mutating func start(_ dispatch: Dispatch) {
            var at = now
            var most: Int64 = 0
            let members = dispatch.actions.compactMap { indices[$0] }
            for index in members { most = max(most, costs[index].likelyBytes) }
            for index in members {
                at &+= UInt64(max(0, min(costs[index].seconds, 1e9)) * 1e9)
                ends.insert(End(at: at, index: index, releasesBytes: index == members.last ? most : 0))
            }
            heldBytes += most
            peakBytes = max(peakBytes, heldBytes)
        }

        private mutating func finish(_ end: End) {
            now = max(now, end.at)
            heldBytes -= end.releasesBytes
            schedule.finish(costs[end.index].action)
            for reader in readers[end.index] {
                openMakers[reader] -= 1
                if openMakers[reader] == 0 { schedule.add(costs[reader].action, costs[reader].demand) }
            }
        }
    }
}
