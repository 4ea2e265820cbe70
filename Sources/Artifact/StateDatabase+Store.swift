import Foundation
import GRDB
package import Hashing
private import Synchronization

extension StateDatabase {
    /// Objects by fingerprint, entries by key and discovered parts.
    ///
    /// What both take is summed up as they come and go, so that nobody has to count.
    static let storeSchema = """
        CREATE TABLE object (
            id INTEGER PRIMARY KEY, fingerprint BLOB NOT NULL UNIQUE, sizeBytes INTEGER NOT NULL,
            -- NULL: a file.
            bytes BLOB);
        CREATE TABLE entry (
            id INTEGER PRIMARY KEY, key BLOB NOT NULL, variant BLOB NOT NULL, identity BLOB NOT NULL,
            withoutInputs BLOB NOT NULL, discovered BLOB NOT NULL, outputs BLOB NOT NULL, missing BLOB, builtAt INTEGER NOT NULL, run INTEGER NOT NULL, seconds REAL NOT NULL,
            peakBytes INTEGER NOT NULL, usedRun INTEGER NOT NULL, sizeBytes INTEGER NOT NULL, UNIQUE (key, variant));
        CREATE INDEX entryOfAction ON entry (identity, withoutInputs);
        CREATE TABLE storeSize (bytes INTEGER NOT NULL);
        INSERT INTO storeSize VALUES (0);
        CREATE TRIGGER objectAdded AFTER INSERT ON object BEGIN
            UPDATE storeSize SET bytes = bytes + new.sizeBytes; END;
        CREATE TRIGGER objectRemoved AFTER DELETE ON object BEGIN
            UPDATE storeSize SET bytes = bytes - old.sizeBytes; END;
        CREATE TRIGGER entryAdded AFTER INSERT ON entry BEGIN
            UPDATE storeSize SET bytes = bytes + new.sizeBytes; END;
        CREATE TRIGGER entryRemoved AFTER DELETE ON entry BEGIN
            UPDATE storeSize SET bytes = bytes - old.sizeBytes; END;
        """

    /// What its columns of fixed length and the indices take of a row, about.
    static let rowOverheadBytes = 200
}

// MARK: - Entries

extension StateDatabase {
    /// What the store has under a key, the latest first.
    package func entries(of key: Digest) throws(Failure) -> [StoreEntry] { try entries(of: [key]).first ?? [] }

