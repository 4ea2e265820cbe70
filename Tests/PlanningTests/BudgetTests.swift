import Artifact
import Planning
import TestSupport
import Testing

@testable import TestOracle

/// What starts beside what, where memory, pools, batches and the machine's own state count.
@Suite struct BudgetTests {
    private static let second: UInt64 = 1_000_000_000

    // MARK: Memory

    @Test func `actions start together as long as their memory is there`() throws {
        var bench = try Bench(["a": 6, "b": 5, "c": 4], Budget(cpus: 9, bytes: 10))
        #expect(bench.startAll() == ["a", "c"])
        bench.finish("a")
        #expect(bench.startAll() == ["b"])
    }

    @Test func `one that is larger than the budget runs alone`() throws {
        var bench = try Bench(["huge": 99, "small": 1, "tiny": 1], Budget(cpus: 9, bytes: 10), first: "small")
        #expect(bench.startAll() == ["small", "tiny"])
        bench.finish("small")
        #expect(bench.startAll() == [])
        bench.finish("tiny")
        #expect(bench.startAll() == ["huge"])
        bench.add("small")
        #expect(bench.startAll() == [])
        bench.finish("huge")
        #expect(bench.startAll() == ["small"])
    }

    @Test func `what lacks memory is not kept waiting by what does not fit beside it`() throws {
        func bench() throws -> Bench {
            try Bench(
                ["first": 5, "large": 8, "long": 3, "small": 2], Budget(cpus: 9, bytes: 10), order: ["first", "large"],
                seconds: ["long": 98.5, "small": 98])
        }
        var early = try bench()
        #expect(early.startAll() == ["first", "long", "small"])
        // The first ends in 90 seconds now, and beside the large one there is room for the small one.
        var late = try bench()
        #expect(late.start() == ["first"])
        late.now = 10 * Self.second
        #expect(late.startAll() == ["small"])
        late.finish("first")
        #expect(late.startAll() == ["large"])
    }

    /// Of equal ends another one came first in every process.
    @Test func `what ends in one instant is over together`() throws {
        for _ in 0 ..< 20 {
            var bench = try Bench(
                ["two": 1, "one": 1, "three": 1, "other": 1], Budget(cpus: 4), order: ["two", "one", "three"],
                cpus: { ["two": 2, "three": 3][$0] ?? 1 }, seconds: ["one": 100, "other": 98])
            #expect(bench.start() == ["one"])
            #expect(bench.start() == ["two"])
            // Longer than it is to then, and beside the one that waits for three there is room for it.
            bench.now = 10 * Self.second
            #expect(bench.startAll() == ["other"])
        }
    }

    @Test func `what the machine has no room for is passed by what leaves it its own`() throws {
        var wanted = ["first": 10, "large": 50] as [String: Int64]
        for number in 0 ..< 6 { wanted["small-\(number)"] = 10 }
        var bench = try Bench(wanted, Budget(cpus: 9, bytes: 100), order: ["first", "large"])
        #expect(bench.start() == ["first"])
        bench.schedule.conditions = Conditions(heldBytes: 10, availableBytes: 5)
        #expect(bench.startAll() == [])
        // It has waited for longer than was thought; the machine would have room for three.
        bench.now = 500 * Self.second
        bench.schedule.conditions = Conditions(heldBytes: 10, availableBytes: 30)
        #expect(bench.startAll() == ["small-0", "small-1", "small-2"])
    }

