import ArgumentParser

/// When a build is to stop before everything is done.
struct StopArguments: ParsableArguments {
    enum AfterFailure: EnumerableFlag {
        case keepGoing, failFast

        static func name(for value: Self) -> NameSpecification {
            value == .keepGoing ? [.customShort("k"), .customLong("keep-going")] : .customLong("fail-fast")
        }

        static func help(for value: Self) -> ArgumentHelp? {
            value == .keepGoing
                ? "After a failure build everything that does not need it (the default)."
                : "After a failure start nothing more; what runs goes on to its end."
        }
    }

    @Flag(exclusivity: .chooseLast) var afterFailure = AfterFailure.keepGoing

    @Option(
        help: ArgumentHelp(
            "From when on to start nothing more: 08:00 (the next one, by the machine's clock), 2013-12-01T08:00, 2013-12-01T08:00Z, +2h.",
            valueName: "instant"))
    var deadline: String?

    func options() throws(SettingsError) -> StopOptions {
        var options = StopOptions()
        options.stopsAtFailure = afterFailure == .failFast
        guard let deadline else { return options }
        guard let instant = try Deadline(deadline).instant(now: Clock.wallNanoseconds, .ofMachine) else {
            throw .badDeadline(deadline)
        }
        options.deadlineNanoseconds = instant
        return options
    }
}