    /// The same for each of some, in their order.
    package func entries(of keys: [Digest]) throws(Failure) -> [[StoreEntry]] {
        var mayHaveAny = false
        var mayHave: [Bool] = []
        for key in keys {
            mayHave.append(try mayHaveEntries(of: key))
            if mayHave.last == true { mayHaveAny = true }
        }
        guard mayHaveAny else { return keys.map { _ in [] } }
        return try look { [mayHave] database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT discovered, outputs, missing, builtAt, run, seconds, peakBytes FROM entry
                    WHERE key = ? ORDER BY id DESC
                    """)
            return try zip(keys, mayHave).map { key, mayHave in mayHave ? try entries(of: key, statement) : [] }
        }
    }

    private func entries(of key: Digest, _ statement: Statement) throws -> [StoreEntry] {
        let rows = try Row.fetchCursor(statement, arguments: [data(key)])
        var found: [StoreEntry] = []
        while let row = try rows.next() {
            var discovered = Unpacker(bytes(row, 0))
            var outputs = Unpacker(bytes(row, 1))
            var missing = Unpacker(bytes(row, 2))
            // An entry that cannot be read is none: its action is built.
            guard let parts = try? discovered.list(of: Discovered.self),
                let made = try? outputs.list(of: Trace.Output.self), let without = try? missing.list(of: Path.self)
            else { continue }
            found.append(
                StoreEntry(
                    key: key, discovered: parts, outputs: made, missing: without,
                    builtAtNanoseconds: value(row, 3) ?? 0, run: value(row, 4) ?? 0,
                    durationSeconds: value(row, 5) ?? 0,
                    peakBytes: (value(row, 6) as Int64?).map { UInt64(clamping: $0) } ?? 0))
        }
        return found
    }

    /// - Parameter key: nil: any.
    private func mayHaveEntries(of key: Digest?) throws(Failure) -> Bool {
        switch storedKeys.withLock({ $0.ask(key) }) {
        case .absent: return false
        case .perhaps: return true
        case .read(let most):
            // Not under the lock: who writes holds the connection and may wait for it.
            if let keys = try allKeys(most: most) { storedKeys.withLock { $0.take(keys) } }
            return storedKeys.withLock { !$0.lacks(key) }
        }
    }

    /// - Returns: nil where there are more entries than that.
    private func allKeys(most: Int) throws(Failure) -> Set<Digest>? {
        try look { database in
            // In an index, without a key being looked at.
            let count = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM (SELECT 1 FROM entry LIMIT ?)", arguments: [most + 1])
            guard let count, count <= most else { return nil }
            let rows = try Row.fetchCursor(database, sql: "SELECT key FROM entry")
            var keys: Set<Digest> = []
            while let row = try rows.next() { if let key = digest(row, 0) { keys.insert(key) } }
            return keys
        }
    }

    /// Whether the store has anything of an action under a key whose parts, its inputs aside, have this digest.
    ///
    /// - Parameter withoutInputs: nil: under any key.
    package func hasEntries(of identity: Digest, withoutInputs: Digest?) throws(Failure) -> Bool {
        guard try mayHaveEntries(of: nil) else { return false }
        return try look { database in
            var sql = "SELECT 1 FROM entry WHERE identity = ?"
            var arguments = [data(identity)]
            if let withoutInputs {
                sql += " AND withoutInputs = ?"
                arguments.append(data(withoutInputs))
            }
            let statement = try database.cachedStatement(sql: sql + " LIMIT 1")
            return try Row.fetchOne(statement, arguments: StatementArguments(arguments)) != nil
        }
    }

    /// Entries, and the objects that they are of, within transaction 1.
    struct EntryWriter {
        private let database: Database
        private var objects: ObjectWriter
        private var entry: RowWriter

        init(_ database: Database) throws {
            self.database = database
            objects = try ObjectWriter(database)
            entry = try RowWriter(
                database,
                sql: """
                    INSERT INTO entry
                    (key, variant, identity, withoutInputs, discovered, outputs, missing, builtAt, run, seconds,
                     peakBytes, usedRun, sizeBytes)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
        }

        /// What a built action gave replaces what its key and discovered parts gave before.
        ///
        /// - Parameters:
        ///   - copies: nil: nothing is kept under them.
        ///   - isFirst: whether there is nothing under that key for certain.
        mutating func record(
            _ made: Trace, by identity: Digest, _ copies: StoreCopies?, isFirst: Bool, run: Int64
        ) throws {
            // In whatever order they were found.
            var packer = Packer()
            packer.list(made.discovered.sorted { $0.path < $1.path })
            let variant = XXH3.digest(packer.bytes)
            if !isFirst {
                var deletion = try RowWriter(database, sql: "DELETE FROM entry WHERE key = ? AND variant = ?")
                deletion.pack { $0.digest(made.key) }
                deletion.pack { $0.digest(variant) }
                try deletion.write()
            }
            guard let copies else { return }
            try objects.add(copies)
            var packedBytes = 0
            func count(_ packer: inout Packer, _ body: (inout Packer) -> Void) {
                let start = packer.count
                body(&packer)
                packedBytes += packer.count - start
            }
            entry.pack { $0.digest(made.key) }
            entry.pack { $0.digest(variant) }
            entry.pack { $0.digest(identity) }
            entry.pack { $0.digest(made.packedParts.digestWithoutInputs) }
            entry.pack { count(&$0) { $0.list(made.discovered) } }
            entry.pack { count(&$0) { $0.list(made.outputs) } }
            entry.pack { count(&$0) { $0.list(made.missing) } }
            entry.number(made.builtAtNanoseconds)
            entry.number(made.run)
            entry.real(made.durationSeconds)
            entry.number(Int64(clamping: made.peakBytes))
            entry.number(run)
            entry.number(Int64(packedBytes + StateDatabase.rowOverheadBytes))
            try entry.write()
        }

        /// What an action's recorded trace was, or is, taken from counts as used.
        func touch(usedBy identity: Digest, run: Int64) throws {
            var update = try RowWriter(
                database, sql: "UPDATE entry SET usedRun = ? WHERE key = (SELECT key FROM trace WHERE identity = ?)")
            update.number(run)
            update.pack { $0.digest(identity) }
            try update.write()
        }
    }
}

