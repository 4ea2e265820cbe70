import Foundation
import GRDB
import Hashing
import Testing

@testable import Artifact

/// Objects: what is kept, what comes back, and what does not.
struct StoreTests {
    @Test("a file, a program, a link and an empty file come back as they were, small or large")
    func roundTrip() throws {
        let shelf = try Shelf()
        for size in [0, 1, 4096, 4097, 300_000] {
            for kind in [Content.Kind.file, .executable] {
                let piece = try shelf.piece(size: size, kind)
                try shelf.keep([piece])
                try shelf.expectBack(piece.content, shelf.scratch.disk.read(piece.staged))
            }
        }
        let link = try shelf.link(to: "../elsewhere")
        try shelf.keep([link])
        try shelf.expectBack(link.content, [])
        #expect(try shelf.scratch.disk.linkTarget("back/link") == Array("../elsewhere".utf8))
        #expect(shelf.store.counts.restored == 11)
    }

    @Test("small objects are rows, larger ones files, and the same bytes are one object whatever they are")
    func places() throws {
        let shelf = try Shelf()
        let small = try shelf.piece(size: 4096, .file)
        let large = try shelf.piece(size: 4097, .file)
        let program = Store.Piece(
            content: Content(kind: .executable, fingerprint: large.content.fingerprint), staged: large.staged)
        try shelf.keep([small, large, program, large])
        #expect(try shelf.files() == [Store.path(of: large.content.fingerprint)])
        #expect(shelf.store.counts == Store.Counts(filesCopied: 1, rowsKept: 1))
        // An object that is there is not copied again.
        try shelf.keep([large])
        #expect(shelf.store.counts.filesCopied == 1)
        #expect(try shelf.rowCount("object") == 2)
    }

    @Test("what is made again replaces a copy that has rotted")
    func rotted() throws {
        let shelf = try Shelf()
        let piece = try shelf.piece(size: 9000, .file)
        let bytes = try shelf.scratch.disk.read(piece.staged)
        try shelf.keep([piece])
        let place = Store.path(of: piece.content.fingerprint)
        try shelf.scratch.disk.remove(place)
        try shelf.scratch.disk.write(bytes.map { ~$0 }, to: place)
        try shelf.keep([piece])
        #expect(shelf.store.counts.filesCopied == 2)
        try shelf.expectBack(piece.content, bytes)
    }

    @Test("a copy lives on when what it was made of is changed in place")
    func noLink() throws {
        let shelf = try Shelf()
        let piece = try shelf.piece(size: 9000, .file)
        let bytes = try shelf.scratch.disk.read(piece.staged)
        try shelf.keep([piece])
        try shelf.scratch.write("other", piece.staged)
        try shelf.expectBack(piece.content, bytes)
        // Nor does the object change with what was made of it.
        try shelf.scratch.write("other", "back/file")
        try shelf.expectBack(piece.content, bytes)
    }

    @Test("what comes of an object that cannot be written can be")
    func readOnly() throws {
        let shelf = try Shelf()
        let piece = try shelf.piece(size: 9000, .executable)
        try shelf.keep([piece])
        try shelf.scratch.setMode(Store.path(of: piece.content.fingerprint), 0o400)
        let stamp = try #require(try shelf.restore(piece.content))
        #expect(stamp.mode & 0o700 == 0o700)
    }

    @Test("an object is not there before transaction 1 says so")
    func transaction() throws {
        let shelf = try Shelf()
        let pieces = [try shelf.piece(size: 10, .file), try shelf.piece(size: 9000, .file)]
        let copies = shelf.store.keep(pieces, .upToLimit)
        for piece in pieces {
            #expect(try !shelf.store.isStored(piece.content))
            #expect(try shelf.restore(piece.content) == nil)
        }
        #expect(copies.files.count == 1 && copies.rows.count == 1)
    }

