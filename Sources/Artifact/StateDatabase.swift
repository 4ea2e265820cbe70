private import Foundation
import GRDB
package import Hashing

/// What is remembered between runs: censuses, traces, open publications, runs, answers.
///
/// One connection writes; a view opens it for reading only. Each call is one short transaction.
package final class StateDatabase: Sendable {
    private let queue: DatabaseQueue
    /// Changes with every boot of the machine; what another boot has left unsynced is read again before it is believed.
    private let boot: String

    /// The number in the file: another one is never guessed at.
    package static let schemaVersion = 3

    package enum Failure: Error, Hashable, Sendable {
        /// A file that a later dbuild has written.
        case newerSchema(found: Int, known: Int)
        /// A view of a file that an earlier dbuild has written: the next build takes it over.
        case olderSchema(found: Int, known: Int)
        case damaged(String)
        /// No room left, or an error of the device.
        case noRoom
        /// Even reading it needs to write beside it.
        case notWritable
        case failed(String)
    }

    /// Opens the database, and makes it where there is none.
    ///
    /// - Parameter path: absolute.
    /// - Returns: nil where it is opened for reading and there is none.
    package init?(path: String, readOnly: Bool, boot: String) throws(Failure) {
        if readOnly, !FileManager.default.fileExists(atPath: path) { return nil }
        self.boot = boot
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(10)
        if !readOnly { configuration.journalMode = .wal }
        configuration.prepareDatabase { database in
            // A commit survives the process, not the machine: rows of another boot are verified.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
        }
        do {
            let found = try Self.schemaVersion(of: path)
            guard found <= Self.schemaVersion else {
                throw Failure.newerSchema(found: found, known: Self.schemaVersion)
            }
            if found == 0, readOnly { return nil }
            if found < Self.schemaVersion, readOnly {
                throw Failure.olderSchema(found: found, known: Self.schemaVersion)
            }
            queue = try DatabaseQueue(path: path, configuration: configuration)
            if found == 0 {
                try queue.write { try $0.execute(sql: Self.schema) }
            } else if found < Self.schemaVersion, !readOnly {
                // What earlier releases have recorded took hours to make: it is taken over, not made again.
                try queue.write { try $0.execute(sql: Self.migration(from: found)) }
            }
        } catch { throw Self.failure(error) }
    }

    /// Folds what was written into the one file, and leaves none beside it.
    ///
    /// Where it cannot be done, or the process is killed before, whoever opens it next does it.
    package func close() { _ = Result { try queue.close() } }

    /// The number in a file; 0 where there is none.
    ///
    /// Read by a connection of its own, since one that can write changes the file as it is opened.
    private static func schemaVersion(of path: String) throws -> Int {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(10)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        return try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 }
    }

    private static let schema = """
        CREATE TABLE census (
            directory BLOB NOT NULL, name BLOB NOT NULL, content BLOB NOT NULL, stamp BLOB NOT NULL,
            members BLOB, boot TEXT NOT NULL, PRIMARY KEY (directory, name)) WITHOUT ROWID;
        CREATE TABLE trace (
            identity BLOB PRIMARY KEY, rule BLOB NOT NULL, key BLOB NOT NULL, outputs BLOB NOT NULL,
            missing BLOB, builtAt INTEGER NOT NULL, run INTEGER NOT NULL, seconds REAL NOT NULL,
            peakBytes INTEGER NOT NULL, discovered BLOB, isAdopted INTEGER NOT NULL DEFAULT 0,
            startedAt INTEGER NOT NULL DEFAULT 0, inputBytes INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
        -- Apart from the traces: a null build reads all of those, and none of these.
        CREATE TABLE keyParts (identity BLOB PRIMARY KEY, parts BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE failure (identity BLOB PRIMARY KEY, run INTEGER NOT NULL, record BLOB) WITHOUT ROWID;
        CREATE TABLE publishing (id INTEGER PRIMARY KEY, identity BLOB NOT NULL, publication BLOB NOT NULL);
        CREATE TABLE answer (
            path BLOB NOT NULL, field BLOB NOT NULL, content BLOB NOT NULL, answer BLOB NOT NULL,
            PRIMARY KEY (path, field)) WITHOUT ROWID;
        CREATE TABLE run (
            id INTEGER PRIMARY KEY, now INTEGER NOT NULL, parameters BLOB NOT NULL, targets BLOB NOT NULL,
            exitCode INTEGER);
        \(version2)
        PRAGMA user_version = \(schemaVersion);
        """

    /// What the second version added.
    private static let version2 = """
        CREATE TABLE rowCount (content BLOB PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE code (digest BLOB PRIMARY KEY, atoms BLOB NOT NULL, run INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE broken (identity BLOB PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE staleSince (identity BLOB PRIMARY KEY, now INTEGER NOT NULL) WITHOUT ROWID;
        \(storeSchema)
        """

    private static func migration(from version: Int) -> String {
        let from1 = """
            ALTER TABLE trace ADD COLUMN discovered BLOB;
            ALTER TABLE trace ADD COLUMN isAdopted INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE trace ADD COLUMN startedAt INTEGER NOT NULL DEFAULT 0;
            \(version2)
            """
        let from2 = """
            ALTER TABLE trace ADD COLUMN inputBytes INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE failure ADD COLUMN record BLOB;
            """
        return """
            \(version < 2 ? from1 : "")
            \(from2)
            PRAGMA user_version = \(schemaVersion);
            """
    }

    private static func failure(_ error: any Error) -> Failure {
        if let failure = error as? Failure { return failure }
        if let error = error as? DatabaseError, [.SQLITE_CORRUPT, .SQLITE_NOTADB].contains(error.resultCode) {
            return .damaged("\(error.message ?? "SQLite \(error.resultCode)")")
        }
        switch (error as? DatabaseError)?.resultCode {
        case .SQLITE_FULL?, .SQLITE_IOERR?: return .noRoom
        case .SQLITE_READONLY?, .SQLITE_CANTOPEN?, .SQLITE_PERM?: return .notWritable
        default: return .failed("\((error as? DatabaseError)?.message ?? "\(error)")")
        }
    }

    func read<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        do { return try queue.read(body) } catch { throw Self.failure(error) }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        do { return try queue.write(body) } catch { throw Self.failure(error) }
    }
}

