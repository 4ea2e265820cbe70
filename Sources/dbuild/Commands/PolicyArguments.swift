import ArgumentParser
import Calendar
import Planning

/// What a command says against policies: for builds and views alike.
struct PolicyArguments: ParsableArguments {
    @Option(help: "The run's instant, as 2013-12-01T11:00:00Z (default: the clock, read once).")
    var now: String?

    @Flag(name: [.customShort("B"), .customLong("force")], help: "Build everything named, current or not.")
    var force = false

    @Option(
        name: .customLong("min-age-hours"), parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "Hours for which observations must have settled, in place of what the rules say.",
            valueName: "H[=RULE,…]"))
    var minAgeHours: [String] = []

    @Option(
        name: .customLong("retrain-if-exists"),
        help: ArgumentHelp(
            "Whether what exists is built again, in place of what the rules say.", valueName: "true|false[=RULE,…]"))
    var retrainIfExists: [String] = []

    @Option(
        name: .customLong("skip"),
        help: ArgumentHelp("Take what these actions have made as it is.", valueName: "selector"))
    var skip: [String] = []

    @Option(
        name: .customLong("only"),
        help: ArgumentHelp("A target, but take everything that is not named as it is.", valueName: "target"))
    var only: [String] = []

    @Option(
        name: .customLong("from"),
        help: ArgumentHelp("Take everything that this rule depends on as it is.", valueName: "rule"))
    var from: [String] = []

    @Flag(name: .customLong("keep-edited"), help: "Leave outputs that somebody has edited as they are.")
    var keepEdited = false

    /// The targets of the command with those that `--only` names.
    func targets(_ named: [String]) -> [String] { named + only }

    func runOptions() throws(SettingsError) -> RunOptions {
        var instant = Clock.wallNanoseconds
        if let now { instant = try Instant.parse(now) }
        var policies = PolicyOptions()
        policies.force = force
        for text in minAgeHours {
            policies.minAge.append(try split("--min-age-hours", text) { hoursInNanoseconds($0) })
        }
        for text in retrainIfExists {
            policies.rebuildsExisting.append(try split("--retrain-if-exists", text) { Bool($0) })
        }
        policies.skip = skip
        policies.only = !only.isEmpty
        policies.from = from
        policies.keepsEdited = keepEdited
        var options = RunOptions(nowNanoseconds: instant, policies: policies)
        options.usesClock = now == nil
        return options
    }

    /// `VALUE` or `VALUE=RULE,…`.
    private func split<Value>(
        _ option: String, _ text: String, _ read: (String) -> Value?
    ) throws(SettingsError) -> PolicyOptions.Override<Value> {
        let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let first = sides.first, let value = read(first) else {
            throw .badPolicyValue(option: option, text: text)
        }
        guard sides.count == 2 else { return PolicyOptions.Override(value) }
        let rules = sides[1].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        guard !rules.contains("") else { throw .badPolicyValue(option: option, text: text) }
        return PolicyOptions.Override(value, rules: rules)
    }

    private func hoursInNanoseconds(_ text: String) -> Int64? {
        // Swift reads hexadecimal numbers too; nobody means one here.
        guard text.utf8.allSatisfy({ "0123456789.eE+-".utf8.contains($0) }), let hours = Double(text),
            let nanoseconds = TimeSpan.hours(hours).nanoseconds, nanoseconds >= 0, hours.sign == .plus
        else { return nil }
        return nanoseconds
    }
}