// MARK: - Objects

extension StateDatabase {
    /// How the store holds an object.
    enum StoredObject {
        case file
        case row([UInt8])
    }

    func object(_ fingerprint: Fingerprint) throws(Failure) -> StoredObject? {
        try look { database in
            let statement = try database.cachedStatement(sql: "SELECT bytes FROM object WHERE fingerprint = ?")
            let row = try Row.fetchOne(statement, arguments: [data(fingerprint)])
            guard let row else { return nil }
            return (value(row, 0) as Data?).map { .row([UInt8]($0)) } ?? .file
        }
    }

    /// Whether the store holds these bytes: as a row, or as a file of that size. They are hashed when they are used.
    ///
    /// - Parameter content: of a tree the members are to be asked for, each by itself (`Trace.Output.pieces`).
    package func isStored(_ content: Content, on disk: any Disk) throws -> Bool {
        if content.kind == .tree { return content == .directory }
        let isFile = try look { database in
            try Bool.fetchOne(
                try database.cachedStatement(sql: "SELECT bytes IS NULL FROM object WHERE fingerprint = ?"),
                arguments: [data(content.fingerprint)])
        }
        guard let isFile else { return false }
        return try !isFile || Store.hasFile(content.fingerprint, on: disk)
    }

    /// Before any entry says so: what a large tree's small members hold.
    func addObjects(_ copies: StoreCopies) throws(Failure) {
        try write { database in
            var objects = try ObjectWriter(database)
            try objects.add(copies)
        }
    }

    /// Objects, for one transaction.
    private struct ObjectWriter {
        private var row: RowWriter

        init(_ database: Database) throws {
            row = try RowWriter(
                database, sql: "INSERT OR IGNORE INTO object (fingerprint, sizeBytes, bytes) VALUES (?, ?, ?)")
        }

        mutating func add(_ copies: StoreCopies) throws {
            for file in copies.files {
                row.pack { pack(file, &$0) }
                row.number(Int64(clamping: file.sizeBytes))
                row.null()
                try row.write()
            }
            for copy in copies.rows {
                row.pack { pack(copy.fingerprint, &$0) }
                row.number(Int64(copy.bytes.count + StateDatabase.rowOverheadBytes))
                row.bytes(copy.bytes)
                try row.write()
            }
        }
    }

    func removeObject(_ fingerprint: Fingerprint) throws(Failure) {
        try write {
            try $0.execute(sql: "DELETE FROM object WHERE fingerprint = ?", arguments: [data(fingerprint)])
        }
    }
}

// MARK: - Size