// MARK: - Censuses

extension StateDatabase {
    /// Every census, by directory and name in byte order.
    ///
    /// What another boot wrote comes with a stamp that nothing has, so that the content is read again.
    ///
    /// - Parameter outsideWorkspace: only tools and libraries, which have absolute paths; else only artifacts.
    package func forEachCensus(
        outsideWorkspace: Bool = false, _ body: (Path, Census) -> Void
    ) throws(Failure) {
        // Absolute directories begin with a slash, which comes before `0`.
        let absolute = "directory >= x'2f' AND directory < x'30'"
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT directory, name, content, stamp, members, boot FROM census
                    WHERE \(outsideWorkspace ? absolute : "NOT (\(absolute))") ORDER BY 1, 2
                    """)
            while let row = try rows.next() {
                let path = Path(bytes(row, 0)) / Path(bytes(row, 1))
                var content = Unpacker(bytes(row, 2))
                var stamp = Unpacker(bytes(row, 3))
                var members = Unpacker(bytes(row, 4))
                // A row that cannot be read is one that nobody has: its file is read again.
                guard let known = try? Content(from: &content), let seen = try? Stamp(from: &stamp) else { continue }
                var census = Census(content: known, stamp: seen)
                if known.kind == .tree {
                    guard let list = try? members.list(of: Census.Member.self) else { continue }
                    census.members = list
                }
                if value(row, 5) != boot {
                    census.stamp = Stamp()
                    for index in census.members.indices { census.members[index].stamp = Stamp() }
                }
                body(path, census)
            }
        }
    }

    package func record(_ found: [(path: Path, census: Census?)]) throws(Failure) {
        guard !found.isEmpty else { return }
        try write { try record(found, $0) }
    }

    private func record(_ found: [(path: Path, census: Census?)], _ database: Database) throws {
        let insert = try database.cachedStatement(
            sql:
                "INSERT OR REPLACE INTO census (directory, name, content, stamp, members, boot) VALUES (?, ?, ?, ?, ?, ?)"
        )
        let delete = try database.cachedStatement(sql: "DELETE FROM census WHERE directory = ? AND name = ?")
        for (path, census) in found {
            let place = [Data(path.directory.bytes), Data(path.leaf)]
            guard let census else {
                try delete.execute(arguments: [place[0], place[1]])
                continue
            }
            let members = census.content.kind == .tree ? packed { $0.list(census.members) } : nil
            try insert.execute(arguments: [
                place[0], place[1], packed { census.content.pack(into: &$0) }, packed { census.stamp.pack(into: &$0) },
                members, boot,
            ])
        }
    }
}

// MARK: - Traces

extension StateDatabase {
    /// What a null build needs of a trace.
    package struct TraceHead: Sendable {
        package let identity: Digest
        package let rule: [UInt8]
        package let key: Digest
        package let outputs: [Trace.Output]
        package let missing: [Path]
        package let durationSeconds: Double
        package let builtAtNanoseconds: Int64
        package let run: Int64
        package let discovered: [Discovered]
        package let isAdopted: Bool
        package let peakBytes: UInt64
        package let inputBytes: UInt64
    }

    package func forEachTrace(_ body: (TraceHead) -> Void) throws(Failure) {
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT identity, rule, key, outputs, missing, seconds, builtAt, run, discovered, isAdopted,
                           peakBytes, inputBytes
                    FROM trace
                    """)
            while let row = try rows.next() {
                var outputs = Unpacker(bytes(row, 3))
                var missing = Unpacker(bytes(row, 4))
                // A trace that cannot be read is none: its action is built again.
                let packedDiscovered = bytes(row, 8)
                var discovered = Unpacker(packedDiscovered.isEmpty ? [0] : packedDiscovered)
                guard let identity = digest(row, 0), let key = digest(row, 2),
                    let list = try? outputs.list(of: Trace.Output.self),
                    let found = try? discovered.list(of: Discovered.self)
                else { continue }
                body(
                    TraceHead(
                        identity: identity, rule: bytes(row, 1), key: key, outputs: list,
                        missing: (try? missing.list(of: Path.self)) ?? [], durationSeconds: value(row, 5) ?? 0,
                        builtAtNanoseconds: value(row, 6) ?? 0, run: value(row, 7) ?? 0, discovered: found,
                        isAdopted: value(row, 9) ?? false, peakBytes: bytesCount(row, 10),
                        inputBytes: bytesCount(row, 11)))
            }
        }
    }

    /// The recorded trace of an action, with all that is known of its last build.
    package func trace(of identity: Digest) throws(Failure) -> Trace? {
        let parts = try parts(of: identity)
        return try read { database in
            guard
                let row = try Row.fetchOne(
                    database,
                    sql: """
                        SELECT key, outputs, missing, builtAt, run, seconds, peakBytes, discovered, isAdopted, startedAt,
                               inputBytes
                        FROM trace WHERE identity = ?
                        """, arguments: [data(identity)])
            else { return nil }
            func list<Element: Packable>(_ index: Int, of type: Element.Type) -> [Element]? {
                let packed = bytes(row, index)
                var unpacker = Unpacker(packed.isEmpty ? [0] : packed)
                return try? unpacker.list(of: type)
            }
            guard let key = digest(row, 0), let outputs = list(1, of: Trace.Output.self) else { return nil }
            return Trace(
                key: key, parts: parts, outputs: outputs, missing: list(2, of: Path.self) ?? [],
                discovered: list(7, of: Discovered.self) ?? [], isAdopted: value(row, 8) ?? false,
                builtAtNanoseconds: value(row, 3) ?? 0, startedAtNanoseconds: value(row, 9) ?? 0,
                run: value(row, 4) ?? 0, durationSeconds: value(row, 5) ?? 0,
                peakBytes: bytesCount(row, 6), inputBytes: bytesCount(row, 10))
        }
    }

    /// The parts of a recorded key.
    package func parts(of identity: Digest) throws(Failure) -> [KeyPart] {
        let found = try read { database in
            try Data.fetchOne(
                database, sql: "SELECT parts FROM keyParts WHERE identity = ?", arguments: [data(identity)])
        }
        var unpacker = Unpacker(found.map { [UInt8]($0) } ?? [])
        // Parts that cannot be read differ from all others, so the action is built again.
        return (try? unpacker.list(of: KeyPart.self)) ?? []
    }

    /// Forgets traces: their actions count as never built.
    package func removeTraces(_ identities: [Digest]) throws(Failure) {
        try write { database in
            for identity in identities {
                try removeTrace(identity, database)
            }
        }
    }

    private func removeTrace(_ identity: Digest, _ database: Database) throws {
        for table in ["trace", "keyParts"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE identity = ?", arguments: [data(identity)])
        }
    }

    package func recordFailure(_ identity: Digest, _ record: FailureRecord) throws(Failure) {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO failure (identity, run, record) VALUES (?, ?, ?)",
                arguments: [data(identity), record.run, packed { record.pack(into: &$0) }])
        }
    }

    /// Forgets how actions failed.
    package func removeFailures(_ identities: [Digest]) throws(Failure) {
        guard !identities.isEmpty else { return }
        try write { database in
            for identity in identities {
                try database.execute(sql: "DELETE FROM failure WHERE identity = ?", arguments: [data(identity)])
            }
        }
    }

    /// The run in which an action failed last, of those that have not been built since.
    package func failures() throws(Failure) -> [Digest: Int64] {
        try read { database in
            var found: [Digest: Int64] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT identity, run FROM failure")
            while let row = try rows.next() { if let identity = digest(row, 0) { found[identity] = value(row, 1) } }
            return found
        }
    }
}

