import Hashing
import Testing

@testable import Artifact

struct EvictionTests {
    /// Ten actions' outputs, each built in a run of its own, and each built again since with another key.
    private func filled() throws -> (shelf: Shelf, old: [Content], new: [Content]) {
        let shelf = try Shelf()
        var (old, new): ([Content], [Content]) = ([], [])
        for round in 0 ..< 2 {
            for number in 0 ..< 10 {
                let piece = try shelf.piece(size: 10_000, .file)
                if round == 0 { old.append(piece.content) } else { new.append(piece.content) }
                try shelf.keep([piece], key: "\(round) \(number)", name: "\(number)")
                try shelf.nextRun()
            }
        }
        return (shelf, old, new)
    }

    private func expectConsistent(_ shelf: Shelf) throws {
        #expect(try shelf.database.storeSizeBytes() == shelf.countedBytes())
        #expect(try Set(shelf.files()) == Set(shelf.database.storedFiles().map { Store.path(of: $0) }))
    }

    @Test("below the limit nothing goes, and no file is looked at")
    func below() throws {
        let (shelf, old, _) = try filled()
        try shelf.scratch.disk.removeTree(Store.root)
        let tidied = try shelf.store.tidy(limitBytes: shelf.database.storeSizeBytes())
        #expect(tidied == Store.Tidied())
        // Nobody has noticed that the files are gone.
        #expect(try shelf.database.storedFiles().count == 20)
        #expect(try !shelf.store.isStored(old[0]))
    }

    @Test("above the limit what was used least recently goes, down to a tenth below it")
    func oldest() throws {
        let (shelf, old, new) = try filled()
        try expectConsistent(shelf)
        let limit: Int64 = 185_000
        let tidied = try shelf.store.tidy(limitBytes: limit)
        #expect(try shelf.database.storeSizeBytes() <= limit / 10 * 9)
        // 20 objects of 10,000 bytes and their entries; 166,500 are to stay.
        #expect((tidied.entries, tidied.objects) == (4, 4))
        #expect(try old.map { try shelf.store.isStored($0) } == (0 ..< 10).map { $0 >= 4 })
        #expect(try new.allSatisfy { try shelf.store.isStored($0) })
        #expect(try shelf.database.entries(of: shelf.digest("0 3")).isEmpty)
        try expectConsistent(shelf)
    }

    @Test("what the workspace refers to and what the run has made stays, however small the limit")
    func protected() throws {
        let (shelf, old, new) = try filled()
        let fresh = try shelf.piece(size: 10_000, .file)
        try shelf.keep([fresh], key: "of this run", name: "0")
        // Its trace goes with `clean`, its entry is of this run.
        try shelf.database.removeTraces([shelf.digest("0")])
        _ = try shelf.store.tidy(limitBytes: 0)
        #expect(try old.allSatisfy { try !shelf.store.isStored($0) })
        #expect(try shelf.store.isStored(fresh.content))
        // The first one's trace was replaced in this run, so that it was in use until now.
        #expect(try new.allSatisfy { try shelf.store.isStored($0) })
        try expectConsistent(shelf)
        try shelf.nextRun()
        _ = try shelf.store.tidy(limitBytes: 0)
        #expect(try new.map { try shelf.store.isStored($0) } == (0 ..< 10).map { $0 != 0 })
        #expect(try !shelf.store.isStored(fresh.content))
        try expectConsistent(shelf)
    }

    @Test("an object goes with the last entry that refers to it, and not while a trace does")
    func shared() throws {
        let shelf = try Shelf()
        let piece = try shelf.piece(size: 10_000, .file)
        for number in 0 ..< 3 {
            try shelf.keep([piece], key: "\(number)", name: "\(number)")
            try shelf.nextRun()
        }
        try shelf.database.removeTraces([shelf.digest("0"), shelf.digest("1")])
        _ = try shelf.store.tidy(limitBytes: 0)
        #expect(try shelf.store.isStored(piece.content))
        #expect(try shelf.rowCount("entry") == 1)
        try shelf.database.removeTraces([shelf.digest("2")])
        _ = try shelf.store.tidy(limitBytes: 0)
        #expect(try !shelf.store.isStored(piece.content))
        #expect(try shelf.files().isEmpty)
        #expect(try shelf.database.storeSizeBytes() == 0)
    }

