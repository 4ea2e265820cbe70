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

        var nanoseconds: UInt64 { UInt64(max(0, min(seconds, 1e9)) * 1e9) }
    }

    /// - Parameters:
    ///   - request: through which chains go, as in the build.
    ///   - costs: of the actions that run, each of another one; what they read of others is there.
    ///   - priority: as for `Schedule`.
    ///   - asksSchedule: true to ask the schedule for every start, which gives the same.
    package init(
        _ plan: Plan, _ request: Request, _ costs: [Cost], _ budget: Budget,
        priority: PriorityRule = .longestPathFirst, asksSchedule: Bool = false
    ) {
        var seconds = [Double](repeating: 0, count: plan.actionCount)
        for cost in costs { seconds[cost.action.index] = cost.seconds }
        if !asksSchedule, priority.isLongestPathFirst, SlotSimulation.suffices(costs, budget) {
            let remaining = Schedule.remaining(plan, request, seconds)
            var slots = SlotSimulation(plan, costs, remainingSeconds: remaining, budget)
            slots.run()
            (self.seconds, peakBytes) = (Double(slots.now) / 1e9, slots.peakBytes)
        } else {
            var walk = Walk(plan, request, costs, seconds, budget, priority)
            walk.run()
            (self.seconds, peakBytes) = (walk.seconds, walk.peakBytes)
        }
    }

    /// When each of the costs starts, in nanoseconds.
    static func starts(
        _ plan: Plan, _ request: Request, _ costs: [Cost], _ budget: Budget, priority: PriorityRule
    ) -> [Int64] {
        var seconds = [Double](repeating: 0, count: plan.actionCount)
        for cost in costs { seconds[cost.action.index] = cost.seconds }
        var walk = Walk(plan, request, costs, seconds, budget, priority)
        walk.run()
        return walk.starts
    }

    /// Whoever reads or awaits something that an action makes, once for each such thing.
    static func forEachReader(of action: ActionID, _ plan: Plan, _ body: (ActionID) -> Void) {
        for output in plan.outputs(of: action) {
            for reader in plan.consumers(of: output.artifact) { body(reader) }
        }
        for member in plan.members(of: action) { for reader in plan.consumers(of: member) { body(reader) } }
    }

    struct End: Comparable {
        let at: UInt64
        /// Of its cost.
        let index: Int
        let releasesBytes: Int64
        // The earliest is the greatest.
        static func < (left: End, right: End) -> Bool {
            left.at == right.at ? left.index > right.index : left.at > right.at
        }
    }

    /// The schedule at work, with a clock that jumps from one end to the next.
    private struct Walk {
        private let costs: [Cost]
        private var schedule: Schedule
        /// By cost: how many of the things that it reads are yet to be made.
        private var openInputs: [Int]
        /// By action: which of the costs is its; negative: none.
        private var places: [Int32]
        private let plan: Plan
        private var ends = Heap<End>()
        private var now: UInt64 = 0
        private var heldBytes: Int64 = 0
        private(set) var peakBytes: Int64 = 0
        /// By cost, nanoseconds.
        private(set) var starts: [Int64]
        var seconds: Double { Double(now) / 1e9 }

        /// - Parameter seconds: by action.
        init(
            _ plan: Plan, _ request: Request, _ costs: [Cost], _ seconds: [Double], _ budget: Budget,
            _ priority: PriorityRule
        ) {
            self.plan = plan
            self.costs = costs
            var places = [Int32](repeating: -1, count: plan.actionCount)
            for (index, cost) in costs.enumerated() { places[cost.action.index] = Int32(index) }
            // What other programs do nobody knows beforehand.
            var budget = budget
            budget.mostRunnable = nil
            schedule = Schedule(
                plan: plan, requested: request, seconds: seconds, budget: budget,
                priority: priority.narrowed(to: costs))
            var openInputs = [Int](repeating: 0, count: costs.count)
            for cost in costs {
                Simulation.forEachReader(of: cost.action, plan) { reader in
                    if places[reader.index] >= 0 { openInputs[Int(places[reader.index])] += 1 }
                }
            }
            (self.places, self.openInputs) = (places, openInputs)
            starts = Array(repeating: 0, count: costs.count)
        }

        mutating func run() {
            for index in costs.indices where openInputs[index] == 0 {
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
            let members = dispatch.actions.map { Int(places[$0.index]) }
            for index in members { most = max(most, costs[index].likelyBytes) }
            for index in members {
                starts[index] = Int64(clamping: at)
                at &+= costs[index].nanoseconds
                ends.insert(End(at: at, index: index, releasesBytes: index == members.last ? most : 0))
            }
            heldBytes += most
            peakBytes = max(peakBytes, heldBytes)
        }

        private mutating func finish(_ end: End) {
            now = max(now, end.at)
            heldBytes -= end.releasesBytes
            schedule.finish(costs[end.index].action)
            Simulation.forEachReader(of: costs[end.index].action, plan) { reader in
                let place = Int(places[reader.index])
                guard place >= 0 else { return }
                openInputs[place] -= 1
                if openInputs[place] == 0 { schedule.add(costs[place].action, costs[place].demand) }
            }
        }
    }
}
