import Planning

/// How much of the machine a run may take, as its command says.
struct RunBudget: Sendable, Hashable {
    var budget: Budget
    /// What the machine has, or what was asked for where that is more: what is declared to need more cannot run here.
    var mostBytes: Int64
    /// How many actions may wait for their outputs to be published before nothing new is started: enough to share what a
    /// commit costs. A kill repeats no more than these and those that run; only tiny ones ever come to be so many.
    var mostCompleting = 128

    /// Of the memory that is available when a run begins.
    static let defaultShare = 0.8

    /// - Parameters:
    ///   - memory: a size, or a share of what is available such as `80%`; nil: the default.
    ///   - load: no more is started while so many threads run; nil: whatever else the machine does.
    ///   - machine: nil where nobody knows: then memory is not counted.
    init(jobs: Int, memory: String?, load: Double?, machine: MachineMemory?) throws(SettingsError) {
        if let load, !(load.isFinite && load > 0) { throw .badLoad(load) }
        let limit = try memory.map { text throws(SettingsError) in try Self.parse(text) } ?? .share(Self.defaultShare)
        let bytes: Int64
        switch limit {
        case .bytes(let wanted): bytes = wanted
        case .share(let share):
            bytes = machine.map { Int64(Double($0.availableBytes) * share) } ?? Budget.unlimitedBytes
        }
        budget = Budget(cpus: jobs, bytes: bytes, mostRunnable: load)
        mostBytes = max(machine?.totalBytes ?? Budget.unlimitedBytes, budget.bytes)
    }

    private enum Limit {
        case bytes(Int64)
        case share(Double)
    }

    private static func parse(_ text: String) throws(SettingsError) -> Limit {
        if text.last == "%" {
            guard let percent = Double(text.dropLast()), percent > 0, percent <= 100 else { throw .badMemory(text) }
            return .share(percent / 100)
        }
        guard let bytes = try? ByteSize.parse(text), bytes > 0 else { throw .badMemory(text) }
        return .bytes(bytes)
    }
}

extension RunBudget {
    /// Takes rather fewer actions at once than were asked for than some that fail for want of a file.
    ///
    /// - Parameter openFiles: how many this process may open.
    /// - Returns: how many actions, where those are fewer.
    mutating func fit(openFiles: Int) -> Int? {
        // Database, lock, protocol, helpers' ends; of an action a worker's or helper's ends and its log, and behind it
        // what is read and copied of its outputs.
        let (ofTheRun, ofAnAction, ofItsOutputs) = (32, 6, 3)
        let free = max(0, openFiles - ofTheRun)
        let jobs = max(1, free / (ofAnAction + ofItsOutputs))
        let isFewer = jobs < budget.cpus
        if isFewer { budget.cpus = jobs }
        mostCompleting = min(mostCompleting, max(1, (free - ofAnAction * budget.cpus) / ofItsOutputs))
        return isFewer ? jobs : nil
    }
}
