import Artifact
import Hashing
import TestSupport
import Testing

@testable import Planning
@testable import TestOracle

/// The search for an order in which a build is over early, and the schedule that keeps to it.
@Suite struct PlannedOrderTests {
    @Test func `nothing ever takes more than there is, and each begins behind what it reads`() throws {
        for seed in UInt64(1) ... 40 {
            var random = SplitMix(state: seed)
            let build = try DrawnBuild(&random)
            let graph = TaskGraph(build.plan, build.costs, build.budget)
            let found = OrderSearch(longestPathFirst: graph, build.budget).run(rounds: 5)
            func end(_ place: Int) -> Int64 { found.starts[place] + graph.uses[place].nanoseconds }
            #expect(found.end == graph.uses.indices.map(end).max())
            for place in graph.uses.indices {
                for maker in graph.before[place] { #expect(found.starts[place] >= end(Int(maker)), "seed \(seed)") }
                // Most is taken where something begins.
                let beside = graph.uses.indices.filter {
                    found.starts[$0] <= found.starts[place] && end($0) > found.starts[place]
                }
                #expect(build.holds(beside.map { graph.uses[$0] }), "seed \(seed)")
            }
        }
    }

    @Test func `the schedule starts all as it was planned where all takes what was thought`() throws {
        for seed in UInt64(1) ... 40 {
            var random = SplitMix(state: seed)
            let build = try DrawnBuild(&random)
            let graph = TaskGraph(build.plan, build.costs, build.budget)
            let found = OrderSearch(longestPathFirst: graph, build.budget).run(rounds: 5)
            let order = PriorityRule.planned(PlannedOrder(graph, build.budget, starts: found.starts))
            let played = Simulation(build.plan, build.plan.everything, build.costs, build.budget, priority: order)
            #expect(played.seconds == Double(found.end) / 1e9, "seed \(seed)")
        }
    }

    @Test func `more rounds find no worse order, and the same one each time`() throws {
        var random = SplitMix(state: 7)
        let build = try DrawnBuild(&random, count: 60)
        let search = OrderSearch(
            longestPathFirst: TaskGraph(build.plan, build.costs, build.budget), build.budget)
        let ends = [0, 5, 20, 60].map { search.run(rounds: $0).end }
        #expect(ends == ends.sorted(by: >))
        #expect(ends.last.map { $0 < ends[0] } == true)
        #expect(search.run(rounds: 20).starts == search.run(rounds: 20).starts)
    }

    @Test func `what begins at once is settled while the search goes on, and it finds the same each time`() throws {
        for seed in UInt64(1) ... 20 {
            var random = SplitMix(state: seed)
            let build = try DrawnBuild(&random, count: 60)
            let choice = Rehearsal.choice(
                build.plan, build.plan.everything, build.costs, build.budget, search: .beside)
            // Memory may not be what is short, or no order be better than a simple rule.
            guard let further = choice.further, case .planned(var order) = choice.rule else { continue }
            let graph = TaskGraph(build.plan, build.costs, build.budget)
            func firsts(_ starts: [Int64]) -> [Int] { starts.indices.filter { starts[$0] == 0 } }
            order.holdBack()
            var started: [Int] = []
            func mayStart(_ action: ActionID) -> Bool {
                graph.place(of: action).map { graph.before[$0].isEmpty } == true
            }
            while let action = order.next(at: 0, mayStart: mayStart) {
                started += graph.place(of: action).map { [$0] } ?? []
                order.start(action, at: 0)
            }
            #expect(started.sorted() == firsts(further.search.best.starts), "seed \(seed)")
            guard let found = further.run(while: { true }) else { continue }
            #expect(further.run(while: { true })?.starts == found.starts, "seed \(seed)")
            #expect(Set(firsts(found.starts)).isSuperset(of: started), "seed \(seed)")
            #expect(further.run(while: { false }) == nil, "seed \(seed)")
            // From there on it goes as if it had been known from the beginning.
            var followed = order
            followed.follow(found)
            var known = PlannedOrder(graph, build.budget, starts: found.starts)
            for place in started { known.start(graph.actions[place], at: 0) }
            for place in started.dropLast(started.count / 2) {
                followed.finish(graph.actions[place])
                known.finish(graph.actions[place])
            }
            #expect(followed.next(at: 5) { _ in true } == known.next(at: 5) { _ in true }, "seed \(seed)")
        }
    }

    @Test func `beside many a build an order is looked for, and most are over earlier by it`() throws {
        var (beside, better) = (0, 0)
        for seed in UInt64(1) ... 20 {
            var random = SplitMix(state: seed)
            let build = try DrawnBuild(&random, count: 60)
            let choice = Rehearsal.choice(
                build.plan, build.plan.everything, build.costs, build.budget, search: .beside)
            guard let further = choice.further else { continue }
            beside += 1
            guard let found = further.run(while: { true }) else { continue }
            better += 1
            let graph = TaskGraph(build.plan, build.costs, build.budget)
            let rule = PriorityRule.planned(PlannedOrder(graph, build.budget, starts: found.starts))
            func seconds(_ rule: PriorityRule) -> Double {
                Simulation(build.plan, build.plan.everything, build.costs, build.budget, priority: rule).seconds
            }
            #expect(seconds(rule) < seconds(choice.rule), "seed \(seed)")
        }
        #expect(beside >= 8 && better * 2 > beside, "\(beside), \(better)")
    }

    @Test func `until another order is known only what begins at once starts`() throws {
        // Planned in their order, two at once.
        var bench = try Bench(count: 6, cpus: 2, inputs: { _ in [] }, bytes: { _ in 50 }, firstCount: 2)
        bench.holdBack()
        #expect(bench.startAll() == [0, 1])
        bench.finish(0)
        #expect(bench.startAll().isEmpty)
        bench.follow([0, 0, 4, 3, 2, 1])
        #expect(bench.startAll() == [5])
        bench.finish(1)
        #expect(bench.startAll() == [4])
        bench.finish(5)
        bench.finish(4)
        #expect(bench.startAll() == [3, 2])
    }

    @Test func `whatever takes longer or shorter, all runs, within the budget, and hardly later`() throws {
        var lateness: [Double] = []
        for seed in UInt64(1) ... 40 {
            var random = SplitMix(state: seed)
            let build = try DrawnBuild(&random)
            let graph = TaskGraph(build.plan, build.costs, build.budget)
            let found = OrderSearch(longestPathFirst: graph, build.budget).run(rounds: 5)
            var run = OffRun(build, PlannedOrder(graph, build.budget, starts: found.starts))
            // By a twentieth more or less.
            run.play { Double($0) * (0.95 + Double(random.below(100)) / 1000) }
            #expect(run.finishedCount == graph.uses.count, "seed \(seed)")
            #expect(run.hasKeptTheBudget, "seed \(seed)")
            lateness.append(Double(run.now) / Double(found.end))
            // By anything.
            run = OffRun(build, PlannedOrder(graph, build.budget, starts: found.starts))
            run.play { Double($0) * (0.1 + Double(random.below(1000)) / 300) }
            #expect(run.finishedCount == graph.uses.count && run.hasKeptTheBudget, "seed \(seed)")
        }
        #expect(lateness.reduce(0, +) / Double(lateness.count) < 1.06, "\(lateness)")
        #expect(lateness.allSatisfy { $0 < 1.3 }, "\(lateness)")
    }

    @Test func `what is not going to run keeps nothing waiting`() throws {
        for seed in UInt64(1) ... 20 {
            var random = SplitMix(state: seed)
            let build = try DrawnBuild(&random)
            let graph = TaskGraph(build.plan, build.costs, build.budget)
            let found = OrderSearch(longestPathFirst: graph, build.budget).run(rounds: 5)
            let order = PriorityRule.planned(PlannedOrder(graph, build.budget, starts: found.starts))
            let half = build.costs.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            let played = Simulation(build.plan, build.plan.everything, half, build.budget, priority: order)
            #expect(played.seconds <= Double(found.end) / 1e9, "seed \(seed)")
        }
    }

    // MARK: Where things go otherwise

    @Test func `who is late for hours keeps only those waiting that read what it makes`() throws {
        var bench = try Bench(
            count: 60, cpus: 2, inputs: { (1 ..< 30).contains($0) ? [0] : $0 == 30 ? [1] : [] }, bytes: { _ in 1 })
        // What is over by then goes before those that read it.
        #expect(bench.startAll() == [0, 31])
        bench.now += 500_000_000
        bench.finish(31)
        #expect(bench.startAll().isEmpty)
        // It should be over: what comes next in the order is to begin at once when it is.
        bench.now += 700_000_000
        #expect(bench.startAll().isEmpty)
        // By a quarter of what was thought.
        bench.now += 100_000_000
        #expect(bench.startAll() == [32])
        bench.finish(32)
        #expect(bench.startAll() == [33])
        bench.finish(33)
        bench.finish(0)
        for number in 1 ..< 30 { bench.add(number) }
        #expect(bench.startAll() == [1, 2])
    }

    @Test func `what it keeps from others keeps only those waiting that want it`() throws {
        // The first holds nearly all that the next 20 want, too.
        var bench = try Bench(count: 60, cpus: 2, inputs: { _ in [] }, bytes: { $0 == 0 ? 80 : $0 < 21 ? 90 : 15 })
        #expect(bench.startAll() == [0, 21])
        bench.now += 1_300_000_000
        bench.finish(21)
        // It may be over before that is.
        #expect(bench.startAll().isEmpty)
        bench.now += 800_000_000
        #expect(bench.startAll() == [22])
    }

    @Test func `what is behind what is looked at goes beside it`() throws {
        // Two are planned beside each other, and then 40 that read the first one; the second one fails at once.
        var bench = try Bench(count: 80, cpus: 2, inputs: { (2 ..< 42).contains($0) ? [0] : [] }, bytes: { _ in 1 })
        #expect(bench.startAll() == [0, 1])
        bench.finish(1)
        #expect(bench.startAll() == [42])
    }

    @Test func `of a pool no more start than it allows, also of what was planned without one`() throws {
        var sketch = Sketch()
        sketch.builder.pools.append(
            Plan.Pool(name: Array("server".utf8), atOnce: 1, perMinute: nil, place: Place(file: [], line: 1)))
        for name in ["a", "b", "c"] { try sketch.action(name, [("to", .output(Path("out/" + name)))]) }
        let plan = try sketch.plan()
        let budget = Budget(cpus: 3, bytes: 10)
        // They were to be put back, and then the copies were gone.
        let costs = plan.actions.map { Simulation.Cost(action: $0, seconds: 1, likelyBytes: 1, demand: Demand()) }
        let graph = TaskGraph(plan, costs, budget)
        var schedule = Schedule(
            plan: plan, requested: plan.everything, seconds: [1, 1, 1], budget: budget,
            priority: .planned(PlannedOrder(graph, budget, starts: [0, 1, 2])))
        for action in plan.actions { schedule.add(action, Demand(bytes: 1, pool: 0)) }
        let first = try #require(schedule.next(at: 0)?.actions.first)
        #expect(schedule.next(at: 0) == nil)
        schedule.finish(first)
        #expect(schedule.next(at: 1) != nil)
        #expect(schedule.next(at: 1) == nil)
    }

    @Test func `what is more urgent and not in the order goes before it`() throws {
        // The third has to wait for the fourth after all.
        var bench = try Bench(
            count: 4, planned: 3, cpus: 1, inputs: { $0 == 2 ? [3] : [] }, bytes: { _ in 1 },
            seconds: { $0 == 2 ? 100 : 1 }, added: [0, 1, 3])
        #expect(bench.startAll() == [3])
        bench.finish(3)
        #expect(bench.startAll() == [0])
    }

    @Test func `what is not in the order starts beside it, and what the order holds back does not`() throws {
        // The second reads what the first makes; both want nearly all memory. The third would keep it waiting.
        var bench = try Bench(
            count: 4, planned: 3, cpus: 3, inputs: { $0 == 1 ? [0] : [] }, bytes: { [50, 90, 40, 5][$0] },
            seconds: { $0 == 2 ? 9 : 1 }, added: [0, 2])
        #expect(bench.startAll() == [0])
        bench.add(3)
        #expect(bench.startAll() == [3])
        #expect(bench.startAll().isEmpty)
    }

    @Test func `who waits for another attempt keeps nobody waiting`() throws {
        // The second reads what the first makes; both want nearly all memory.
        var bench = try Bench(
            count: 4, cpus: 3, inputs: { $0 == 1 ? [0] : [] }, bytes: { $0 < 2 ? 90 : $0 == 2 ? 1 : 50 })
        #expect(bench.startAll() == [0, 2])
        bench.finish(0)
        // It is not made: for a moment its reader has its place.
        #expect(bench.startAll().isEmpty)
        bench.now += 500_000_000
        #expect(bench.startAll().isEmpty)
        bench.now += 600_000_000
        #expect(bench.startAll() == [3])
        // It is made after all: the reader has its place again.
        bench.add(0)
        bench.finish(3)
        #expect(bench.startAll() == [0])
        bench.now += 1_000_000_000
        bench.finish(0)
        bench.add(3)
        #expect(bench.startAll().isEmpty)
    }

    @Test func `what turns out to want more is what others wait for`() throws {
        var bench = try Bench(count: 4, cpus: 4, inputs: { _ in [] }, bytes: { [60, 40, 30, 30][$0] }, added: [])
        bench.add(0)
        #expect(bench.startAll() == [0])
        // By the plan it fitted beside the first one.
        bench.add(1, bytes: 90)
        bench.add(2)
        bench.add(3)
        #expect(bench.startAll() == [2])
        bench.now += 900_000_000
        bench.finish(2)
        // What would take longer than the first one does not go before it.
        #expect(bench.startAll().isEmpty)
        bench.finish(0)
        #expect(bench.startAll() == [1])
    }

    @Test func `what waits once more starts once more, and what nobody planned starts, too`() throws {
        var sketch = Sketch()
        for name in ["a", "b", "c"] { try sketch.action(name, [("to", .output(Path("out/" + name)))]) }
        let plan = try sketch.plan()
        let budget = Budget(cpus: 2, bytes: 10)
        let costs = plan.actions.prefix(2).map { action in
            Simulation.Cost(
                action: action, seconds: 1, likelyBytes: 6, demand: Demand(of: action, in: plan, bytes: 6))
        }
        let graph = TaskGraph(plan, costs, budget)
        // Both do not fit together; the second one is to be first.
        let order = PlannedOrder(graph, budget, starts: [1_000_000_000, 0])
        var schedule = Schedule(
            plan: plan, requested: plan.everything, seconds: [1, 1, 1], budget: budget, priority: .planned(order))
        let all = Array(plan.actions)
        for cost in costs { schedule.add(cost.action, cost.demand) }
        #expect(schedule.upcoming(most: 2) == [all[1], all[0]])
        #expect(schedule.next(at: 0)?.actions == [all[1]])
        #expect(schedule.next(at: 0) == nil)
        schedule.add(all[2], Demand(of: all[2], in: plan, bytes: 1))
        #expect(schedule.next(at: 0)?.actions == [all[2]])
        schedule.finish(all[1])
        schedule.finish(all[2])
        schedule.add(all[1], costs[1].demand)
        #expect(schedule.next(at: 1)?.actions == [all[1]])
        schedule.finish(all[1])
        #expect(schedule.next(at: 2)?.actions == [all[0]])
        schedule.finish(all[0])
        #expect(schedule.next(at: 3) == nil)
    }
}

/// Numbered actions of a second each, planned in their order.
private struct Bench {
    var now: UInt64 = 0
    private let plan: Plan
    private let costs: [Simulation.Cost]
    private var schedule: Schedule