extension StateDatabase {
    /// What a null build needs of a failure.
    package struct FailureHead: Sendable {
        package let identity: Digest
        package let run: Int64
        /// How much memory it held when that was too much; 0 where it failed otherwise.
        package let lackedAtBytes: UInt64
    }

    /// Those that have not been built since.
    package func failureHeads() throws(Failure) -> [FailureHead] {
        try read { database in
            var found: [FailureHead] = []
            let rows = try Row.fetchCursor(database, sql: "SELECT identity, run, record FROM failure")
            while let row = try rows.next() {
                guard let identity = digest(row, 0) else { continue }
                var unpacker = Unpacker(bytes(row, 2))
                // Of what an earlier release has recorded only the run is known.
                let record = try? FailureRecord(from: &unpacker)
                found.append(
                    FailureHead(
                        identity: identity, run: value(row, 1) ?? 0,
                        lackedAtBytes: record.map { $0.category == .outOfMemory ? $0.peakBytes : 0 } ?? 0))
            }
            return found
        }
    }

    /// How actions failed last that have not been built since, by the action's identity; nothing of those that an
    /// earlier release has recorded by their run alone.
    package func failureRecords() throws(Failure) -> [Digest: FailureRecord] {
        try read { database in
            var found: [Digest: FailureRecord] = [:]
            let rows = try Row.fetchCursor(
                database, sql: "SELECT identity, record FROM failure WHERE record IS NOT NULL")
            while let row = try rows.next() {
                var unpacker = Unpacker(bytes(row, 1))
                guard let identity = digest(row, 0), let record = try? FailureRecord(from: &unpacker) else { continue }
                found[identity] = record
            }
            return found
        }
    }
}