    @Test("a large tree's small members do not lie in memory until it is published")
    func manyRows() throws {
        let shelf = try Shelf()
        let pieces = try (0 ..< 600).map { _ in try shelf.piece(size: 4096, .file) }
        let copies = shelf.store.keep(pieces, .upToLimit)
        #expect(copies.rows.reduce(0) { $0 + $1.bytes.count } <= 1 << 20)
        try shelf.commit(copies)
        for piece in pieces { #expect(try shelf.store.isStored(piece.content)) }
    }

    @Test("outputs above the limit are kept where the rule asks or a copy takes no room")
    func limit() throws {
        let shelf = try Shelf(largestCopyBytes: 10_000)
        let (under, above) = (try shelf.piece(size: 10_000, .file), try shelf.piece(size: 10_001, .file))
        try shelf.keep([under, above], .none)
        #expect(try !shelf.store.isStored(under.content) && !shelf.store.isStored(above.content))
        try shelf.keep([under, above])
        #expect(try shelf.store.isStored(under.content))
        let shares = try shelf.scratch.disk.copy(above.staged, to: "probe")
        #expect(try shelf.store.isStored(above.content) == shares)
        #expect(try shelf.scratch.disk.names(in: Store.unfinished).isEmpty)
        try shelf.keep([above], .all)
        try shelf.expectBack(above.content, shelf.scratch.disk.read(above.staged))
    }

    @Test("a file that is written to after it was hashed is not kept as what it was")
    func changed() throws {
        let shelf = try Shelf()
        let (small, large) = (try shelf.piece(size: 10, .file), try shelf.piece(size: 9000, .file))
        try shelf.scratch.write([UInt8](repeating: 7, count: 10), small.staged)
        try shelf.scratch.write([UInt8](repeating: 7, count: 9000), large.staged)
        try shelf.keep([small, large])
        #expect(try !shelf.store.isStored(small.content))
        #expect(try shelf.restore(large.content) == nil)
        #expect(try !shelf.store.isStored(large.content))
    }

    @Test("of a tree its members are asked for, and a directory in it needs no object")
    func trees() throws {
        let shelf = try Shelf()
        #expect(try shelf.store.isStored(.directory))
        #expect(try !shelf.store.isStored(Example.content(1, .tree)))
        let output = Trace.Output(
            path: "t", content: Example.content(1, .tree),
            members: [
                Trace.Member(path: "d", content: .directory), Trace.Member(path: "d/f", content: Example.content(2)),
            ])
        #expect(output.pieces == [Example.content(2)])
    }

    enum Damage: CaseIterable {
        case truncated, longer, otherBytes, missing, directory, rowDeleted, rowDamaged, rowEmptied
    }

    @Test("a damaged object is never given back, is forgotten, and can be kept again", arguments: Damage.allCases)
    func damage(_ damage: Damage) throws {
        let shelf = try Shelf()
        let isRow = [.rowDamaged, .rowEmptied].contains(damage)
        let piece = try shelf.piece(size: isRow ? 100 : 9000, .executable)
        let bytes = try shelf.scratch.disk.read(piece.staged)
        try shelf.keep([piece])
        let object = Store.path(of: piece.content.fingerprint)
        let disk = shelf.scratch.disk
        switch damage {
        case .truncated: try shelf.scratch.write([UInt8](bytes.dropLast()), object)
        case .longer: try shelf.scratch.write(bytes + [0], object)
        case .otherBytes: try shelf.scratch.write([bytes[0] ^ 1] + bytes.dropFirst(), object)
        case .missing: try disk.remove(object)
        case .directory:
            try disk.remove(object)
            try shelf.scratch.write("x", object / "below")
        case .rowDeleted: try shelf.execute("DELETE FROM object")
        case .rowDamaged: try shelf.execute("UPDATE object SET bytes = x'00' || substr(bytes, 2)")
        case .rowEmptied: try shelf.execute("UPDATE object SET bytes = x''")
        }
        if [.truncated, .longer, .missing, .directory, .rowDeleted].contains(damage) {
            #expect(try !shelf.store.isStored(piece.content))
        }
        #expect(try shelf.restore(piece.content) == nil)
        #expect(try disk.stamp("back/file", followsLink: false) == nil)
        #expect(try !shelf.store.isStored(piece.content))
        #expect(shelf.store.counts.lost == 1)
        #expect(try shelf.rowCount("object") == 0)
        #expect(try shelf.database.storeSizeBytes() == shelf.countedBytes())
        try shelf.keep([piece])
        try shelf.expectBack(piece.content, bytes)
    }

    @Test("a link whose row is damaged is not made")
    func damagedLink() throws {
        for bytes in ["x''", "x'00'", "x'612f62'"] {
            let shelf = try Shelf()
            let link = try shelf.link(to: "target")
            try shelf.keep([link])
            try shelf.execute("UPDATE object SET bytes = \(bytes)")
            #expect(try shelf.restore(link.content) == nil)
            #expect(try !shelf.store.isStored(link.content))
        }
    }
}
