import ArgumentParser

/// What a build may take of the machine.
struct MachineArguments: ParsableArguments {
    @Option(
        name: [.customShort("j", allowingJoined: true), .customLong("jobs")],
        help: "Actions at once (default: the cores that this process may use).")
    var jobs: Int?

    @Option(
        help: "Memory that actions may hold together: 16G, or a share of what is available (default: 80%).")
    var memory: String?

    @Option(help: "Start nothing more while so many threads of the machine run; one action always runs.")
    var load: Double?

    func budget() throws(SettingsError) -> RunBudget {
        if let jobs, !(1 ... Helpers.mostJobs).contains(jobs) { throw .badJobs(jobs) }
        return try RunBudget(
            jobs: min(jobs ?? Machine.coreCount, Helpers.mostJobs), memory: memory, load: load, machine: Machine.memory)
    }
}