    /// - Parameters:
    ///   - planned: so many of them are in the order; nil: all.
    ///   - added: those that wait from the beginning; nil: all without inputs.
    ///   - firstCount: so many are planned to begin at once.
    init(
        count: Int, planned: Int? = nil, cpus: Int, inputs: (Int) -> [Int], bytes: (Int) -> Int64,
        seconds: (Int) -> Double = { _ in 1 }, added: [Int]? = nil, firstCount: Int = 1
    ) throws {
        var sketch = Sketch()
        for number in 0 ..< count {
            try sketch.action(
                "action-\(1000 + number)",
                [
                    ("from", .inputs(inputs(number).map { Path("out/\($0)") })),
                    ("to", .output(Path("out/\(number)"))),
                ])
        }
        let plan = try sketch.plan()
        self.plan = plan
        let budget = Budget(cpus: cpus, bytes: 100)
        costs = plan.actions.map { action in
            let bytes = bytes(action.index)
            return Simulation.Cost(
                action: action, seconds: seconds(action.index), likelyBytes: bytes,
                demand: Demand(of: action, in: plan, bytes: bytes))
        }
        let graph = TaskGraph(plan, Array(costs.prefix(planned ?? count)), budget)
        let order = PlannedOrder(graph, budget, starts: graph.uses.indices.map { $0 < firstCount ? 0 : Int64($0) })
        schedule = Schedule(
            plan: plan, requested: plan.everything, seconds: costs.map(\.seconds), budget: budget,
            priority: .planned(order))
        for number in added ?? (0 ..< count).filter({ inputs($0).isEmpty }) { add(number) }
    }

