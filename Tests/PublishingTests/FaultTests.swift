import Artifact
import Foundation
import Testing

@testable import dbuild

/// For every call to the disk of a publication: what if it fails, or is the last?
struct FaultTests {
    /// A set in which each kind of change is to be made, and what must be there in the end.
    private struct Example {
        let stage: Stage
        let set: Publication
        let expected: Stage.Entries
        /// Texts that dbuild has not made, or that were edited.
        let somebodys = ["edited file", "edited member", "foreign member", "foreign below"]

        init() throws {
            stage = try Stage(files: ["out/changed", "out/same", "out/edited", "out/deep/new"], trees: ["parts"])
            let published = try stage.publishWell([
                "out/changed": .file("old"), "out/same": .file("same"), "out/edited": .file("before"),
                "out/deep/new": .file("x"), "parts/changed": .file("old member"), "parts/edited": .file("before"),
                "parts/removed": .file("removed"), "parts/same": .file("same"), "parts/sub/removed": .file("removed"),
                "parts/link": .link("same"), "parts/grows": .file("a file"), "parts/shrinks/below": .file("a tree"),
                "parts/mode": .file("script"), "parts/empty": .directory,
            ])
            try stage.disk.removeTree("out/deep")
            try stage.write([
                "out/edited": .file("edited file"), "parts/edited": .file("edited member"),
                "parts/foreign": .file("foreign member"), "parts/shrinks/foreign": .file("foreign below"),
            ])
            let outputs: Stage.Entries = [
                "out/changed": .file("new"), "out/same": .file("same"), "out/edited": .file("after"),
                "out/deep/new": .script("new"), "parts/changed": .file("new member"), "parts/edited": .file("after"),
                "parts/same": .file("same"), "parts/added/deep/er": .file("added"), "parts/link": .link("changed"),
                "parts/grows/now": .file("a tree"), "parts/shrinks": .file("a file"), "parts/mode": .script("script"),
                "parts/hollow": .directory,
            ]
            set = try stage.publication(outputs, published: published)
            expected = outputs
        }
    }

    private static let isLong = ProcessInfo.processInfo.environment["DBUILD_LONG"] == "1"

    /// Every fault that a number of calls can have.
    private static func faults(_ calls: Int) -> [FaultyDisk.Fault] {
        (1 ... calls).flatMap { call -> [FaultyDisk.Fault] in
            [
                .fails(call: call, errno: call % 2 == 0 ? FaultyDisk.noSpace : FaultyDisk.inputOutput),
                .stops(after: call - 1),
            ]
        }
    }

    private func expectWhole(_ example: Example, _ what: String) throws {
        let database = try example.stage.database()
        try example.stage.expectWhole(example.set, example.expected, database, what)
        for text in example.somebodys { try example.stage.expectKept(text, what) }
        #expect(try !example.stage.has(".dbuild/staging"), "\(what)")
        #expect(try !example.stage.has(".dbuild/discarded"), "\(what)")
    }

    @Test("a set with every kind of change is published whole, and nobody's file is lost")
    func noFault() throws {
        let example = try Example()
        try example.stage.publish(example.set, example.stage.database(), FaultyDisk(example.stage.disk))
        let outcome = try Recovery.run(example.stage.database(), FaultyDisk(example.stage.disk))
        #expect(outcome.completed.isEmpty && outcome.broken.isEmpty)
        try expectWhole(example, "no fault")
    }

    @Test("whichever call fails or is the last, the next start makes the set whole")
    func publishing() throws {
        let example = try Example()
        let counting = FaultyDisk(example.stage.disk)
        try example.stage.publish(example.set, example.stage.database(), counting)
        for fault in Self.faults(counting.calls) {
            let example = try Example()
            #expect(throws: DiskError.self, "\(fault)") {
                try example.stage.publish(
                    example.set, example.stage.database(), FaultyDisk(example.stage.disk, fault))
            }
            for text in example.somebodys { try example.stage.expectKept(text, "\(fault), before recovery") }
            let outcome = try Recovery.run(example.stage.database(), FaultyDisk(example.stage.disk))
            #expect(outcome.broken.isEmpty, "\(fault)")
            #expect(Set(outcome.completed) == Set(example.stage.files + example.stage.trees), "\(fault)")
            try expectWhole(example, "\(fault)")
        }
    }

    @Test("a directory in which nobody may write is opened once for a set, and no further")
    func notPermitted() throws {
        let example = try Example()
        let counting = FaultyDisk(example.stage.disk)
        try example.stage.publish(example.set, example.stage.database(), counting)
        var opened = 0
        for call in 1 ... counting.calls {
            let example = try Example()
            let disk = FaultyDisk(example.stage.disk, .fails(call: call, errno: FaultyDisk.notPermitted))
            do {
                try example.stage.publish(example.set, example.stage.database(), disk)
                opened += 1
            } catch { #expect(error is DiskError, "call \(call)") }
            _ = try Recovery.run(example.stage.database(), FaultyDisk(example.stage.disk))
            try expectWhole(example, "call \(call) is not permitted")
        }
        // Each file and link of the set that is put in place, once; that whose directory is to be made is put twice.
        #expect(opened == example.set.changes.count { if case .put = $0 { true } else { false } } + 1)
    }

    @Test("whichever call of the recovery fails or is the last, the start after it makes the set whole")
    func recovering() throws {
        let example = try Example()
        let counting = FaultyDisk(example.stage.disk)
        try example.stage.publish(example.set, example.stage.database(), counting)
        for stop in stride(from: 0, to: counting.calls, by: Self.isLong ? 1 : 19) {
            let crash = FaultyDisk.Fault.stops(after: stop)
            let example = try crashed(crash)
            let counting = FaultyDisk(example.stage.disk)
            _ = try Recovery.run(example.stage.database(), counting)
            // Others stop elsewhere, so that together they stop everywhere.
            let faults = Self.faults(counting.calls)
            for index in stride(from: Self.isLong ? 0 : stop % 5, to: faults.count, by: Self.isLong ? 1 : 5) {
                let example = try crashed(crash)
                let what = "\(crash), then \(faults[index])"
                do {
                    _ = try Recovery.run(example.stage.database(), FaultyDisk(example.stage.disk, faults[index]))
                    // Only what is left over may fail and be passed over.
                    #expect(try example.stage.database().openPublications().isEmpty, "\(what)")
                } catch {
                    #expect(error is DiskError, "\(what)")
                }
                for text in example.somebodys { try example.stage.expectKept(text, what) }
                _ = try Recovery.run(example.stage.database(), FaultyDisk(example.stage.disk))
                try expectWhole(example, what)
            }
        }
    }

    private func crashed(_ fault: FaultyDisk.Fault) throws -> Example {
        let example = try Example()
        _ = try? example.stage.publish(example.set, example.stage.database(), FaultyDisk(example.stage.disk, fault))
        return example
    }
}