    @Test func `what goes in a batch keeps nothing waiting that its first one does not`() throws {
        var sketch = Sketch()
        let axis = sketch.axis("n", ["0", "1"])
        let rule = try sketch.rule("work", axes: [axis]) { $0.running.batch = Running.Batch(axis: nil, most: 9) }
        for n in 0 ..< 2 { try sketch.action(of: rule, cell: [n], [("to", .output(Path("out/\(n)")))]) }
        for name in ["first", "large"] { try sketch.action(name, [("to", .output(Path("out/" + name)))]) }
        let plan = try sketch.plan()
        let wants: [String: (seconds: Double, bytes: Int64)] = [
            "first": (100, 5), "large": (99, 8), "work[n=0]": (98, 1), "work[n=1]": (97, 4),
        ]
        let seconds = plan.actions.map { wants[plan.name(of: $0)]?.seconds ?? 0 }
        var schedule = Schedule(
            plan: plan, requested: plan.everything, seconds: seconds, budget: Budget(cpus: 9, bytes: 10))
        for action in plan.actions {
            schedule.add(action, Demand(of: action, in: plan, bytes: wants[plan.name(of: action)]?.bytes ?? 0))
        }
        #expect(schedule.next(at: 0)?.actions.map { plan.name(of: $0) } == ["first"])
        #expect(schedule.next(at: 50 * Self.second)?.actions.map { plan.name(of: $0) } == ["work[n=0]"])
        #expect(schedule.next(at: 50 * Self.second) == nil)
    }

    @Test func `margins for chance do not add up, and others do`() throws {
        let four = ["a": 10, "b": 10, "c": 10, "d": 10] as [String: Int64]
        // 40, and the root of four times 3 squared.
        var bench = try Bench(four, Budget(cpus: 9, bytes: 46), spread: 3)
        #expect(bench.startAll().count == 4)
        bench = try Bench(four, Budget(cpus: 9, bytes: 45), spread: 3)
        #expect(bench.startAll().count == 3)
        for name in bench.running { bench.finish(name) }
        #expect(bench.startAll() == ["d"])
        bench = try Bench(four.mapValues { $0 + 3 }, Budget(cpus: 9, bytes: 46))
        #expect(bench.startAll().count == 3)
        // Alone it has no more than there is.
        bench = try Bench(["huge": 9, "small": 1], Budget(cpus: 9, bytes: 10), first: "huge", spread: 5)
        #expect(bench.startAll() == ["huge"])
    }

    @Test func `what lacks memory does not keep cpus idle for small ones`() throws {
        // 30 of 100 bytes and 4 cpus: the small ones may go on as long as they hold little.
        var wanted = Dictionary(uniqueKeysWithValues: (10 ..< 70).map { ("small-\($0)", 1 as Int64) })
        wanted["first"] = 80
        wanted["large"] = 90
        var bench = try Bench(wanted, Budget(cpus: 4, bytes: 100), order: ["first", "large"])
        #expect(bench.startAll().first == "first")
        var count = 0
        while let done = bench.running.first(where: { $0 != "first" }) {
            bench.finish(done)
            count += 1
            _ = bench.startAll()
        }
        #expect(count == 60)
    }

    @Test func `while actions hold more than was thought, nothing more starts`() throws {
        var bench = try Bench(["a": 2, "b": 2, "c": 2], Budget(cpus: 9, bytes: 10))
        #expect(bench.start() == ["a"])
        bench.schedule.conditions.heldBytes = 9
        #expect(bench.start() == nil)
        bench.schedule.conditions.heldBytes = 8
        #expect(bench.start() == ["b"])
        // Nothing runs any more: whatever else holds it, something must go on.
        bench.schedule.conditions.heldBytes = 50
        bench.finish("a")
        #expect(bench.start() == nil)
        bench.finish("b")
        #expect(bench.start() == ["c"])
    }

    @Test func `what was promised and not taken yet is nobody else's`() throws {
        var bench = try Bench(["a": 6, "b": 5], Budget(cpus: 9, bytes: 100))
        bench.schedule.conditions.availableBytes = 10
        #expect(bench.start() == ["a"])
        // Of the six that it may come to hold it holds two; eight are left of the machine.
        bench.schedule.conditions = Conditions(heldBytes: 2, availableBytes: 8)
        #expect(bench.start() == nil)
        bench.schedule.conditions = Conditions(heldBytes: 5, availableBytes: 6)
        #expect(bench.start() == ["b"])
    }

    @Test func `on a busy machine one goes on at a time`() throws {
        var bench = try Bench(["a": 1, "b": 1], Budget(cpus: 9, mostRunnable: 3))
        bench.schedule.conditions.runnable = 3
        #expect(bench.start() == ["a"])
        #expect(bench.start() == nil)
        bench.schedule.conditions.runnable = 2
        #expect(bench.start() == ["b"])
    }

    // MARK: Pools