    @Test("what an entry held before it was replaced goes first")
    func unreferenced() throws {
        let shelf = try Shelf()
        let pieces = [try shelf.piece(size: 10_000, .file), try shelf.piece(size: 10, .file)]
        try shelf.keep(pieces)
        let last = [try shelf.piece(size: 10_000, .file)]
        try shelf.keep(last)
        let tidied = try shelf.store.tidy(limitBytes: 15_000)
        #expect((tidied.entries, tidied.objects) == (0, 2))
        #expect(try shelf.store.isStored(last[0].content))
        try expectConsistent(shelf)
    }

    @Test("a restored entry counts as used")
    func restored() throws {
        let (shelf, old, _) = try filled()
        let entry = try #require(try shelf.database.entries(of: shelf.digest("0 0")).first)
        let rows = try shelf.database.open([
            Publication(
                identity: shelf.digest("0"), rule: [], .restored(entry.trace(parts: PackedKeyParts([KeyPart]()))),
                changes: [], run: shelf.run)
        ])
        try shelf.database.close(rows.map { ($0, []) })
        // Again as it was before, so that no trace protects it.
        try shelf.keep([try shelf.piece(size: 10_000, .file)], key: "1 0", name: "0")
        try shelf.nextRun()
        _ = try shelf.store.tidy(limitBytes: 150_000)
        #expect(try shelf.store.isStored(old[0]))
        #expect(try !shelf.store.isStored(old[1]))
    }

    @Test("an entry that cannot be read does not keep others from going, and goes itself")
    func damaged() throws {
        let (shelf, old, new) = try filled()
        try shelf.execute("UPDATE entry SET outputs = x'ff' WHERE id = 20")
        _ = try shelf.store.tidy(limitBytes: 0)
        #expect(try old.allSatisfy { try !shelf.store.isStored($0) })
        // Its trace says what it is.
        #expect(try shelf.store.isStored(new[9]))
        #expect(try shelf.rowCount("entry") == 9)
        try expectConsistent(shelf)
    }