// MARK: - Staleness

extension StateDatabase {
    /// Since when actions have not been current: the instant of the first run that found them so.
    package func staleSince() throws(Failure) -> [Digest: Int64] {
        try read { database in
            var found: [Digest: Int64] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT identity, now FROM staleSince")
            while let row = try rows.next() { if let identity = digest(row, 0) { found[identity] = value(row, 1) } }
            return found
        }
    }

    /// Actions whose outputs a crash left as a mix that nobody could complete.
    package func broken() throws(Failure) -> [Digest] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT identity FROM broken").compactMap { digest($0, 0) }
        }
    }

    /// - Parameters:
    ///   - stale: actions that this run found not current; of those known as such the instant stays.
    ///   - current: actions that it found current.
    package func recordStale(
        _ stale: [Digest], current: [Digest], nowNanoseconds: Int64
    ) throws(Failure) {
        guard !stale.isEmpty || !current.isEmpty else { return }
        try write { database in
            let insert = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO staleSince (identity, now) VALUES (?, ?)")
            for identity in stale { try insert.execute(arguments: [data(identity), nowNanoseconds]) }
            let delete = try database.cachedStatement(sql: "DELETE FROM staleSince WHERE identity = ?")
            for identity in current { try delete.execute(arguments: [data(identity)]) }
        }
    }
}