    @Test func `a pool lets so many go at once, and others go on beside it`() throws {
        var bench = try Bench(
            ["in-1": 1, "in-2": 1, "in-3": 1, "out": 1], Budget(cpus: 9), pool: (2, nil),
            order: ["in-1", "in-2", "in-3"])
        #expect(bench.startAll() == ["in-1", "in-2", "out"])
        #expect(bench.schedule.nextMoment == nil)
        bench.finish("in-2")
        #expect(bench.startAll() == ["in-3"])
    }

    @Test(arguments: [1, 3, 5])
    func `in no minute more start than a pool allows`(perMinute: Int) throws {
        let names = (10 ..< 40).map { "in-\($0)" }
        var bench = try Bench(
            Dictionary(uniqueKeysWithValues: names.map { ($0, 1) }), Budget(cpus: 4), pool: (nil, perMinute))
        var starts: [UInt64] = []
        var random = SplitMix(state: UInt64(perMinute))
        while starts.count < names.count {
            while let names = bench.start() { starts += names.map { _ in bench.now } }
            if let done = bench.running.first {
                bench.now += UInt64(random.below(9)) * Self.second
                bench.finish(done)
            } else {
                let moment = try #require(bench.schedule.nextMoment)
                #expect(moment > bench.now)
                bench.now = moment - 1
                #expect(bench.start() == nil)
                bench.now = moment
            }
        }
        for index in starts.indices.dropFirst(perMinute) {
            #expect(starts[index] - starts[index - perMinute] > 60 * Self.second)
        }
        // And no fewer than it allows.
        #expect(starts.last.map { $0 <= UInt64(30 / perMinute) * 65 * Self.second } == true)
    }

    @Test func `what is next leaves out what only time keeps waiting, and what went with a batch`() throws {
        var minutes = try Bench(["in-1": 1, "in-2": 1, "other": 1], Budget(cpus: 1), pool: (nil, 1), first: "in-1")
        #expect(minutes.upcoming(3) == ["other"])
        var atOnce = try Bench(["in-1": 1, "in-2": 1, "other": 1], Budget(cpus: 1), pool: (1, nil), first: "in-1")
        #expect(atOnce.upcoming(2) == ["in-1", "in-2"])

        var grid = try Grid(Budget(cpus: 2), most: 3)
        #expect(grid.upcoming() == (0 ..< 8).map { "work[a=\($0 / 4),b=\($0 % 4)]" })
        let started = grid.next() ?? []
        #expect(started.count == 3)
        #expect(grid.upcoming().count == 5)
        #expect(Set(grid.upcoming()).isDisjoint(with: started))
    }

    @Test func `what one part of a run has started counts in the next`() throws {
        var first = try Bench(["in-0": 1, "in-1": 1], Budget(cpus: 4), pool: (nil, 3))
        #expect(first.startAll().count == 2)
        let starts = first.schedule.poolStarts
        var second = try Bench(["in-0": 1, "in-1": 1], Budget(cpus: 4), pool: (nil, 3), starts: starts)
        second.now = first.now + 30 * Self.second
        #expect(second.startAll().count == 1)
        let moment = try #require(second.schedule.nextMoment)
        #expect(moment > first.now + 60 * Self.second)
        second.now = moment
        #expect(second.startAll().count == 1)
    }

    // MARK: Batches

    @Test func `slots without end each get one`() throws {
        var bench = try Grid(Budget(cpus: .max), most: 3)
        #expect(bench.next()?.count == 1)
    }

    @Test func `what has the same value goes together, as many as the rule says`() throws {
        var bench = try Grid(Budget(cpus: 1), most: 3)
        #expect(bench.next() == ["work[a=0,b=0]", "work[a=0,b=1]", "work[a=0,b=2]"])
        #expect(bench.next() == nil)
        bench.finishOne()
        #expect(bench.next() == nil)
        bench.finishOne()
        bench.finishOne()
        #expect(bench.next() == ["work[a=0,b=3]"])
        bench.finishOne()
        #expect(bench.next() == ["work[a=1,b=0]", "work[a=1,b=1]", "work[a=1,b=2]"])
    }

