import Artifact
import Hashing
import Planning
import TestSupport
import Testing

@testable import TestOracle

/// What actions are thought to take, by what earlier runs have shown.
@Suite struct EstimatesTests {
    @Test func `without history it is what the rules say, else what is assumed`() throws {
        let history = try History(count: 2) { $0.memoryBytes = 5 << 30 }
        let declared = history.estimate(0, reading: 10)
        #expect(declared.bytes == 5 << 30)
        #expect(declared.bytesBasis == .declared)
        #expect(declared.seconds == Estimates.assumedSeconds)
        #expect(declared.secondsBasis == .assumed)
        let assumed = try History(count: 2).estimate(0, reading: 10)
        #expect(assumed.bytes == Estimates.assumedBytes)
        #expect(assumed.bytesBasis == .assumed)
    }

    @Test func `an action's own last run counts, and never less than its own peak`() throws {
        var history = try History(count: 9) { $0.memoryBytes = 5 << 30 }
        for index in 0 ..< 9 { history.ran(index, seconds: 1, peak: 100 << 20, read: 100) }
        history.ran(4, seconds: 7, peak: 900 << 20, read: 100)
        let own = history.estimate(4, reading: 100)
        #expect(own.seconds == 7)
        #expect(own.secondsBasis == .own)
        #expect(own.bytes == 990 << 20)
        #expect(own.bytesBasis == .own)
        #expect(history.estimate(5, reading: 100).seconds == 1)
    }

    @Test func `what never ran takes as long as others that read as much`() throws {
        var history = try History(count: 30)
        // A fifth of a second, and a millisecond for each thousand bytes.
        for index in 0 ..< 29 {
            let peak = UInt64(50 + 10 * index) << 20
            history.ran(index, seconds: 0.2 + Double(index), peak: peak, read: UInt64(index + 1) * 1_000_000)
        }
        let large = history.estimate(29, reading: 100_000_000)
        #expect(large.secondsBasis == .rule)
        #expect(abs(large.seconds - 99.2) < 0.5)
        let megabytes = Double(large.bytes) / 1_048_576
        #expect(abs(megabytes - 1144) < 20)
        // The floor: the least that was ever seen.
        let small = history.estimate(29, reading: 1)
        #expect(small.seconds == 0.2)
        #expect(small.bytes == (50 << 20) + Estimates.leastMarginBytes)
        let unknown = history.estimate(29, reading: nil)
        #expect(unknown.seconds == 14.2)
        #expect(unknown.bytes > 300 << 20)
    }

    @Test func `what has run wants what it wanted, however much others of its rule do`() throws {
        var history = try History(count: 20)
        for index in 0 ..< 20 {
            history.ran(index, seconds: 1, peak: UInt64(100 + 100 * index) << 20, read: UInt64(index + 1) * 1_000_000)
        }
        #expect(history.estimate(0, reading: 1_000_000).bytes == (100 << 20) + Estimates.leastMarginBytes)
        // It reads as much as the one that took 1 GiB more.
        let grown = Double(history.estimate(0, reading: 11_000_000).bytes) / 1_048_576
        #expect(abs(grown - 1.1 * 1100) < 20)
        #expect(history.estimate(19, reading: 1_000_000).bytes == 2200 << 20)
    }

    @Test func `what a program held it holds again, but for a quarter of the margin, and that is chance`() throws {
        var history = try History(count: 4, isCommand: true) { $0.memoryLimitBytes = 1000 << 20 }
        for (index, peak) in [600, 20, 980].enumerated() {
            history.ran(index, seconds: 1, peak: UInt64(peak) << 20, read: 100)
        }
        func megabytes(_ index: Int) -> [Int64] {
            let estimate = history.estimate(index, reading: 100)
            return [estimate.bytes >> 20, estimate.spreadBytes >> 20]
        }
        #expect(megabytes(0) == [615, 15])
        #expect(megabytes(1) == [24, 4])
        #expect(megabytes(2) == [1000, 20])
        // Another program, or the same with another parameter.
        let other = history.estimate(0, reading: 100, isSame: false)
        #expect([other.bytes >> 20, other.spreadBytes] == [660, 0])
        // Of one that never ran nobody knows, and neither of one that was ended for lack of it.
        #expect(megabytes(3)[1] == 0)
        history.snapshot.lackedAtBytes[ActionID(1)] = 400 << 20
        #expect(megabytes(1) == [660, 0])
        // Nor of one that reads something else, however little sizes have said so far.
        #expect(history.estimate(0, reading: 1 << 20).spreadBytes == 0)
        #expect(history.estimate(0, reading: 1 << 20).bytes >> 20 == 660)
        #expect(history.estimate(0, reading: nil).spreadBytes == 0)
    }

