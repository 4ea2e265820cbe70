import Artifact
import Planning
import TestSupport
import Testing

@testable import TestOracle

/// What starts next, within a budget of cpus.
@Suite struct ScheduleTests {
    @Test func `the longest remaining path comes first`() throws {
        // short; a chain of two; a long one.
        let (plan, names) = try graph(["short": [], "first": [], "second": ["first"], "long": []], cpus: [:])
        var schedule = schedule(plan, ["short": 1, "first": 3, "second": 4, "long": 6], cpus: 1)
        schedule.add(names(["short", "first", "long"]))
        #expect(schedule.drain(plan) == ["first", "long", "short"])
    }

    @Test func `without history the longer chain comes first, and else the order of the rules`() throws {
        let (plan, names) = try graph(["a": [], "b": [], "c": ["b"], "d": []], cpus: [:])
        var schedule = schedule(plan, [:], cpus: 1)
        schedule.add(names(["d", "a", "b"]))
        #expect(schedule.drain(plan) == ["b", "a", "d"])
    }

    @Test func `only what was asked for makes a path long`() throws {
        let (plan, names) = try graph(["a": [], "b": [], "after-b": ["b"]], cpus: [:])
        var schedule = Schedule(
            plan: plan, requested: Request(plan, actions: names(["a", "b"])),
            durationSeconds: durations(plan, ["a": 2, "b": 1, "after-b": 100]), cpus: 1)
        schedule.add(names(["a", "b"]))
        #expect(schedule.drain(plan) == ["a", "b"])
    }

    @Test func `what an action gives may come later while what follows it is no more urgent than what can start`()
        throws
    {
        let (plan, names) = try graph(["first": [], "after": ["first"], "a": [], "b": [], "c": []], cpus: [:])
        var schedule = schedule(plan, ["first": 1, "after": 5, "a": 9, "b": 4, "c": 4], cpus: 2)
        let (a, first) = (names(["a"])[0], names(["first"])[0])
        schedule.add(names(["first", "a", "b", "c"]))
        #expect(schedule.next() == a)
        #expect(schedule.next() == first)
        // Of b and c each slot can have one; what follows the first is more urgent than they are.
        #expect(schedule.hasPlenty && schedule.canSpare(a) && !schedule.canSpare(first))
        schedule.finish(a)
        #expect(schedule.next().map { plan.name(of: $0) } == "b")
        #expect(!schedule.hasPlenty && !schedule.canSpare(a))
    }

    @Test func `what does not fit lets smaller ones go first`() throws {
        let (plan, names) = try graph(["big": [], "small": [], "tiny": []], cpus: ["big": 3, "small": 2, "tiny": 1])
        var schedule = schedule(plan, ["big": 9, "small": 5, "tiny": 1], cpus: 4)
        schedule.add(names(["big", "small", "tiny"]))
        #expect(schedule.next().map { plan.name(of: $0) } == "big")
        #expect(schedule.next().map { plan.name(of: $0) } == "tiny")
        #expect(schedule.next() == nil)
        schedule.finish(names(["big"])[0])
        #expect(schedule.next().map { plan.name(of: $0) } == "small")
    }

    @Test(arguments: [5, 64, Int.max])
    func `an action larger than the budget runs alone`(cpus: Int) throws {
        let (plan, names) = try graph(["huge": [], "a": [], "b": []], cpus: ["huge": cpus])
        var schedule = schedule(plan, ["huge": 1, "a": 5, "b": 1], cpus: 4)
        schedule.add(names(["huge", "a", "b"]))
        #expect(schedule.next().map { plan.name(of: $0) } == "a")
        #expect(schedule.next().map { plan.name(of: $0) } == "b")
        #expect(schedule.next() == nil)
        schedule.finish(names(["a"])[0])
        #expect(schedule.next() == nil)
        schedule.finish(names(["b"])[0])
        #expect(schedule.next().map { plan.name(of: $0) } == "huge")
        schedule.add(names(["a"]))
        #expect(schedule.next() == nil)
        schedule.finish(names(["huge"])[0])
        #expect(schedule.next().map { plan.name(of: $0) } == "a")
    }

    /// Three of four cpus are idle for 9 seconds, as far as is known, behind which one waits that wants all.
    private func waiting(seconds: [String: Double]) throws -> (Schedule, Plan, ([String]) -> [ActionID]) {
        let (plan, names) = try graph(
            Dictionary(uniqueKeysWithValues: (["first", "wide"] + seconds.keys).map { ($0, []) }), cpus: ["wide": 4])
        var schedule = schedule(plan, seconds.merging(["first": 109, "wide": 108]) { $1 }, cpus: 4)
        schedule.add(names(["first", "wide"] + seconds.keys.sorted()))
        #expect(schedule.next(at: 0)?.actions == names(["first"]))
        return (schedule, plan, names)
    }

    @Test func `before what does not fit goes what is over by then, the longest first`() throws {
        let others = ["a": 110.0, "b": 108.5, "c": 60, "d": 9, "e": 10, "f": 48]
        var (schedule, plan, names) = try waiting(seconds: others.filter { $0.value < 109 })
        func start(at seconds: UInt64) -> [String] {
            var started: [String] = []
            while let dispatch = schedule.next(at: seconds * 1_000_000_000) {
                started += dispatch.actions.map { plan.name(of: $0) }
            }
            return started
        }
        #expect(start(at: 0) == ["b", "c", "f"])
        schedule.finish(names(["f"])[0])
        #expect(start(at: 48) == ["e"])
        schedule.finish(names(["c"])[0])
        #expect(start(at: 60) == ["d"])
        for name in ["d", "e", "b"] { schedule.finish(names([name])[0]) }
        #expect(start(at: 108) == [])
        schedule.finish(names(["first"])[0])
        #expect(start(at: 109) == ["wide"])
    }

