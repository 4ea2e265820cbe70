import GRDB
import Testing

@testable import Artifact
@testable import dbuild

/// What closes one group and opens the next fails, while the first one's files are in place.
@Suite struct SharedTransactionTests {
    private static let codes: [ResultCode] = [.SQLITE_FULL, .SQLITE_IOERR]

    /// Two actions, each with an output of an earlier run in place and new ones.
    private struct Example {
        let stages: [Stage]
        let sets: [Publication]
        let earlier: [Publication]
        let expected: [Stage.Entries]
        let database: StateDatabase
        let faults: DatabaseFaults
        var stage: Stage { stages[0] }

        init() throws {
            let first = try Stage(files: ["a/changed", "a/new/x"])
            stages = [first, try Stage(beside: first, files: ["b/changed", "b/new/x"])]
            expected = ["a", "b"].map {
                [Path("\($0)/changed"): .file("\($0) 2"), Path("\($0)/new/x"): .file("\($0) new")]
            }
            database = try first.database()
            var earlier: [Publication] = []
            for (stage, name) in zip(stages, ["a", "b"]) {
                let set = try stage.publication([
                    Path("\(name)/changed"): .file("\(name) 1"), Path("\(name)/new/x"): .file("\(name) old"),
                ])
                try stage.publish(set, database, FaultyDisk(stage.disk))
                earlier.append(set)
            }
            self.earlier = earlier
            let store = Store(database: database, disk: first.disk, run: 1)
            sets = try zip(zip(stages, earlier), expected).map { stage, entries in
                try stage.0.publication(entries, published: stage.1.outputs, keptIn: store)
            }
            faults = try DatabaseFaults(database)
        }

        /// - Parameter rowsOfShared: told how many rows were to be written when the second set was open.
        func run(
            _ fault: DatabaseFaults.Fault, _ code: ResultCode = .SQLITE_FULL, rowsOfShared: (Int) -> Void = { _ in }
        ) -> (first: [Published], second: [Published]) {
            var first = PublishedGroup([sets[0]], stage.disk)
            _ = first.open(database, closing: nil)
            first.place(stage.disk)
            faults.set(fault, code)
            var second = PublishedGroup([sets[1]], stage.disk)
            let closed = second.open(database, closing: first) ?? []
            rowsOfShared(faults.rows)
            second.place(stage.disk)
            return (closed, second.close(database))
        }

        func expectWhole(_ index: Int, _ database: StateDatabase, _ what: String) throws {
            try stages[index].expectWhole(sets[index], expected[index], database, what)
        }

        /// It is as the run before has left it.
        func expectUntouched(_ index: Int, _ database: StateDatabase, _ what: String) throws {
            #expect(try stages[index].trace(in: database)?.key == earlier[index].trace?.key, "\(what)")
            for output in earlier[index].outputs {
                #expect(try stage.census(output.path)?.content == output.content, "\(output.path): \(what)")
            }
        }
    }

    private func isDone(_ published: [Published]) throws -> Bool {
        let only = try #require(published.first)
        #expect(published.count == 1)
        return (try? only.census.get()) != nil
    }

    @Test("where the one transaction fails both groups have their own, and both sets are whole")
    func apart() throws {
        let example = try Example()
        var rows = 0
        var before = example.database.callCounts.transactions
        let sound = example.run(.none) { rows = $0 }
        #expect(try isDone(sound.first) && isDone(sound.second))
        // One to open, the shared one, and one to close.
        #expect(example.database.callCounts.transactions - before == 3)
        // Both outputs, the set's row, and what is recorded of the next one.
        try #require(rows > 5)
        for row in 1 ... rows {
            for code in Self.codes {
                let what = "row \(row), \(code)"
                let example = try Example()
                before = example.database.callCounts.transactions
                let result = example.run(.fails(row: row), code)
                #expect(try isDone(result.first) && isDone(result.second), "\(what)")
                #expect((result.first + result.second).allSatisfy { $0.notStored == nil }, "\(what)")
                #expect(example.database.callCounts.transactions - before == 5, "\(what)")
                for index in 0 ... 1 { try example.expectWhole(index, example.database, what) }
            }
        }
    }

    @Test("whichever row is the last that can be written, what is told as done is, and the next start loses nothing")
    func stopped() throws {
        let counting = try Example()
        var shared = 0
        _ = counting.run(.none) { shared = $0 }
        for last in 0 ..< counting.faults.rows {
            for code in Self.codes {
                let what = "\(last) rows, \(code)"
                let example = try Example()
                let result = example.run(.stops(after: last), code)
                let isFirstDone = try isDone(result.first)
                #expect(try !isDone(result.second), "\(what)")
                let open = Set(try example.database.openPublications().map(\.identity))
                #expect(open.contains(example.sets[0].identity) == !isFirstDone, "\(what)")
                let isSecondOpen = open.contains(example.sets[1].identity)
                #expect(isSecondOpen == (last >= shared), "\(what)")
                if last >= shared { #expect(isFirstDone, "\(what)") }
                // Nothing moves that no row stands for.
                if !isSecondOpen { try example.expectUntouched(1, example.database, what) }

                let next = try example.stage.database()
                let outcome = try Recovery.run(next, FaultyDisk(example.stage.disk))
                #expect(outcome.broken.isEmpty && outcome.displaced.isEmpty, "\(what)")
                let completed =
                    (isFirstDone ? [] : example.stages[0].files)
                    + (isSecondOpen ? example.stages[1].files : [])
                #expect(Set(outcome.completed) == Set(completed), "\(what)")
                try example.expectWhole(0, next, what)
                if isSecondOpen {
                    try example.expectWhole(1, next, what)
                } else {
                    try example.expectUntouched(1, next, what)
                }
            }
        }
    }

    @Test("what is in place is closed though the file has no room for the set that comes next")
    func noRoom() throws {
        let example = try Example()
        let (first, small) = (example.sets[0], example.sets[1])
        // Pages and pages.
        let second = Publication(
            identity: small.identity, rule: [UInt8](repeating: 1, count: 1 << 20), small.record,
            changes: small.changes, seen: small.seen, run: small.run)
        var group = PublishedGroup([first], example.stage.disk)
        _ = group.open(example.database, closing: nil)
        group.place(example.stage.disk)
        try example.database.write { database in
            let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
            // What the first one needs to be closed.
            try database.execute(sql: "PRAGMA max_page_count = \(pages + 16)")
        }
        var next = PublishedGroup([second], example.stage.disk)
        #expect(try isDone(next.open(example.database, closing: group) ?? []))
        next.place(example.stage.disk)
        let failed = try #require(next.close(example.database).first)
        #expect(throws: StateDatabase.Failure.noRoom) { try failed.census.get() }
        try example.expectWhole(0, example.database, "no room")
        try example.expectUntouched(1, example.database, "no room")
    }
}
