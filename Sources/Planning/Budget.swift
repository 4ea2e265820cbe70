/// What a run may take of the machine.
package struct Budget: Hashable, Sendable {
    package var cpus: Int
    /// Of memory, that actions may hold together.
    package var bytes: Int64
    /// No more is started while so many threads of the machine run or want to; nil: whatever else it does.
    package var mostRunnable: Double?

    /// More than any machine has, and small enough to be added up.
    package static let unlimitedBytes: Int64 = 1 << 60

    package init(cpus: Int, bytes: Int64 = Budget.unlimitedBytes, mostRunnable: Double? = nil) {
        self.cpus = max(1, cpus)
        self.bytes = min(max(1, bytes), Budget.unlimitedBytes)
        self.mostRunnable = mostRunnable
    }

    /// How many an action takes that wants so many: as many as there are, at the most.
    func taken(cpus wanted: Int) -> Int { min(max(1, wanted), cpus) }
}

/// How the machine stands, whatever the schedule has counted.
package struct Conditions: Hashable, Sendable {
    /// What all processes of the run hold by themselves.
    package var heldBytes: Int64
    /// What the machine could still give.
    package var availableBytes: Int64
    /// Threads that run or want to, of everybody.
    package var runnable: Int

    package init(
        heldBytes: Int64 = 0, availableBytes: Int64 = Budget.unlimitedBytes, runnable: Int = 0
    ) {
        (self.heldBytes, self.availableBytes, self.runnable) = (heldBytes, availableBytes, runnable)
    }
}

/// What it takes to start an action.
package struct Demand: Hashable, Sendable {
    package var cpus: Int
    package var bytes: Int64
    /// How much more it may come to hold, by chance: see `Room`.
    package var spreadBytes: Int64
    /// An index in the plan's pools.
    package var pool: Int?
    /// With which others it may go in one dispatch.
    package var batch: BatchKey?

    package init(
        cpus: Int = 1, bytes: Int64 = 0, spreadBytes: Int64 = 0, pool: Int? = nil, batch: BatchKey? = nil
    ) {
        (self.cpus, self.bytes, self.spreadBytes, self.pool, self.batch) = (cpus, bytes, spreadBytes, pool, batch)
    }

    package init(of action: ActionID, in plan: Plan, _ estimate: Estimate) {
        self.init(
            of: action, in: plan, bytes: estimate.bytes - estimate.spreadBytes, spreadBytes: estimate.spreadBytes)
    }

    /// As an action's rule says.
    package init(of action: ActionID, in plan: Plan, bytes: Int64, spreadBytes: Int64 = 0) {
        let rule = plan.ruleID(of: action)
        let running = plan.rules[rule.index].running
        cpus = plan.rules[rule.index].cpus
        self.bytes = bytes
        self.spreadBytes = spreadBytes
        pool = running.pool
        batch = running.batch.map { batch in
            BatchKey(
                rule: rule, value: batch.axis.flatMap { plan.cellPosition(of: action, axis: $0) }, most: batch.most)
        }
    }
}

/// Actions of one rule with the same value on an axis.
package struct BatchKey: Hashable, Sendable {
    package let rule: RuleID
    /// Nil: whatever their values.
    package let value: UInt32?
    package let most: Int

    package init(rule: RuleID, value: UInt32?, most: Int) { (self.rule, self.value, self.most) = (rule, value, most) }
}

/// Actions that start together, in one slot, one after another.
package struct Dispatch: Hashable, Sendable {
    /// At least one; the most urgent first.
    package let actions: [ActionID]
}
