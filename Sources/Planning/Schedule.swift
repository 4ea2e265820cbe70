/// Which action may start next: the longest remaining path first, within a budget of cpus.
///
/// While the most urgent action does not fit, less urgent ones that do go first, so that no cpu is idle; but not for
/// ever: they overtake it with as many cpus as the budget has, added up, and then nothing starts until it does.
package struct Schedule: Sendable {
    package let cpus: Int
    private let plan: Plan
    /// Seconds from an action's start to the end of the longest chain behind it, as learned.
    private let remainingSeconds: [Double]
    /// What the actions of a rule take of the budget: all of it where they declare more.
    private let cpusByRule: [Int]
    private var ready = ReadyQueue<Entry>()
    private var used = 0
    /// The cpus of all that started before an action while it was the most urgent.
    private var overtakenCPUs: [ActionID: Int] = [:]

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
        let budget = max(1, cpus)
        self.cpus = budget
        cpusByRule = plan.rules.map { min(max(1, $0.cpus), budget) }
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
            ready.insert(Entry(remaining: remainingSeconds[action.index], action: action), cpus: wanted(by: action))
        }
    }

    /// The next action that may start, or nil if none may now.
    package mutating func next() -> ActionID? {
        let free = cpus - used
        guard free > 0, let first = ready.first() else { return nil }
        if first.cpus <= free {
            overtakenCPUs[first.entry.action] = nil
            return start(first)
        }
        guard let other = ready.first(within: free) else { return nil }
        let overtaken = overtakenCPUs[first.entry.action, default: 0] + other.cpus
        guard overtaken <= cpus else { return nil }
        overtakenCPUs[first.entry.action] = overtaken
        return start(other)
    }

    package mutating func finish(_ action: ActionID) { used -= wanted(by: action) }

    private mutating func start(_ chosen: (entry: Entry, cpus: Int)) -> ActionID {
        ready.removeFirst(wanting: chosen.cpus)
        used += chosen.cpus
        return chosen.entry.action
    }

    private func wanted(by action: ActionID) -> Int { cpusByRule[plan.ruleID(of: action).index] }
}