    @Test func `few odd runs do not turn the line`() throws {
        var history = try History(count: 41)
        for index in 0 ..< 40 {
            let isOdd = index % 10 == 3
            history.ran(
                index, seconds: isOdd ? 500 : Double(index), peak: 100 << 20, read: UInt64(index + 1) * 1_000_000)
        }
        let estimate = history.estimate(40, reading: 20_000_000)
        #expect(abs(estimate.seconds - 19) < 4)
    }

    @Test func `where the size says nothing it is the middle`() throws {
        var history = try History(count: 41)
        var random = SplitMix(state: 7)
        for index in 0 ..< 40 {
            history.ran(
                index, seconds: 1 + Double(random.below(100)) / 100, peak: UInt64(80 + random.below(40)) << 20,
                read: UInt64(1 + random.below(1_000_000)))
        }
        let estimate = history.estimate(40, reading: 1_000_000_000)
        #expect(estimate.seconds < 2)
        #expect(estimate.bytes < 150 << 20)
    }

    @Test func `most earlier runs fit into what a new one is given`() throws {
        var history = try History(count: 101)
        var random = SplitMix(state: 11)
        var peaks: [UInt64] = []
        for index in 0 ..< 100 {
            peaks.append(UInt64(200 + random.below(100)) << 20)
            history.ran(index, seconds: 1, peak: peaks[index], read: UInt64(1 + random.below(1_000_000)))
        }
        let estimate = history.estimate(100, reading: 500_000)
        let fitting = peaks.filter { Int64($0) <= estimate.bytes }
        #expect(fitting.count >= 95)
        #expect(estimate.likelyBytes < estimate.bytes)
    }

    @Test func `one that was ended for lack of memory is given half as much again`() throws {
        var history = try History(count: 5)
        for index in 0 ..< 4 { history.ran(index, seconds: 1, peak: 100 << 20, read: 100) }
        history.snapshot.lackedAtBytes[ActionID(4)] = 1000 << 20
        #expect(history.estimate(4, reading: 100).bytes == 1650 << 20)
    }

    @Test func `nothing is thought to take more than its limit`() throws {
        var history = try History(count: 5) { $0.memoryLimitBytes = 200 << 20 }
        #expect(history.estimate(0, reading: nil).bytes == 200 << 20)
        for index in 0 ..< 4 { history.ran(index, seconds: 1, peak: 900 << 20, read: 100) }
        #expect(history.estimate(4, reading: 100).bytes == 200 << 20)
    }

    @Test func `numbers beyond all measure stay numbers`() throws {
        var history = try History(count: 5)
        for index in 0 ..< 4 {
            history.ran(index, seconds: .greatestFiniteMagnitude, peak: .max, read: UInt64.max - UInt64(index))
        }
        #expect(history.estimate(4, reading: .max).bytes == Budget.unlimitedBytes)
    }
}

/// A rule's actions, and what is remembered of them.
private struct History {
    let plan: Plan
    var snapshot: Snapshot

    init(count: Int, isCommand: Bool = false, _ change: (inout Running) -> Void = { _ in }) throws {
        var sketch = Sketch()
        let axis = sketch.axis("n", (0 ..< count).map { "\($0)" })
        let rule = try sketch.rule("work", axes: [axis]) { rule in
            rule.isCommand = isCommand
            change(&rule.running)
        }
        for number in 0 ..< count {
            try sketch.action(of: rule, cell: [number], [("to", .output(Path("out/\(number)")))])
        }
        plan = try sketch.plan()
        snapshot = Snapshot(plan)
    }

    mutating func ran(_ index: Int, seconds: Double, peak: UInt64, read: UInt64) {
        snapshot.durationSeconds[index] = seconds
        snapshot.peakBytes[index] = peak
        snapshot.inputBytes[index] = read
    }

    func estimate(_ index: Int, reading bytes: UInt64?, isSame: Bool = true) -> Estimate {
        var estimates = Estimates(plan, snapshot, plan.rules.indices.map { $0 == 0 })
        return estimates.estimate(of: ActionID(index), inputBytes: bytes, isSame: isSame)
    }
}
