import Artifact
import Foundation
import Planning
import Testing

@testable import dbuild

/// The store's step between collecting and transaction 1.
struct StoringTests {
    private static let outputs: Stage.Entries = [
        "f": .file("small"), "g": .file(String(repeating: "g", count: 5000)),
        "t/h": .file(String(repeating: "h", count: 9000)),
    ]

    @Test("whichever call of the store fails, the set is published, one failure is said and nothing more is kept")
    func faults() throws {
        let counting = try publish { FaultyDisk($0) }
        let counts = counting.store.counts
        #expect(counting.failures.isEmpty && (counts.filesCopied, counts.rowsKept) == (2, 1))
        for call in 1 ... counting.disk.calls {
            for errno in [FaultyDisk.noSpace, FaultyDisk.inputOutput] {
                let result = try publish { FaultyDisk($0, .fails(call: call, errno: errno)) }
                let errors = result.failures.compactMap { ($0 as? DiskError)?.errno }
                #expect(errors == [errno], "call \(call)")
                #expect(result.store.takeFailure() == nil)
                let calls = result.disk.calls
                #expect(result.store.keep([Store.Piece(content: .directory, staged: "x")], .all).isEmpty)
                #expect(result.disk.calls == calls)
            }
        }
    }

    private struct Result {
        let store: Store
        let disk: FaultyDisk
        let failures: [any Error]
    }

    private func publish(_ faulty: (any Disk) -> FaultyDisk) throws -> Result {
        let stage = try Stage(files: ["f", "g"], trees: ["t"])
        let database = try stage.database()
        let disk = faulty(stage.disk)
        let store = Store(database: database, disk: disk, run: 1)
        let set = try stage.publication(Self.outputs, keptIn: store)
        try stage.publish(set, database, FaultyDisk(stage.disk))
        try stage.expectWhole(set, Self.outputs, database, "\(disk.calls)")
        // What is said to be there is there, whole.
        let sound = Store(database: database, disk: stage.disk, run: 1)
        for (index, piece) in set.outputs.flatMap(\.pieces).enumerated() where try sound.isStored(piece) {
            #expect(try sound.restore(piece, to: Path("back-\(index)")) != nil)
        }
        return Result(store: store, disk: disk, failures: [store.takeFailure()].compactMap { $0 })
    }

    @Test("the store's tidying of a build that does nothing looks at no file")
    func nullBuild() throws {
        let stage = try Stage(files: ["f", "g"], trees: ["t"])
        let database = try stage.database()
        let run = try database.beginRun(atLeast: 1, nowNanoseconds: 0, parameters: [], targets: [])
        let first = Store(database: database, disk: stage.disk, run: run)
        try stage.publish(try stage.publication(Self.outputs, keptIn: first), database, FaultyDisk(stage.disk))
        try database.endRun(run, exitCode: 0)
        let disk = FaultyDisk(stage.disk)
        let next = try database.beginRun(atLeast: 1, nowNanoseconds: 0, parameters: [], targets: [])
        let store = Store(database: database, disk: disk, run: next)
        let tidied = try store.tidy(limitBytes: 20 << 30)
        #expect((tidied.entries, tidied.objects, tidied.repaired) == (0, 0, 0))
        #expect(disk.calls == 0)
    }

    @Test("a rule that is built in every run gives the store nothing, and one that says never an entry alone")
    func policies() {
        var policy = Policy()
        #expect(policy.stored == .upToLimit)
        policy.storing = .always
        #expect(policy.stored == .all)
        policy.storing = .never
        #expect(policy.stored == Store.Amount.none)
        policy.storing = .always
        policy.existence = .always
        #expect(policy.stored == nil)
    }

    @Test("bytes are kept for the store up to what it has in memory, and the store has the others all the same")
    func keptBytes() throws {
        let count = Store.rowsInMemoryBytes / Store.largestRowBytes + 10
        let files = (0 ..< count).map { Path("f\($0)") }
        func collected(_ policy: Policy) throws -> (Stage, Collected) {
            let stage = try Stage(files: files, policy: policy)
            for (number, file) in files.enumerated() {
                let text = "\(number)".padding(toLength: Store.largestRowBytes, withPad: ".", startingAt: 0)
                try stage.write(["staging" / file: .file(text)])
            }
            return (stage, try stage.collect("staging"))
        }
        func keptBytes(_ collected: Collected) -> Int { collected.outputs.reduce(0) { $0 + ($1.bytes?.count ?? 0) } }
        let (stage, all) = try collected(Policy())
        #expect(keptBytes(all) == Store.rowsInMemoryBytes)
        let store = Store(database: try stage.database(), disk: stage.disk, run: 1)
        _ = all.keep(in: store, Policy())
        #expect(store.takeFailure() == nil && store.counts.rowsKept == count)
        var never = Policy()
        never.storing = .never
        var always = Policy()
        always.existence = .always
        for policy in [never, always] {
            let (_, none) = try collected(policy)
            #expect(none.outputs.count == count && keptBytes(none) == 0)
        }
    }

    @Test("a size is a whole number with a power of 1024 or none")
    func sizes() throws {
        #expect(
            try ["0", "17", "2K", "500M", "20G", "3T"].map { try ByteSize.parse($0) } == [
                0, 17, 2048, 524_288_000, 21_474_836_480, 3_298_534_883_328,
            ])
        for text in [
            "", "G", "-1", "1.5G", "20 G", "20GB", "20g", "+5", "9999999999T", "99999999999999999999", "\u{661}",
        ] {
            #expect(throws: SettingsError.self, "\(text)") { try ByteSize.parse(text) }
        }
    }
}
