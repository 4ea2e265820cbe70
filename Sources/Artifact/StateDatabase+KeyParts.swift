private import Foundation
import GRDB
package import Hashing
private import Synchronization

/// What recorded keys are made of: whole, or as a delta from a base.
extension StateDatabase {
    /// What the sixth version added. A row without a base holds parts as they are: those of earlier versions stay so.
    static let keyBaseSchema = """
        CREATE TABLE keyBase (id INTEGER PRIMARY KEY, parts BLOB NOT NULL);
        ALTER TABLE keyParts ADD COLUMN base INTEGER;
        """

    /// The parts of a recorded key.
    package func parts(of identity: Digest) throws(Failure) -> [KeyPart] { try packedParts(of: identity).parts }

    package func packedParts(of identity: Digest) throws(Failure) -> PackedKeyParts {
        try packedParts(of: [identity]).first ?? PackedKeyParts([UInt8]())
    }

    /// The same for each of some, in their order: who asks for one at a time waits for everybody else who asks.
    package func packedParts(of identities: [Digest]) throws(Failure) -> [PackedKeyParts] {
        if identities.isEmpty { return [] }
        return try look { database in
            // In one statement: between two of them another process could put another base there.
            let statement = try database.cachedStatement(
                sql: """
                    SELECT keyParts.parts, base, keyBase.parts FROM keyParts LEFT JOIN keyBase ON keyBase.id = base
                    WHERE identity = ?
                    """)
            return try identities.map { identity in
                let rows = try Row.fetchCursor(statement, arguments: [data(identity)])
                guard let row = try rows.next() else { return PackedKeyParts([UInt8]()) }
                // Copied once: a gather's are many megabytes.
                let found = bytes(row, 0)
                return row.hasNull(atIndex: 1)
                    ? PackedKeyParts(found) : PackedKeyParts(delta: found, from: bytes(row, 2))
            }
        }
    }

    // MARK: - Writing

    /// Has keys written. One at a time, since what is known of the bases is true of the transaction before; where one
    /// fails nothing is known.
    func withKeyBases<Value: Sendable>(
        _ body: (inout KeyBases?) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try keyBases.withLock { known throws(Failure) in
            var bases = known.take()
            let value = try body(&bases)
            known = bases
            return value
        }
    }

    /// Rows of keys, within transaction 1.
    struct KeyPartsWriter {
        private let database: Database
        private var row: RowWriter

        init(_ database: Database) throws {
            self.database = database
            row = try RowWriter(
                database, sql: "INSERT OR REPLACE INTO keyParts (identity, parts, base) VALUES (?, ?, ?)")
        }

        /// - Parameter bases: nil: they are read.
        mutating func write(_ parts: PackedKeyParts, of identity: Digest, _ bases: inout KeyBases?) throws {
            let delta = try delta(parts, &bases)
            row.pack { $0.digest(identity) }
            row.bytes(delta?.bytes ?? parts.bytes)
            if let delta { row.number(delta.base) } else { row.null() }
            try row.write()
        }

        private func delta(_ parts: PackedKeyParts, _ known: inout KeyBases?) throws -> (base: Int64, bytes: [UInt8])? {
            guard parts.bytes.count <= KeyBases.mostBytes, let placed = PlacedKeyParts(parts) else { return nil }
            var bases = try known.take() ?? KeyBases(read())
            defer { known = bases }
            let delta = bases.delta(placed)
            if let delta, bases.isNear(delta.bytes, placed) { return delta }
            guard let other = bases.neighbour(of: placed, insteadOf: delta?.bytes.count ?? parts.bytes.count) else {
                return delta
            }
            if !bases.isCleared {
                try database.execute(
                    sql: """
                        DELETE FROM keyBase WHERE id NOT IN (SELECT base FROM keyParts WHERE base IS NOT NULL)
                        """)
                bases.replace(try read())
                bases.isCleared = true
            }
            // Not the delta from before: its base may have gone.
            guard bases.hasRoom(for: placed) else { return bases.delta(placed) }
            var insert = try RowWriter(database, sql: "INSERT INTO keyBase (parts) VALUES (?)")
            insert.bytes(other.bytes)
            try insert.write()
            bases.add(KeyBases.Base(id: database.lastInsertedRowID, parts: other))
            return bases.delta(placed)
        }

        private func read() throws -> [KeyBases.Base] {
            let rows = try Row.fetchCursor(
                database, sql: "SELECT id, parts FROM keyBase ORDER BY id DESC LIMIT \(KeyBases.most)")
            var bases: [KeyBases.Base] = []
            while let row = try rows.next() {
                // One that cannot be read serves no other key.
                guard let id: Int64 = value(row, 0), let parts = PlacedKeyParts(PackedKeyParts(bytes(row, 1))) else {
                    continue
                }
                bases.append(KeyBases.Base(id: id, parts: parts))
            }
            return bases
        }
    }
}