// MARK: - Publishing

extension StateDatabase {
    package struct OpenPublication: Sendable {
        package let id: Int64
        package let identity: Digest
        package let publication: Publication
    }

    /// Transaction 1: the trace, the store entry whose objects are complete, and the row that lists every change of the
    /// set.
    ///
    /// - Returns: the rows' numbers, in the same order.
    package func open(_ publications: [Publication]) throws(Failure) -> [Int64] {
        try write { database in
            let trace = try database.cachedStatement(
                sql: """
                    INSERT OR REPLACE INTO trace
                    (identity, rule, key, outputs, missing, builtAt, run, seconds, peakBytes, discovered, isAdopted,
                     startedAt, inputBytes)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            let parts = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO keyParts (identity, parts) VALUES (?, ?)")
            let row = try database.cachedStatement(
                sql: "INSERT INTO publishing (identity, publication) VALUES (?, ?)")
            let failure = try database.cachedStatement(sql: "DELETE FROM failure WHERE identity = ?")
            let broken = try database.cachedStatement(sql: "DELETE FROM broken WHERE identity = ?")
            let stale = try database.cachedStatement(sql: "DELETE FROM staleSince WHERE identity = ?")
            return try publications.map { publication in
                let made = publication.trace
                let identity = data(publication.identity)
                // Whatever its trace leaves behind was in use until now.
                try touchEntries(of: publication.identity, run: publication.run, database)
                if !publication.isPutBack {
                    try trace.execute(arguments: [
                        identity, Data(publication.rule), data(made.key), packed { $0.list(made.outputs) },
                        made.missing.isEmpty ? nil : packed { $0.list(made.missing) },
                        made.builtAtNanoseconds, made.run, made.durationSeconds, Int64(clamping: made.peakBytes),
                        made.discovered.isEmpty ? nil : packed { $0.list(made.discovered) }, made.isAdopted,
                        made.startedAtNanoseconds, Int64(clamping: made.inputBytes),
                    ])
                    try parts.execute(arguments: [identity, packed { $0.list(made.parts) }])
                    try failure.execute(arguments: [identity])
                    try stale.execute(arguments: [identity])
                    try broken.execute(arguments: [identity])
                }
                switch publication.record {
                case .built(let copies):
                    try recordEntry(of: made, by: publication.identity, copies, run: publication.run, database)
                case .restored: try touchEntries(of: publication.identity, run: publication.run, database)
                case .putBack: break
                }
                try row.execute(arguments: [identity, packed { publication.packChanges(into: &$0) }])
                return database.lastInsertedRowID
            }
        }
    }

    /// Transaction 2: the stamps, and the row is gone.
    package func close(_ rows: [(id: Int64, census: [(path: Path, census: Census?)])]) throws(Failure) {
        try write { database in
            let delete = try database.cachedStatement(sql: "DELETE FROM publishing WHERE id = ?")
            for row in rows {
                try record(row.census, database)
                try delete.execute(arguments: [row.id])
            }
        }
    }

    /// A set that cannot be completed is broken: it counts as never built. What was only to be put back is missing as
    /// before.
    package func abandon(_ publication: OpenPublication) throws(Failure) {
        try write { database in
            if !publication.publication.isPutBack {
                try removeTrace(publication.identity, database)
                try database.execute(
                    sql: "INSERT OR IGNORE INTO broken (identity) VALUES (?)",
                    arguments: [data(publication.identity)])
            }
            try database.execute(sql: "DELETE FROM publishing WHERE id = ?", arguments: [publication.id])
        }
    }

    package func openPublications() throws(Failure) -> [OpenPublication] {
        try read { database in
            try Row.fetchAll(database, sql: "SELECT id, identity, publication FROM publishing ORDER BY id").compactMap {
                row in
                var unpacker = Unpacker(bytes(row, 2))
                guard let id: Int64 = value(row, 0), let identity = digest(row, 1),
                    let publication = try? Publication(identity: identity, changesFrom: &unpacker)
                else { throw Failure.damaged("a row of `publishing`") }
                return OpenPublication(id: id, identity: identity, publication: publication)
            }
        }
    }
}

// MARK: - Runs and answers

extension StateDatabase {
    package struct Run: Sendable {
        package let id: Int64
        package let nowNanoseconds: Int64
        /// `name=value`, as they were set for that run.
        package let parameters: [[UInt8]]
        package let targets: [[UInt8]]
        /// Nil while it runs, or where it was killed.
        package let exitCode: Int64?
    }

    /// - Parameter least: the lowest number that the run may have: others are taken although no row says so.
    /// - Returns: the run's number.
    package func beginRun(
        atLeast least: Int64, nowNanoseconds: Int64, parameters: [[UInt8]], targets: [[UInt8]]
    ) throws(Failure) -> Int64 {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO run (id, now, parameters, targets)
                    VALUES (max(?, (SELECT coalesce(max(id), 0) + 1 FROM run)), ?, ?, ?)
                    """,
                arguments: [least, nowNanoseconds, packed { pack(parameters, &$0) }, packed { pack(targets, &$0) }])
            return database.lastInsertedRowID
        }
    }

