/// Which action may start next: the longest remaining path first, within a budget of cpus.
package struct Schedule: Sendable {
    package let cpus: Int
    private let plan: Plan
    /// Seconds from an action's start to the end of the longest chain behind it, as learned.
    private let remainingSeconds: [Double]
    /// The most urgent last.
    private var ready: [Entry] = []
    private var used = 0
    private var runningCount = 0

    private struct Entry: Comparable {
        let remaining: Double
        let action: ActionID
        static func < (left: Entry, right: Entry) -> Bool {
            left.remaining == right.remaining ? left.action > right.action : left.remaining < right.remaining
        }
    }

    /// - Parameters:
    ///   - cpus: how many may be in use at once; an action that declares more runs alone.
    ///   - durationSeconds: by action, 0 where nobody knows.
    package init(plan: Plan, requested: Request, durationSeconds: [Double], cpus: Int) {
        self.plan = plan
        self.cpus = max(1, cpus)
        var remaining = [Double](repeating: 0, count: plan.actionCount)
        for action in Array(plan.inTopologicalOrder).reversed() where requested.holds(action) {
            var behind = 0.0
            for output in plan.outputs(of: action).map(\.artifact) + plan.members(of: action) {
                for consumer in plan.consumers(of: output) where requested.holds(consumer) {
                    behind = max(behind, remaining[consumer.index])
                }
            }
            // Without history a chain counts by its length.
            remaining[action.index] = behind + max(durationSeconds[action.index], 0.001)
        }
        remainingSeconds = remaining
    }

    package mutating func add(_ actions: [ActionID]) {
        for action in actions {
            let entry = Entry(remaining: remainingSeconds[action.index], action: action)
            var low = 0
            var high = ready.count
            while low < high {
                let middle = (low + high) / 2
                if ready[middle] < entry { low = middle + 1 } else { high = middle }
            }
            ready.insert(entry, at: low)
        }
    }

    /// The next action that fits, or nil if none does now.
    package mutating func next() -> ActionID? {
        for index in ready.indices.reversed() {
            let action = ready[index].action
            let wanted = plan.rule(of: action).cpus
            guard wanted <= cpus - used || runningCount == 0 else { continue }
            ready.remove(at: index)
            used += wanted
            runningCount += 1
            return action
        }
        return nil
    }

    package mutating func finish(_ action: ActionID) {
        used -= plan.rule(of: action).cpus
        runningCount -= 1
    }
}