    @Test func `without an axis any of the rule go together`() throws {
        var bench = try Grid(Budget(cpus: 1), most: 6, axis: nil)
        #expect(bench.next()?.count == 6)
        while bench.finishOne() {}
        #expect(bench.next()?.count == 2)
        while bench.finishOne() {}
        #expect(bench.next() == nil)
        #expect(bench.schedule.waitingCount == 0)
    }

    @Test func `a batch takes no more than leaves every slot its share`() throws {
        var bench = try Grid(Budget(cpus: 4), most: 50, axis: nil)
        var counts: [Int?] = []
        for _ in 0 ..< 4 { counts.append(bench.next()?.count) }
        #expect(counts == [2, 2, 1, 1])
    }

    @Test func `a batch holds as much memory as its largest`() throws {
        var bench = try Grid(Budget(cpus: 2, bytes: 10), most: 50, axis: nil, bytes: 6)
        #expect(bench.next()?.count == 4)
        #expect(bench.next() == nil)
        while bench.finishOne() {}
        #expect(bench.next()?.count == 2)
    }

    @Test func `in a pool that counts starts everything starts by itself`() throws {
        var bench = try Grid(Budget(cpus: 2), most: 50, axis: nil, perMinute: 100)
        #expect(bench.next()?.count == 1)
    }

    @Test func `what failed in a batch may wait again`() throws {
        var bench = try Grid(Budget(cpus: 1), most: 4)
        let first = bench.next() ?? []
        bench.finishOne()
        for name in first.prefix(1) { bench.add(name) }
        while bench.finishOne() {}
        #expect(first.count == 4)
        #expect(bench.next() == Array(first.prefix(1)))
    }

    // MARK: Many

    /// Every plan with every want: all run once, the budget holds, and nothing waits for ever.
    @Test(arguments: 0 ..< (isLong ? 2_000 : 100))
    func `whatever is wanted, everything runs once within the budget`(number: Int) throws {
        var random = SplitMix(state: UInt64(number))
        let names = (0 ..< 2 + random.below(60)).map { "action-\(100 + $0)" }
        let budget = Budget(cpus: 1 + random.below(4), bytes: Int64(10 + random.below(40)))
        var bytes: [String: Int64] = [:]
        for name in names { bytes[name] = Int64(random.below(60)) }
        let pool =
            random.chance(oneIn: 2)
            ? (1 + random.below(3), random.chance(oneIn: 2) ? 1 + random.below(9) : nil) : (nil, nil)
        var bench = try Bench(
            bytes, budget, pool: pool, cpus: { _ in 1 + random.below(5) },
            prefix: random.chance(oneIn: 2) ? "action-1" : "action-12")
        var started: [String] = []
        while started.count < names.count {
            bench.schedule.conditions.heldBytes = Int64(random.below(60))
            if let names = bench.start() {
                started += names
                // One that wants more than there is runs alone, but for what wants nothing.
                let held = bench.running.reduce(0) { $0 + min(bytes[$1] ?? 0, budget.bytes) }
                #expect(held <= budget.bytes)
            } else if !bench.running.isEmpty {
                bench.finish(bench.running[random.below(bench.running.count)])
            } else {
                bench.now = try #require(bench.schedule.nextMoment, "nothing runs, and nothing may start")
            }
        }
        #expect(Set(started).count == names.count)
        #expect(bench.schedule.waitingCount == 0)
    }
}

/// Actions by name with the memory that each wants.
private struct Bench {
    var schedule: Schedule
    var now: UInt64 = 0
    var running: [String] = []
    private let plan: Plan
    private let bytes: [String: Int64]
    private let spread: Int64