extension StateDatabase {
    /// What the store takes, in files and in rows.
    package func storeSizeBytes() throws(Failure) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT bytes FROM storeSize") ?? 0 }
    }

    /// Whether the run before this one has not come to its end.
    func wasKilled(before run: Int64) throws(Failure) -> Bool {
        try read {
            try Bool.fetchOne(
                $0, sql: "SELECT exitCode IS NULL FROM run WHERE id < ? ORDER BY id DESC LIMIT 1", arguments: [run])
                ?? false
        }
    }

    /// All that the store holds, for somebody who makes room.
    func storeContents(orphans: Set<Digest>) throws(Failure) -> Eviction.Contents {
        try read { database in
            var contents = Eviction.Contents()
            let objects = try Row.fetchCursor(database, sql: "SELECT fingerprint, sizeBytes FROM object")
            while let row = try objects.next() {
                guard let object = fingerprint(row, 0), let size: Int64 = value(row, 1) else { continue }
                contents.objectBytes[object] = size
            }
            let entries = try Row.fetchCursor(
                database,
                sql: """
                    SELECT entry.id, outputs, usedRun, sizeBytes, key IN (SELECT key FROM trace), identity, run.now, seconds
                    FROM entry LEFT JOIN run ON run.id = usedRun
                    ORDER BY usedRun, entry.id
                    """)
            while let row = try entries.next() {
                guard let id: Int64 = value(row, 0) else { continue }
                // One that cannot be read is of no use to anybody: it holds nothing, and has never been used.
                let outputs = list(row, 1)
                contents.entries.append(
                    Eviction.Entry(
                        id: id, objects: Set((outputs ?? []).flatMap(\.pieces).map(\.fingerprint)),
                        usedRun: outputs == nil ? 0 : value(row, 2) ?? 0, usedAtNanoseconds: value(row, 6),
                        sizeBytes: value(row, 3) ?? 0, seconds: value(row, 7) ?? 0,
                        isRecorded: outputs == nil || digest(row, 5).map(orphans.contains) != false
                            ? false : value(row, 4) ?? false))
            }
            let traces = try Row.fetchCursor(database, sql: "SELECT outputs, identity FROM trace")
            while let row = try traces.next() {
                if let identity = digest(row, 1), orphans.contains(identity) { continue }
                for piece in (list(row, 0) ?? []).flatMap(\.pieces) { contents.recorded.insert(piece.fingerprint) }
            }
            return contents
        }
    }

    private func list(_ row: Row, _ index: Int) -> [Trace.Output]? {
        var unpacker = Unpacker(bytes(row, index))
        return try? unpacker.list(of: Trace.Output.self)
    }

    func remove(entries: [Int64], objects: [Fingerprint]) throws(Failure) {
        guard !entries.isEmpty || !objects.isEmpty else { return }
        try write { database in
            let entry = try database.cachedStatement(sql: "DELETE FROM entry WHERE id = ?")
            for id in entries { try entry.execute(arguments: [id]) }
            let object = try database.cachedStatement(sql: "DELETE FROM object WHERE fingerprint = ?")
            for fingerprint in objects { try object.execute(arguments: [data(fingerprint)]) }
        }
    }

    /// Everything that the store holds, in files and rows, by fingerprint.
    func storedObjects() throws(Failure) -> [Fingerprint] {
        try read { database in
            var found: [Fingerprint] = []
            let rows = try Row.fetchCursor(database, sql: "SELECT fingerprint FROM object ORDER BY fingerprint")
            while let row = try rows.next() { if let object = fingerprint(row, 0) { found.append(object) } }
            return found
        }
    }

    /// The objects that are said to be files.
    func storedFiles() throws(Failure) -> Set<Fingerprint> {
        try read { database in
            var found: Set<Fingerprint> = []
            let rows = try Row.fetchCursor(database, sql: "SELECT fingerprint FROM object WHERE bytes IS NULL")
            while let row = try rows.next() { if let object = fingerprint(row, 0) { found.insert(object) } }
            return found
        }
    }
}

private func data(_ fingerprint: Fingerprint) -> Data { packed { pack(fingerprint, &$0) } }

private func pack(_ fingerprint: Fingerprint, _ packer: inout Packer) {
    packer.digest(fingerprint.digest)
    packer.fixed(fingerprint.sizeBytes)
}

private func fingerprint(_ row: Row, _ index: Int) -> Fingerprint? {
    var unpacker = Unpacker(bytes(row, index))
    guard let digest = try? unpacker.digest(), let size = try? unpacker.fixed() else { return nil }
    return Fingerprint(digest: digest, sizeBytes: size)
}
