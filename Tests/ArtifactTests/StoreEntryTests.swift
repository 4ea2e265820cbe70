import Hashing
import Testing

@testable import Artifact

struct StoreEntryTests {
    @Test("an entry comes back with all that its trace needs")
    func roundTrip() throws {
        let shelf = try Shelf()
        let piece = try shelf.piece(size: 10, .file)
        let discovered = [
            Discovered(path: "a.h", content: Example.content(3)), Discovered(path: "absent.h", content: nil),
        ]
        try shelf.keep([piece], discovered: discovered)
        let entry = try #require(try shelf.database.entries(of: shelf.digest("key")).first)
        #expect(
            entry
                == StoreEntry(
                    key: shelf.digest("key"), discovered: discovered,
                    outputs: [Trace.Output(path: "out/0", content: piece.content)], missing: ["gone"],
                    builtAtNanoseconds: 7, run: 1, durationSeconds: 0.5, peakBytes: 9))
        let parts = [KeyPart(.recipe, [], [1])]
        let trace = entry.trace(parts: PackedKeyParts(parts))
        #expect(trace.parts == parts && trace.discovered == discovered && trace.missing == ["gone"])
        #expect((trace.run, trace.builtAtNanoseconds, trace.isAdopted) == (1, 7, false))
        #expect(try shelf.database.entries(of: shelf.digest("other")).isEmpty)
    }

    @Test("other discovered parts are another entry, the latest first; their order does not matter")
    func variants() throws {
        let shelf = try Shelf()
        let (one, two) = (
            Discovered(path: "a", content: Example.content(1)), Discovered(path: "b", content: nil)
        )
        let changed = Discovered(path: "b", content: Example.content(2))
        let pieces = try (0 ..< 4).map { _ in try shelf.piece(size: 10, .file) }
        try shelf.keep([pieces[0]], discovered: [one, two])
        try shelf.keep([pieces[1]], discovered: [one, changed])
        #expect(try contents(shelf) == [pieces[1].content, pieces[0].content])
        try shelf.keep([pieces[2]], discovered: [two, one])
        #expect(try contents(shelf) == [pieces[2].content, pieces[1].content])
        try shelf.keep([pieces[3]])
        #expect(try contents(shelf) == [pieces[3].content, pieces[2].content, pieces[1].content])
    }

    private func contents(_ shelf: Shelf) throws -> [Content] {
        try shelf.database.entries(of: shelf.digest("key")).flatMap { $0.outputs.map(\.content) }
    }

    @Test("a thousand questions for keys that a small store has not are one look, and what comes meanwhile is found")
    func fewLooks() throws {
        let shelf = try Shelf()
        try shelf.keep([try shelf.piece(size: 10, .file)], key: "earlier")
        let before = shelf.database.callCounts.looks
        for number in 0 ..< 1000 { #expect(try shelf.database.entries(of: shelf.digest("\(number)")).isEmpty) }
        #expect(try !shelf.database.hasEntries(of: shelf.digest("nobody"), withoutInputs: nil))
        // The last question is for an action, and there are entries.
        #expect(shelf.database.callCounts.looks - before == 2)
        try shelf.keep([try shelf.piece(size: 10, .file)])
        #expect(try contents(shelf).count == 1)
        #expect(try !shelf.database.entries(of: shelf.digest("earlier")).isEmpty)
    }

    @Test("of several keys each has what it alone would have, in their order, in one look")
    func several() throws {
        let shelf = try Shelf()
        let pieces = try (0 ..< 3).map { _ in try shelf.piece(size: 10, .file) }
        try shelf.keep([pieces[0]], key: "a")
        try shelf.keep([pieces[1]], key: "b")
        try shelf.keep([pieces[2]], key: "b", discovered: [Discovered(path: "h", content: nil)])
        let keys = ["none", "b", "a", "nor this", "b"].map { shelf.digest($0) }
        let single = try keys.map { try shelf.database.entries(of: $0) }
        #expect(single.map(\.count) == [0, 2, 1, 0, 2])
        let before = shelf.database.callCounts.looks
        #expect(try shelf.database.entries(of: keys) == single)
        #expect(shelf.database.callCounts.looks - before == 1)
        #expect(try shelf.database.entries(of: [Digest]()).isEmpty)
    }

    @Test("keys that come while the others are read are known with them")
    func addedMeanwhile() throws {
        let shelf = try Shelf()
        let (one, two, three) = (shelf.digest("1"), shelf.digest("2"), shelf.digest("3"))
        var keys = StoredKeys()
        #expect(!keys.lacks(one))
        guard case .read(StoredKeys.mostAtFirst) = keys.ask(one) else { throw Unexpected() }
        keys.add([one])
        for _ in 1 ..< StoredKeys.mostQuestions {
            guard case .perhaps = keys.ask(one) else { throw Unexpected() }
        }
        let most = StoredKeys.mostQuestions * StoredKeys.keysForQuestion
        guard case .read(most) = keys.ask(three), case .perhaps = keys.ask(three) else { throw Unexpected() }
        keys.take([two])
        #expect(!keys.lacks(one) && !keys.lacks(two) && keys.lacks(three) && !keys.lacks(nil))
        guard case .absent = keys.ask(three) else { throw Unexpected() }
    }

    private struct Unexpected: Error {}

    @Test("what was built last under a key counts, also where nothing of it is kept")
    func replaced() throws {
        let shelf = try Shelf()
        let pieces = [try shelf.piece(size: 10, .file), try shelf.piece(size: 10, .file)]
        try shelf.keep([pieces[0]])
        try shelf.keep([pieces[1]], .none)
        #expect(try contents(shelf) == [pieces[1].content])
        #expect(try !shelf.store.isStored(pieces[1].content))
        try shelf.commit(nil, pieces)
        #expect(try contents(shelf).isEmpty)
    }

    @Test("an entry that cannot be read is none")
    func damaged() throws {
        let shelf = try Shelf()
        try shelf.keep([try shelf.piece(size: 10, .file)])
        for column in ["outputs", "discovered", "missing"] {
            try shelf.execute("UPDATE entry SET \(column) = x'ff'")
            #expect(try contents(shelf).isEmpty, "\(column)")
        }
    }

    @Test("putting back leaves the trace alone, and restoring replaces it")
    func records() throws {
        let shelf = try Shelf()
        try shelf.keep([try shelf.piece(size: 10, .file)], key: "old")
        let entry = try #require(try shelf.database.entries(of: shelf.digest("old")).first)
        let identity = shelf.digest("out")
        func key() throws -> Digest? {
            var found: Digest?
            try shelf.database.forEachTrace { if $0.identity == identity { found = $0.key } }
            return found
        }
        try shelf.database.recordFailure(identity, Example.failure(run: 1))
        try shelf.database.recordStale([identity], current: [], nowNanoseconds: 5)
        let back = Publication(identity: identity, rule: [], .putBack(entry.outputs), changes: [], run: 1)
        _ = try shelf.database.open([back])
        let open = try #require(try shelf.database.openPublications().first)
        #expect(open.publication.isPutBack)
        #expect(open.publication.outputs == entry.outputs)
        try shelf.database.abandon(open)
        #expect(try key() == shelf.digest("old"))
        #expect(try shelf.database.failures() == [identity: 1])
        #expect(try shelf.database.staleSince() == [identity: 5])

        try shelf.keep([try shelf.piece(size: 10, .file)], key: "new")
        let restored = Publication(
            identity: identity, rule: [], .restored(entry.trace(parts: PackedKeyParts([KeyPart]()))), changes: [],
            run: 9)
        _ = try shelf.database.open([restored])
        #expect(try key() == shelf.digest("old"))
        #expect(try shelf.database.entries(of: shelf.digest("old")) == [entry])
        try shelf.database.abandon(try #require(try shelf.database.openPublications().first))
        #expect(try key() == nil)
    }
}