    /// - Parameters:
    ///   - pool: of those whose names begin with the prefix.
    ///   - order: the most urgent first; the others follow by their names.
    init(
        _ bytes: [String: Int64], _ budget: Budget, pool: (atOnce: Int?, perMinute: Int?) = (nil, nil),
        starts: PoolStarts = PoolStarts(),
        first: String? = nil,
        order: [String] = [], cpus: (String) -> Int = { _ in 1 }, prefix: String = "in-",
        seconds taken: [String: Double] = [:], spread: Int64 = 0
    ) throws {
        var sketch = Sketch()
        sketch.builder.pools.append(
            Plan.Pool(
                name: Array("api".utf8), atOnce: pool.atOnce, perMinute: pool.perMinute,
                place: Place(file: Array("rules/Rulesfile.swift".utf8), line: 1)))
        for name in bytes.keys.sorted() {
            try sketch.action(
                name,
                rule: { rule in
                    rule.cpus = cpus(name)
                    if name.hasPrefix(prefix), pool.atOnce != nil || pool.perMinute != nil { rule.running.pool = 0 }
                }, [("to", .output(Path("out/" + name)))])
        }
        let plan = try sketch.plan()
        self.plan = plan
        self.bytes = bytes
        self.spread = spread
        let order = (first.map { [$0] } ?? []) + order
        let seconds = plan.actions.map { action in
            taken[plan.name(of: action)] ?? order.firstIndex(of: plan.name(of: action)).map { 100 - Double($0) } ?? 0
        }
        schedule = Schedule(
            plan: plan, requested: plan.everything, seconds: seconds, budget: budget, pools: starts)
        for name in bytes.keys.sorted() { add(name) }
    }

    mutating func add(_ name: String) {
        guard let action = plan.action(name) else { return }
        schedule.add(action, Demand(of: action, in: plan, bytes: bytes[name] ?? 0, spreadBytes: spread))
    }

    mutating func start() -> [String]? {
        guard let dispatch = schedule.next(at: now) else { return nil }
        let names = dispatch.actions.map { plan.name(of: $0) }
        running += names
        return names
    }

    mutating func upcoming(_ most: Int) -> [String] { schedule.upcoming(most: most).map { plan.name(of: $0) } }

    mutating func startAll() -> [String] {
        var started: [String] = []
        while let names = start() { started += names }
        return started
    }

    mutating func finish(_ name: String) {
        running.removeAll { $0 == name }
        if let action = plan.action(name) { schedule.finish(action) }
    }
}

/// A rule over two axes, of 2 and 4 values, in batches.
private struct Grid {
    var schedule: Schedule
    private let plan: Plan
    private var running: [ActionID] = []

    /// - Parameter bytes: what the first half wants; the others want as much more.
    init(_ budget: Budget, most: Int, axis: Int? = 0, bytes: Int64 = 0, perMinute: Int? = nil) throws {
        var sketch = Sketch()
        let axes = [sketch.axis("a", ["0", "1"]), sketch.axis("b", ["0", "1", "2", "3"])]
        if perMinute != nil {
            sketch.builder.pools.append(
                Plan.Pool(
                    name: Array("api".utf8), atOnce: nil, perMinute: perMinute,
                    place: Place(file: Array("rules/Rulesfile.swift".utf8), line: 1)))
        }
        let rule = try sketch.rule("work", axes: axes) { rule in
            rule.running.batch = Running.Batch(axis: axis, most: most)
            if perMinute != nil { rule.running.pool = 0 }
        }
        for a in 0 ..< 2 {
            for b in 0 ..< 4 { try sketch.action(of: rule, cell: [a, b], [("to", .output(Path("out/\(a)/\(b)")))]) }
        }
        let plan = try sketch.plan()
        self.plan = plan
        schedule = Schedule(
            plan: plan, requested: plan.everything, seconds: plan.actions.map { _ in 1 }, budget: budget)
        for action in plan.actions {
            let bytes = action.index < plan.actionCount / 2 ? bytes : bytes + bytes / 2
            schedule.add(action, Demand(of: action, in: plan, bytes: bytes))
        }
    }

    mutating func add(_ name: String) {
        if let action = plan.action(name) { schedule.add(action, Demand(of: action, in: plan, bytes: 0)) }
    }

    mutating func upcoming() -> [String] { schedule.upcoming(most: 9).map { plan.name(of: $0) } }

    mutating func next() -> [String]? {
        guard let dispatch = schedule.next(at: 0) else { return nil }
        running += dispatch.actions
        return dispatch.actions.map { plan.name(of: $0) }
    }

    @discardableResult
    mutating func finishOne() -> Bool {
        guard !running.isEmpty else { return false }
        schedule.finish(running.removeFirst())
        return true
    }
}
