import Artifact
import Calendar
import Foundation
import Hashing
import TestSupport
import Testing

@testable import Planning
@testable import TestOracle

/// Plans as files: read back as they were, and refused or walked to the end when damaged.
@Suite struct PlanFileTests {
    @Test func `a plan is read back as it was written`() throws {
        let plan = try planOfEverything()
        let again = try #require(Plan(Blob(copying: plan.blob.bytes(0 ..< plan.blob.count))))
        #expect(again.walked() == plan.walked())
        #expect(plan.actionCount == 13)
    }

    @Test func `a plan keeps every policy that a rule can have`() throws {
        var full = Policy()
        full.settle = .init(
            nanoseconds: 1, observation: .init(property: [1], column: [2]), latestAfterNanoseconds: .max,
            firstBuildWaits: true, holdsEverything: true)
        full.interval = .init(nanoseconds: .max, holdsEverything: true)
        full.keepsEdited = true
        full.useExisting = .init(maxAgeNanoseconds: 3)
        full.isIntermediate = true
        full.storing = .never
        let existences: [Policy.Existence?] = [
            nil, .always, .keepExisting(adoptsForeign: true), .keepExisting(adoptsForeign: false),
            .refresh(.every(nanoseconds: 7)), .refresh(.calendar(.daily(minuteOfDay: 1439), zone: "UTC")),
            .refresh(.calendar(.weekly(.sunday, minuteOfDay: 0), zone: "Europe/Berlin")),
            .refresh(.calendar(.monthly(day: 31, minuteOfDay: 1), zone: "Asia/Tokyo")),
        ]
        for policy in [Policy(), full] {
            for existence in existences {
                var sketch = Sketch()
                try sketch.action(
                    "only",
                    rule: {
                        $0.policy = policy
                        $0.policy.existence = existence
                    }, [("to", .output("out"))])
                let plan = try sketch.plan()
                let again = try #require(Plan(Blob(copying: plan.blob.bytes(0 ..< plan.blob.count))))
                #expect(again.rules[0].policy.existence == existence)
                #expect(again.rules == plan.rules && again.rules[0].policy.settle == policy.settle)
                #expect(again.rules[0].policy.storing == policy.storing)
            }
        }
    }

    @Test func `a plan is read from a mapped file`() throws {
        let plan = try planOfEverything()
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).plan")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(plan.blob.bytes(0 ..< plan.blob.count)).write(to: file)
        let mapped = try #require(Blob(mapping: Path(file.path)))
        #expect(Plan(mapped)?.walked() == plan.walked())
    }

    @Test func `an empty plan is a plan`() throws {
        let plan = try Sketch().plan()
        #expect(plan.actionCount == 0)
        #expect(Plan(plan.blob)?.walked() == plan.walked())
    }

    @Test func `a plan that was cut off is none`() throws {
        let plan = try planOfEverything()
        // Behind the last section there may be padding.
        for count in 0 ..< plan.blob.count - 8 {
            #expect(Plan(Blob(copying: plan.blob.bytes(0 ..< count))) == nil, "\(count) bytes")
        }
    }

    @Test func `a damaged plan is refused or can be walked to its end`() throws {
        let whole = try planOfEverything()
        let bytes = whole.blob.bytes(0 ..< whole.blob.count)
        var random = SplitMix(state: 11)
        var accepted = 0
        for _ in 0 ..< (isLong ? 100_000 : 5_000) {
            var copy = bytes
            for _ in 0 ... random.below(4) { damage(&copy, &random) }
            seal(&copy)
            guard let plan = Plan(Blob(copying: copy)) else { continue }
            accepted += 1
            _ = plan.walked()
            use(plan)
        }
        // Else nothing behind the first check would be under test.
        #expect(accepted > 500)
    }

    @Test func `a plan with one byte changed is none`() throws {
        let whole = try planOfEverything()
        let bytes = whole.blob.bytes(0 ..< whole.blob.count)
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var copy = bytes
            copy[place] ^= 1
            #expect(Plan(Blob(copying: copy)) == nil, "byte \(place)")
        }
    }

    /// Makes the digest fit again, so that what lies behind that check is under test, too.
    private func seal(_ bytes: inout [UInt8]) {
        guard bytes.count > PlanHeader.tableAt else { return }
        let digest = XXH3.digest(Array(bytes[PlanHeader.tableAt...]))
        for (index, half) in [digest.high, digest.low].enumerated() {
            for byte in 0 ..< 8 {
                bytes[PlanHeader.digestAt + 8 * index + byte] = UInt8(truncatingIfNeeded: half >> UInt64(8 * byte))
            }
        }
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let place = random.below(bytes.count)
        switch random.below(5) {
        case 0: bytes[place] = UInt8(truncatingIfNeeded: random.next())
        case 1: bytes[place] ^= 1 << UInt8(random.below(8))
        case 2: bytes[place] = [0, 1, 0x7F, 0x80, 0xFF][random.below(5)]
        case 3:
            // A number that is off by a little, or beyond everything.
            let word = place / 4 * 4
            let value: UInt32 = [0, 1, 2, .max, .max - 1, UInt32(random.below(64))][random.below(6)]
            for byte in 0 ..< 4 where word + byte < bytes.count {
                bytes[word + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte))
            }
        default:
            let from = random.below(bytes.count)
            for offset in 0 ..< min(8, bytes.count - max(place, from)) { bytes[place + offset] = bytes[from + offset] }
        }
    }

    /// Decides, orders and selects on a plan whose numbers are right and whose sense may not be.
    private func use(_ plan: Plan) {
        for targets in [[], ["forecasts"], ["forecast[day=*]"], ["models/**"], ["train"]] {
            _ = try? plan.select(targets).request(plan)
        }
        var bench = Workbench()
        bench.files["raw/flights.csv"] = Array("0.csv=1\n".utf8)
        _ = bench.assess(plan)
        var schedule = Schedule(
            plan: plan, requested: plan.everything, durationSeconds: Array(Snapshot(plan).durationSeconds), cpus: 4)
        schedule.add(Array(plan.actions))
        while let action = schedule.next() { if action.index % 2 == 0 { schedule.finish(action) } }
    }
}
