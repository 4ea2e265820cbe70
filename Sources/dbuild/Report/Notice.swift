import Artifact
import Calendar
import Planning

/// What a person must know to read a screen or a run.
enum Notice {
    /// Actions that `--only` or `--from` take as they are.
    static func unjudged(_ count: Int) -> String {
        "unjudged \(grouped(count)) actions upstream are taken as they are, current or not"
    }

    /// What a view cannot know before a build has asked.
    static func unanswered(_ probe: Probe) -> String {
        "probe `\(clipped(probe.inWords))` has not run yet: a build runs it"
    }

    /// Of lines while whoever reads standard error had stopped.
    static func notShown(_ count: Int) -> String {
        "\(counted(count, "line")) could not be shown: nobody read them in time; dbuild history has all"
    }

    static let nothingBuilt = "nothing was built here\n"
    static let nothingFailed = "nothing failed that was not built since"

    /// Failures of which the plan has no action.
    static func failedElsewhere(_ count: Int) -> String {
        "\(counted(count, "action")) failed, and none of them is in this plan or among these targets: dbuild failures"
    }

    static func lastParameters(_ overrides: [String]) -> String {
        "parameters as the last build set them: \(overrides.joined(separator: " "))"
    }

    /// Parameters that a view does not take over.
    static func leftOut(_ settings: [String]) -> String {
        "left out, since the rules have no such parameter any more, though the last build set it: "
            + settings.joined(separator: " ")
    }

    static func neverRan(_ action: String) -> String { "`\(action)` never ran\n" }
    static func noLog(_ action: String, run: Int64, attempt: Int?) -> String {
        "`\(action)` left no log \(attempt.map { "of attempt \($0) " } ?? "")in run \(run)\n"
    }

    static func nothingRuns(last: RunAccount?) -> String {
        guard let last else { return "nothing runs, and nothing was built here\n" }
        let end = last.summary.map { "ended with exit \($0.exitCode)" } ?? "was killed"
        return "nothing runs: run \(last.run), the last one, \(end)\n"
    }

    /// A run of another machine that has written no summary.
    static func cannotFollow(_ account: RunAccount, _ state: RunState) -> String {
        let host = printable((account.told?.host ?? "another machine").utf8)
        return "unknown  run \(account.run) is of \(host): whether it goes on cannot be seen from here; "
            + "\(grouped(state.done)) done, \(grouped(state.runningCount)) running as it wrote last"
    }

    /// Actions whose outputs were recorded as they are.
    static func adopted(_ count: Int, current: Int, isDryRun: Bool) -> String {
        let what = isDryRun ? "would be adopted: " : "adopted  "
        return "\(what)\(grouped(count)) \(count == 1 ? "action" : "actions")"
            + (current > 0 ? ", \(grouped(current)) current already" : "")
    }

    /// `process 4711 on host since 2013-12-01T11:00:00Z`
    static func holder(_ holder: FileLock.Holder?) -> String {
        guard let holder else { return "a process that has not said its name" }
        return
            "process \(holder.process) on \(printable(holder.host.utf8)) since \(Instant.text(holder.sinceNanoseconds))"
    }

    /// The same of who compiles rules: a compiler outlives its dbuild.
    static func compiler(_ owner: FileLock.Holder?) -> String {
        holder(owner) + (owner?.hasEnded == true ? "; it has ended, and what it started has not" : "")
    }

    static func fewerJobs(_ jobs: Int, openFiles: Int) -> String {
        "\(jobs) actions at once, and no more: only \(openFiles) files may be open (`ulimit -n`)"
    }

    /// `as-of=2013-11-30 (yesterday in America/New_York)`
    static func resolved(_ parameter: ResolvedDay) -> String {
        "\(parameter.name)=\(parameter.day) (\(parameter.word) in \(parameter.zone))"
    }

    static func resolved(_ parameters: [ResolvedDay]) -> String { resolved(parameters.map { resolved($0) }) }
    static func resolved(_ parameters: [String]) -> String { "params   " + parameters.joined(separator: ", ") }
}
