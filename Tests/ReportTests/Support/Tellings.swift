import Artifact
import Planning

@testable import dbuild

/// One of each kind of event, with what could be misread in it.
enum Tellings {
    static let path = Path([0x61, 0xFF, 0x5C, 0x0A])
    static let failure = Event.ActionFailure(
        action: "train[entity=b]", rule: "train", place: Place(file: Array("rules/Rulesfile.swift".utf8), line: 48),
        outputs: [path], what: "exit 1", seconds: 1.25, logLines: ["ValueError: \"x\"", "\\x1b[2J ä"],
        log: "logs/a.log", category: "exited",
        canRetry: true, attempt: 2, mostAttempts: 3, peakBytes: 5)

    static let events: [Event] = [
        .format(version: 3),
        .runStarted(
            Event.Run(
                run: 7, nowNanoseconds: -5, startedNanoseconds: 1_385_892_131_000_000_000,
                targets: ["a", "ü\u{1F600}"],
                parameters: ["as-of=2013-11-30"], jobs: 8, host: "pipes", process: 4242,
                processStart: .init(Int64.max), version: "0.1.0")),
        .compiling, .resolved(["as-of=2013-11-30 (yesterday in America/New_York)"]), .unjudged(3),
        .waitingForLock(holder: "process 12"), .waitingForRules(holder: "process 13"),
        .recovered(completed: ["a", path], broken: ["b"]),
        .planned([Event.Family(rule: "train", actions: 12), Event.Family(rule: "index", actions: 1)]),
        .reading(["entities"]),
        .assessed(
            Event.Outlook(
                actions: 9, current: 1, certain: 2, undecided: 1, blocked: 1, skipped: 1, kept: 1, waiting: 1,
                restorable: 1),
            causes: [
                Event.Cause(kind: "sources", what: "`a` changed", certain: 1, followed: 2, held: 3, examples: ["b"])
            ]),
        .priced(
            Event.Price(
                certainSeconds: 0.5, mostSeconds: 4, workSeconds: 7.25, peakBytes: 310_000_000, diskBytes: 5,
                neverRan: 2)),
        .caused(Event.Cause(kind: "code", what: "`run` changed", certain: 1, followed: 0, held: 0, examples: [])),
        .remaining(12),
        .verdict(
            Event.Decision(
                action: "train[entity=b]", line: 12, reasons: ["input `a` changed"], causes: ["`a` changed"],
                isLate: true)),
        .verdict(Event.Decision(action: "index", line: 5)),
        .actionStarted(
            action: "train[entity=b]", attempt: 2,
            estimate: Event.Estimate(seconds: 1.5, bytes: 84_000_000, remainingSeconds: 3.25)),
        .actionStarted(action: "index"),
        .sample([
            Event.Sample(action: "index", seconds: 0.1, bytes: 12),
            Event.Sample(action: "train", seconds: 1, bytes: nil),
        ]),
        .actionRan(action: "index"),
        .actionFinished(action: "index", seconds: 0.041, cpuSeconds: 0.04, peakBytes: 31_000_000, missing: 1),
        .actionRestored(action: "index"),
        .actionRetried(
            Event.Retry(
                action: "index", attempt: 1, mostAttempts: 3, what: "exit 75", seconds: 0.5, pauseSeconds: 10)),
        .actionFailed(failure),
        .actionCancelled(action: "index"), .inputMoved(path), .displaced(path, to: "b"), .warning("so\nand so\t\u{7F}"),
        .interrupted(signal: "SIGINT"),
        .blocked(Event.Blocked(failed: "train[entity=b]", groups: [Event.Group(rule: "index", actions: ["index"])])),
        .degraded(
            Event.Degraded(
                rule: "index", way: .without(input: "models", have: 2, missing: ["b", "ü"]), actions: ["index", "i2"])),
        .degraded(
            Event.Degraded(
                rule: "index", way: .existing(maker: "train[entity=b]", builtAtNanoseconds: -7), actions: ["index"])),
        .held(Event.Held(rule: "train", line: 10, policy: "settle 24 h", actions: 3, first: 4, last: 5)),
        .left(
            Event.Left(why: .deadline(9), group: Event.Group(rule: "train", actions: ["train[entity=c]"]), undecided: 1)
        ),
        .left(Event.Left(why: .failure, group: Event.Group(rule: "train", actions: []), undecided: 0)),
        .summary(
            Event.Summary(
                built: 1, cutOff: 2, current: 3, failed: 4, blocked: 5, restored: 6, skipped: 7, kept: 8, waiting: 9,
                degraded: 10, cancelled: 11, orphans: 12, left: 20, retried: 21, seconds: 13.5, cpuSeconds: 14.25,
                peakBytes: 15,
                workersStarted: 16, filesHashed: 17, bytesHashed: 18, exitCode: 19)),
    ]
}

/// A run as its events tell it, one after another.
struct Telling {
    private(set) var state = RunState()
    private var nanoseconds: UInt64 = 0

    mutating func at(_ seconds: Double, _ events: Event...) {
        nanoseconds = UInt64(seconds * 1e9)
        for event in events { state.apply(EventLine(nanoseconds: nanoseconds, event)) }
    }

    static func start(_ action: String, seconds: Double? = nil, remaining: Double? = nil) -> Event {
        .actionStarted(
            action: action, estimate: Event.Estimate(seconds: seconds, bytes: nil, remainingSeconds: remaining))
    }

    static func finish(_ action: String) -> Event {
        .actionFinished(action: action, seconds: 1, cpuSeconds: 1, peakBytes: 1, missing: 0)
    }

    /// 12 of 37 are done after 1.2 s, and two run.
    static var middle: RunState {
        var telling = Telling()
        telling.at(0, .assessed(Event.Outlook(actions: 2436, current: 2399, certain: 1, undecided: 36), causes: []))
        for index in 0 ..< 12 {
            telling.at(0, start("small[n=\(index)]"))
            telling.at(Double(index) / 10, finish("small[n=\(index)]"))
        }
        telling.at(0.1, start("train[route=JFK-LAX]"))
        telling.at(1.1, start("features[route=JFK-SEA]"))
        telling.at(1.15, .sample([Event.Sample(action: "train[route=JFK-LAX]", seconds: 1.05, bytes: 84 << 20)]))
        return telling.state
    }
}