    @Test func `where times are not what was thought, what does not fit still does not wait for ever`() throws {
        let small = (10 ..< 99).map { "small-\($0)" }
        var (schedule, plan, names) = try waiting(seconds: Dictionary(uniqueKeysWithValues: small.map { ($0, 1) }))
        // Each takes 50 times as long as was thought, and the first one does not end.
        var (running, now, overtaking): ([ActionID], UInt64, Int) = ([], 0, 0)
        while true {
            while let dispatch = schedule.next(at: now * 1_000_000_000) {
                running += dispatch.actions
                overtaking += 1
            }
            if running.isEmpty { break }
            now += 17
            schedule.finish(running.removeFirst())
        }
        #expect(now < 2 * 109 + 3 * 50)
        #expect((3 ... 20).contains(overtaking))
        schedule.finish(names(["first"])[0])
        #expect(schedule.next(at: now * 1_000_000_000).map { plan.name(of: $0.actions[0]) } == "wide")
    }

    @Test func `a budget of nothing is one cpu`() throws {
        let (plan, names) = try graph(["a": [], "b": []], cpus: [:])
        var schedule = schedule(plan, [:], cpus: 0)
        schedule.add(names(["a", "b"]))
        #expect(schedule.next() != nil)
        #expect(schedule.next() == nil)
    }

    @Test func `what comes next is told in its order, and goes on waiting`() throws {
        let (plan, names) = try graph(["a": [], "b": [], "c": [], "d": []], cpus: ["c": 2])
        var schedule = schedule(plan, ["a": 1, "b": 4, "c": 3, "d": 2], cpus: 2)
        #expect(schedule.upcoming(most: 2).isEmpty)
        schedule.add(names(["a", "b", "c", "d"]))
        #expect(schedule.upcoming(most: 3) == names(["b", "c", "d"]))
        #expect(schedule.upcoming(most: 9) == names(["b", "c", "d", "a"]))
        #expect(schedule.waitingCount == 4)
        #expect(schedule.drain(plan) == ["b", "c", "d", "a"])
        #expect(schedule.upcoming(most: 2).isEmpty)
    }

    @Test(arguments: 0 ..< (isLong ? 2_000 : 100))
    func `the budget holds, everything runs once, and the same is done in the same order`(number: Int) throws {
        func order(looksAhead: Bool) throws -> [ActionID] {
            var random = SplitMix(state: UInt64(number))
            let count = 2 + random.below(30)
            let names = (0 ..< count).map { "action-\($0)" }
            var reads: [String: [String]] = [:]
            var cpus: [String: Int] = [:]
            var seconds: [String: Double] = [:]
            for (index, name) in names.enumerated() {
                reads[name] = names[..<index].filter { _ in random.chance(oneIn: 4) }
                cpus[name] = 1 + random.below(6)
                seconds[name] = Double(random.below(4))
            }
            let (plan, _) = try graph(reads, cpus: cpus)
            let budget = 1 + random.below(4)
            var schedule = schedule(plan, seconds, cpus: budget)
            var open = plan.actions.map { action in
                Set(plan.inputs(of: action).compactMap { plan.maker(of: $0.artifact) })
            }
            schedule.add(plan.actions.filter { open[$0.index].isEmpty })
            var started: [ActionID] = []
            var running: [ActionID] = []
            while true {
                while true {
                    // As when all else runs: a look changes nothing.
                    let upcoming = looksAhead ? schedule.upcoming(most: 1 + number % 4) : []
                    guard let action = schedule.next() else { break }
                    if running.isEmpty, looksAhead { #expect(upcoming.first == action) }
                    started.append(action)
                    running.append(action)
                    let used = running.reduce(0) { $0 + plan.rule(of: $1).cpus }
                    #expect(used <= budget || running.count == 1)
                }
                if running.isEmpty { break }
                let done = running.remove(at: random.below(running.count))
                schedule.finish(done)
                schedule.add(plan.actions.filter { open[$0.index].remove(done) != nil && open[$0.index].isEmpty })
            }
            #expect(Set(started).count == count)
            #expect(started.count == count)
            return started
        }
        #expect(try order(looksAhead: false) == order(looksAhead: true))
    }
}

/// Actions by name with what they read, in the order of their names.
private func graph(_ reads: [String: [String]], cpus: [String: Int]) throws -> (Plan, ([String]) -> [ActionID]) {
    var sketch = Sketch()
    for name in reads.keys.sorted() {
        try sketch.action(
            name, rule: { $0.cpus = cpus[name] ?? 1 },
            [
                ("from", .inputs((reads[name] ?? []).map { Path("out/" + $0) })), ("to", .output(Path("out/" + name))),
            ])
    }
    let plan = try sketch.plan()
    return (plan, { names in names.compactMap { plan.action($0) } })
}

private func durations(_ plan: Plan, _ seconds: [String: Double]) -> [Double] {
    plan.actions.map { seconds[plan.name(of: $0)] ?? 0 }
}

private func schedule(_ plan: Plan, _ seconds: [String: Double], cpus: Int) -> Schedule {
    Schedule(plan: plan, requested: plan.everything, durationSeconds: durations(plan, seconds), cpus: cpus)
}

extension Schedule {
    /// One after another, to the end.
    fileprivate mutating func drain(_ plan: Plan) -> [String] {
        var names: [String] = []
        while let action = next() {
            names.append(plan.name(of: action))
            finish(action)
        }
        return names
    }
}
