import Foundation
import GRDB
import TestSupport
import Testing

@testable import Artifact

/// What recorded keys are made of is kept once where it is the same.
@Suite struct StateDatabaseKeyPartsTests {
    private func open(_ scratch: Scratch) throws -> StateDatabase {
        try #require(try StateDatabase(path: scratch.root + "/state.db", readOnly: false, boot: "one"))
    }

    private func publish(_ publications: [Publication], _ database: StateDatabase) throws {
        try database.close(try database.open(publications).map { ($0, []) })
    }

    private func count(_ table: String, _ database: StateDatabase) throws -> Int {
        try database.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") ?? 0 }
    }

    private func parts(_ publication: Publication) throws -> PackedKeyParts {
        try #require(publication.trace).packedParts
    }

    private func expectParts(
        _ publications: [Publication], _ database: StateDatabase, _ location: SourceLocation = #_sourceLocation
    ) throws {
        let found = try database.packedParts(of: publications.map(\.identity))
        #expect(try found == publications.map(parts), sourceLocation: location)
    }

    @Test func `keys of one recipe are written against one base, which is written once`() throws {
        let scratch = try Scratch()
        let sent = (100 ..< 140).map { Example.alike($0) }
        do {
            let database = try open(scratch)
            let before = try database.changeCount()
            try publish(Array(sent[..<20]), database)
            // A trace, parts and a set's row each, which goes again; and the base.
            #expect(try database.changeCount() - before == 20 * 4 + 1)
            #expect(try count("keyBase", database) == 1)
        }
        let database = try open(scratch)
        let before = try database.changeCount()
        try publish(Array(sent[20...]), database)
        #expect(try database.changeCount() - before == 20 * 4)
        #expect(try count("keyBase", database) == 1)
        try expectParts(sent, database)
        let bytes = try database.read { try Int.fetchOne($0, sql: "SELECT sum(length(parts)) FROM keyParts") }
        #expect(try (bytes ?? .max) * 3 < sent.map { try parts($0).bytes.count }.reduce(0, +))
        let view = try #require(try StateDatabase(path: scratch.root + "/state.db", readOnly: true, boot: "one"))
        try expectParts(sent, view)
    }