    mutating func add(_ number: Int, bytes: Int64? = nil) {
        let cost = costs[number]
        schedule.add(cost.action, bytes.map { Demand(of: cost.action, in: plan, bytes: $0) } ?? cost.demand)
    }

    mutating func startAll() -> [Int] {
        var started: [Int] = []
        while let dispatch = schedule.next(at: now) { started += dispatch.actions.map(\.index) }
        return started
    }

    mutating func finish(_ number: Int) { schedule.finish(costs[number].action) }

    mutating func holdBack() { schedule.holdBack() }

    mutating func follow(_ starts: [Int64]) { schedule.follow(FoundOrder(starts: starts)) }
}

/// Actions with inputs of each other, of which memory keeps some apart.
private struct DrawnBuild {
    let plan: Plan
    let costs: [Simulation.Cost]
    let budget: Budget

    init(_ random: inout SplitMix, count: Int = 30) throws {
        var sketch = Sketch()
        for number in 0 ..< count {
            let inputs = number > 0 && random.chance(oneIn: 3) ? [Path("out/\(random.below(number))")] : []
            try sketch.action(
                "action-\(1000 + number)", [("from", .inputs(inputs)), ("to", .output(Path("out/\(number)")))])
        }
        let plan = try sketch.plan()
        self.plan = plan
        budget = Budget(cpus: 2 + random.below(4), bytes: 1000)
        costs = plan.actions.map { action in
            let bytes = Int64(random.chance(oneIn: 3) ? 300 + random.below(600) : 1 + random.below(100))
            return Simulation.Cost(
                action: action, seconds: 0.1 + Double(random.below(1000)) / 250, likelyBytes: bytes,
                demand: Demand(of: action, in: plan, bytes: bytes, spreadBytes: Int64(random.below(40))))
        }
    }