    package func endRun(_ id: Int64, exitCode: Int32) throws(Failure) {
        try write { try $0.execute(sql: "UPDATE run SET exitCode = ? WHERE id = ?", arguments: [exitCode, id]) }
    }

    package func lastRun() throws(Failure) -> Run? {
        try read { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT id, now, parameters, targets, exitCode FROM run ORDER BY id DESC LIMIT 1")
            else { return nil }
            func list(_ index: Int) -> [[UInt8]] {
                var unpacker = Unpacker(bytes(row, index))
                return (try? unpacker.list { unpacker throws(UnpackError) in try unpacker.string() }) ?? []
            }
            guard let id: Int64 = value(row, 0), let now: Int64 = value(row, 1) else {
                throw Failure.damaged("a row of `run`")
            }
            return Run(
                id: id, nowNanoseconds: now, parameters: list(2), targets: list(3), exitCode: value(row, 4))
        }
    }

    /// How many rows a table with this content has, where a build has counted them.
    package func rowCount(of content: Content) throws(Failure) -> Int? {
        try read { database in
            try Int.fetchOne(
                database, sql: "SELECT count FROM rowCount WHERE content = ?",
                arguments: [packed { content.pack(into: &$0) }])
        }
    }

    package func recordRowCounts(_ counts: [Content: Int]) throws(Failure) {
        guard !counts.isEmpty else { return }
        try write { database in
            let insert = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO rowCount (content, count) VALUES (?, ?)")
            for (content, count) in counts {
                try insert.execute(arguments: [packed { content.pack(into: &$0) }, count])
            }
        }
    }

    /// What a column held the last time that it was read while planning, and of which content.
    package func answer(_ path: Path, _ column: [UInt8]) throws(Failure) -> (content: Content, values: [[UInt8]])? {
        let row = try read { database in
            try Row.fetchOne(
                database, sql: "SELECT content, answer FROM answer WHERE path = ? AND field = ?",
                arguments: [Data(path.bytes), Data(column)])
        }
        guard let row else { return nil }
        var content = Unpacker(bytes(row, 0))
        var values = Unpacker(bytes(row, 1))
        // An answer that cannot be read is asked for again.
        guard let known = try? Content(from: &content),
            let list = try? values.list({ unpacker throws(UnpackError) in try unpacker.string() })
        else { return nil }
        return (known, list)
    }

    package func recordAnswer(_ path: Path, _ column: [UInt8], of content: Content, _ values: [[UInt8]]) throws(Failure)
    {
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO answer (path, field, content, answer) VALUES (?, ?, ?, ?)",
                arguments: [
                    Data(path.bytes), Data(column), packed { content.pack(into: &$0) }, packed { pack(values, &$0) },
                ])
        }
    }
}