    @Test func `what is like nothing else is written whole`() throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        // One of each recipe; one that is large; and those that share no more than their beginnings.
        var sent = (1 ..< 9).map { Example.alike($0, of: "Recipe \($0)") }
        sent += (9 ..< 12).map { seed in
            var random = SplitMix(state: UInt64(seed))
            let noise = (0 ..< (seed == 9 ? KeyBases.mostBytes : 500)).map { _ in
                UInt8.random(in: 0 ... 255, using: &random)
            }
            return Example.publication(
                seed, of: [KeyPart(.recipe, [], Array("Noise".utf8)), KeyPart(.parameter, [], noise)])
        }
        try publish(sent, database)
        #expect(try count("keyBase", database) == 0)
        try expectParts(sent, database)
    }

    @Test func `where the base of a key is gone the key has no parts, and the others have theirs`() throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        let sent = (1 ..< 4).map { Example.alike($0) } + (4 ..< 7).map { Example.alike($0, of: "Test") }
        try publish(sent, database)
        try database.write { try $0.execute(sql: "DELETE FROM keyBase WHERE id = 1") }
        // The first one is whole: nobody knew then that others are like it.
        let found = try database.packedParts(of: sent.map(\.identity))
        #expect(found.map(\.bytes.isEmpty) == [false, true, true, false, false, false])
        #expect(try database.trace(of: sent[1].identity)?.parts == [])
        database.close()
        // Built again they are written against another one.
        let again = try open(scratch)
        try publish(sent, again)
        try expectParts(sent, again)
    }

    @Test func `bases that no key needs go when another one comes`() throws {
        let scratch = try Scratch()
        let (old, new) = ((1 ..< 9).map { Example.alike($0) }, (1 ..< 9).map { Example.alike($0, of: "Test") })
        try publish(old, try open(scratch))
        do {
            // Not while one key is written against it.
            let database = try open(scratch)
            try publish(Array(new[..<7]), database)
            #expect(try count("keyBase", database) == 2)
            try expectParts(Array(new[..<7]) + [old[7]], database)
            try publish([new[7]], database)
        }
        #expect(try count("keyBase", try open(scratch)) == 2)
        let database = try open(scratch)
        let others = (11 ..< 15).map { Example.alike($0, of: "Other") }
        try publish(others, database)
        #expect(try count("keyBase", database) == 2)
        try expectParts(new + others, database)
        // This connection knows that it is gone.
        try publish(old, database)
        try expectParts(old + others, database)
    }

    @Test func `there are never more bases than are kept in mind`() throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        let sent = (0 ..< 2 * (KeyBases.most + 5)).map { Example.alike($0, of: "Recipe \($0 / 2)") }
        try publish(sent, database)
        #expect(try count("keyBase", database) == KeyBases.most)
        try expectParts(sent, database)
    }

    /// Keys of one recipe in families: each has some bytes of its own.
    private func families(_ count: Int, of size: Int) -> [Publication] {
        (0 ..< count).flatMap { family in
            var random = SplitMix(state: UInt64(family))
            let own = (0 ..< 300).map { _ in UInt8.random(in: 0 ... 255, using: &random) }
            return (0 ..< size).map { member in
                Example.publication(
                    family * size + member,
                    of: [
                        KeyPart(.recipe, [], Array("Train".utf8)), KeyPart(.parameter, [1], own),
                        KeyPart(.seed, [], [UInt8(family), UInt8(member)]),
                        KeyPart(.environment, [1], Array(repeating: 7, count: 300)),
                    ])
            }
        }
    }

    @Test func `a key is written against the nearest base, and of a recipe there are not many`() throws {
        for count in [2, 5, KeyBases.mostOfRecipe + 3] {
            let scratch = try Scratch()
            let database = try open(scratch)
            let sent = families(count, of: 4)
            try publish(sent, database)
            #expect(try self.count("keyBase", database) == min(count, KeyBases.mostOfRecipe))
            try expectParts(sent, database)
            try publish(sent.reversed(), try open(scratch))
            try expectParts(sent, database)
            guard count <= KeyBases.mostOfRecipe else { continue }
            let longest = try database.read { try Int.fetchOne($0, sql: "SELECT max(length(parts)) FROM keyParts") }
            #expect(longest ?? .max < 30)
        }
    }

    @Test func `a base whose transaction has failed is no base`() throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        let sent = (1 ..< 6).map { Example.alike($0) }
        try database.write {
            try $0.execute(
                sql: """
                    CREATE TEMP TRIGGER full BEFORE INSERT ON main.publishing BEGIN SELECT RAISE(ABORT, 'full'); END
                    """)
        }
        #expect(throws: StateDatabase.Failure.self) { try database.open(sent) }
        try database.write { try $0.execute(sql: "DROP TRIGGER temp.full") }
        #expect(try count("keyBase", database) == 0)
        try publish(sent, database)
        #expect(try count("keyBase", database) == 1)
        try expectParts(sent, database)
    }

    @Test func `what the version before has recorded stays as it is and reads the same`() throws {
        let scratch = try Scratch()
        let path = scratch.root + "/state.db"
        let (old, new) = ((1 ..< 9).map { Example.alike($0) }, (5 ..< 13).map { Example.alike($0) })
        do {
            let database = try open(scratch)
            try publish(old, database)
            database.close()
            // As it wrote them: each whole.
            let queue = try DatabaseQueue(path: path)
            try queue.write { connection in
                for publication in old {
                    try connection.execute(
                        sql: "UPDATE keyParts SET parts = ? WHERE identity = ?",
                        arguments: [Data(try parts(publication).bytes), data(publication.identity)])
                }
                try connection.execute(
                    sql: "DROP TABLE keyBase; ALTER TABLE keyParts DROP COLUMN base; PRAGMA user_version = 5")
            }
            try queue.close()
        }
        let database = try open(scratch)
        try expectParts(old, database)
        #expect(try count("keyBase", database) == 0)
        try publish(new, database)
        try expectParts(Array(old[..<4]) + new, database)
        #expect(try count("keyBase", database) == 1)
    }
}