    func holds(_ uses: [ResourceProfile.Use]) -> Bool {
        var room = Room()
        for use in uses { room.add(use.bytes, spread: use.spread) }
        return uses.count <= budget.cpus && room.holds(0, spread: 0, within: budget.bytes)
    }
}

/// A schedule at work, where actions take another time than was thought.
private struct OffRun {
    private let build: DrawnBuild
    private var schedule: Schedule
    private let graph: TaskGraph
    private var running: [(place: Int, end: UInt64)] = []
    private(set) var now: UInt64 = 0
    private(set) var finishedCount = 0
    private(set) var hasKeptTheBudget = true

    init(_ build: DrawnBuild, _ order: PlannedOrder) {
        self.build = build
        graph = TaskGraph(build.plan, build.costs, build.budget)
        schedule = Schedule(
            plan: build.plan, requested: build.plan.everything, seconds: build.costs.map(\.seconds),
            budget: build.budget, priority: .planned(order))
    }

    /// - Parameter taken: nanoseconds, of those that were thought.
    mutating func play(_ taken: (Int64) -> Double) {
        var open = graph.uses.indices.map { graph.before[$0].count }
        func add(_ place: Int, to schedule: inout Schedule) {
            schedule.add(build.costs[place].action, build.costs[place].demand)
        }
        for place in open.indices where open[place] == 0 { add(place, to: &schedule) }
        while true {
            while let dispatch = schedule.next(at: now) {
                for place in dispatch.actions.compactMap(graph.place) {
                    running.append((place, now + UInt64(taken(graph.uses[place].nanoseconds))))
                }
                if running.count > 1, !build.holds(running.map { graph.uses[$0.place] }) { hasKeptTheBudget = false }
            }
            guard let next = running.indices.min(by: { running[$0].end < running[$1].end }) else { return }
            let (place, end) = running.remove(at: next)
            now = end
            finishedCount += 1
            schedule.finish(build.costs[place].action)
            for reader in graph.behind[place] {
                open[Int(reader)] -= 1
                if open[Int(reader)] == 0 { add(Int(reader), to: &schedule) }
            }
        }
    }
}

extension OrderSearch {
    fileprivate init(longestPathFirst graph: TaskGraph, _ budget: Budget) {
        self.init(graph, budget, from: graph.remainingNanoseconds.map { -$0 })
    }

    /// What is found from the beginning.
    fileprivate func run(rounds: Int) -> Found {
        var search = self
        search.look(rounds: rounds)
        return search.best
    }
}

extension TaskGraph {
    /// By place: nanoseconds of the longest path from its start on.
    fileprivate var remainingNanoseconds: [Int64] {
        var remaining = [Int64](repeating: 0, count: uses.count)
        var open = uses.indices.map { behind[$0].count }
        var ready = uses.indices.filter { open[$0] == 0 }
        while let place = ready.popLast() {
            remaining[place] += uses[place].nanoseconds
            for maker in before[place] {
                let maker = Int(maker)
                remaining[maker] = max(remaining[maker], remaining[place])
                open[maker] -= 1
                if open[maker] == 0 { ready.append(maker) }
            }
        }
        return remaining
    }
}