    @Test("what a killed run has left is cleared away, and nothing of anybody else's")
    func repair() throws {
        let shelf = try Shelf()
        let pieces = try (0 ..< 3).map { _ in try shelf.piece(size: 9000, .file) }
        try shelf.keep([pieces[0], pieces[1]])
        // Copied, and then the run ended before transaction 1; or in the middle of a copy.
        _ = shelf.store.keep([pieces[2]], .upToLimit)
        try shelf.scratch.write("half", Store.unfinished / "1-9")
        let foreign: [Path] = [
            Store.root / "note", Store.root / "ab/note", Store.root / Path("ab/\(String(repeating: "0", count: 32))-7"),
        ]
        for path in foreign { try shelf.scratch.write("somebody's", path) }
        try shelf.scratch.disk.remove(Store.path(of: pieces[1].content.fingerprint))
        try shelf.nextRun()
        // The run before was not killed: nobody looks.
        #expect(try shelf.store.tidy(limitBytes: .max).repaired == 0)
        try shelf.nextRun(wasKilled: true)
        #expect(try shelf.store.tidy(limitBytes: .max).repaired == 3)
        #expect(try shelf.store.isStored(pieces[0].content))
        #expect(try shelf.rowCount("object") == 1)
        #expect(try !shelf.scratch.disk.names(in: Store.root / "new").contains("1-9"))
        #expect(try shelf.scratch.disk.stamp(Store.path(of: pieces[2].content.fingerprint), followsLink: false) == nil)
        for path in foreign { #expect(try shelf.scratch.disk.stamp(path, followsLink: false) != nil, "\(path)") }
        #expect(try shelf.database.storeSizeBytes() == shelf.countedBytes())
        try shelf.nextRun()
        #expect(try shelf.store.tidy(limitBytes: .max) == Store.Tidied())
    }

    /// Results that no trace refers to any more, of 10,000 bytes and 1, 2, 3… seconds in an order of their own.
    private func priced(_ seconds: [Double]) throws -> (shelf: Shelf, contents: [Content]) {
        let shelf = try Shelf()
        var contents: [Content] = []
        for (number, seconds) in seconds.enumerated() {
            let piece = try shelf.piece(size: 10_000, .file)
            contents.append(piece.content)
            try shelf.keep([piece], key: "\(number)", name: "\(number)", seconds: seconds)
            try shelf.nextRun(nowNanoseconds: Int64(number + 1) * 100)
        }
        try shelf.database.removeTraces(seconds.indices.map { shelf.digest("\($0)") })
        return (shelf, contents)
    }

    private func collect(
        _ shelf: Shelf, limitBytes: Int64, unusedSince: Int64? = nil, isDryRun: Bool = false
    ) throws -> Store.Collected {
        try Store(database: shelf.database, disk: shelf.scratch.disk, run: .max).collect(
            limitBytes: limitBytes, unusedSinceNanoseconds: unusedSince, orphans: [], isDryRun: isDryRun)
    }

    @Test("asked for room, it gives up first what costs least to make again for each byte")
    func cheapest() throws {
        let (shelf, contents) = try priced([5, 1, 3, 2, 4])
        let tried = try collect(shelf, limitBytes: 35_000, isDryRun: true)
        #expect(try contents.allSatisfy { try shelf.store.isStored($0) })
        let collected = try collect(shelf, limitBytes: 35_000)
        #expect(collected == tried)
        #expect(try contents.map { try shelf.store.isStored($0) } == [true, false, true, false, true])
        #expect((collected.droppedEntries, collected.droppedSeconds) == (2, 3))
        #expect((collected.keptEntries, collected.keptSeconds) == (3, 12))
        #expect(try collected.keptBytes == shelf.database.storeSizeBytes())
        try expectConsistent(shelf)
    }

    @Test("a small result of some seconds goes before a large one of as many only if it gives more back")
    func perByte() throws {
        let shelf = try Shelf()
        let (small, large) = (try shelf.piece(size: 5000, .file), try shelf.piece(size: 50_000, .file))
        try shelf.keep([small], key: "small", name: "small", seconds: 4)
        try shelf.keep([large], key: "large", name: "large", seconds: 8)
        // What the workspace refers to gives nothing back, however cheap it was.
        let shared = try shelf.piece(size: 90_000, .file)
        try shelf.keep([shared], key: "recorded", name: "recorded")
        try shelf.keep([shared], key: "twice", name: "twice", seconds: 0.1)
        try shelf.nextRun()
        try shelf.database.removeTraces(["small", "large", "twice"].map { shelf.digest($0) })
        let collected = try collect(shelf, limitBytes: 100_000)
        #expect(try !shelf.store.isStored(large.content))
        #expect(try shelf.store.isStored(small.content))
        #expect(try shelf.store.isStored(shared.content))
        #expect(collected.droppedSeconds == 8)
        #expect(try collect(shelf, limitBytes: 0).bytesAboveLimit > 90_000)
        #expect(try shelf.store.isStored(shared.content))
        try expectConsistent(shelf)
    }

    @Test("what no run has used since an instant goes, however much room there is; the instants are the runs'")
    func unused() throws {
        let (shelf, contents) = try priced([1, 1, 1, 1])
        // Used in runs of the instants 0, 100, 200 and 300.
        let collected = try collect(shelf, limitBytes: .max, unusedSince: 200)
        #expect(try contents.map { try shelf.store.isStored($0) } == [false, false, true, true])
        #expect((collected.droppedEntries, collected.keptEntries) == (2, 2))
        // Of a run that nobody knows any more there is no age.
        try shelf.execute("DELETE FROM run")
        #expect(try collect(shelf, limitBytes: .max, unusedSince: .max).droppedEntries == 0)
    }

    @Test("what a killed collection has left is mended by the next one")
    func interrupted() throws {
        let (shelf, contents) = try priced([1, 2])
        try shelf.scratch.disk.remove(Store.path(of: contents[0].fingerprint))
        #expect(try !shelf.store.isStored(contents[0]))
        let collected = try collect(shelf, limitBytes: .max)
        #expect(collected.repaired == 1)
        try expectConsistent(shelf)
    }
}
