private import CSQLite
private import Foundation
import GRDB
import Synchronization

/// What is remembered between runs: censuses, traces, open publications, runs, answers.
///
/// One connection writes; a view opens it for reading only. Each call is one short transaction.
package final class StateDatabase: Sendable {
    private let queue: DatabaseQueue
    /// How others are connected to it that only read; nil where this can write.
    private let reading: (path: String, configuration: Configuration)?
    /// For a second thread that asks at the same time, while all is as of one moment.
    private let second = Mutex<SecondConnection?>(nil)
    /// Changes with every boot of the machine; what another boot has left unsynced is read again before it is believed.
    let boot: String
    let journal = Mutex(StateJournal())
    let storedKeys = Mutex(StoredKeys())
    /// Nil: to be read. Locked for as long as keys are written.
    let keyBases = Mutex<KeyBases?>(nil)
    private let countsOfCalls = Mutex(CallCounts())

    /// How often it was asked, for the tests of what a run of many actions costs.
    package struct CallCounts: Hashable, Sendable {
        package var transactions = 0
        /// Statements that were only read, outside of a transaction.
        package var looks = 0
    }

    package var callCounts: CallCounts { countsOfCalls.withLock { $0 } }

    /// The number in the file: another one is never guessed at.
    package static let schemaVersion = 6

    /// At most so much of the file is kept in memory.
    private static let cacheKibibytes = 32 << 10
    /// What was written is folded into the file after so many pages of 4 KiB, and when it is closed. The disk is waited
    /// for then, and a run of small actions writes the same pages again and again: seldom is cheaper.
    private static let foldingPages = 8 << 10
    /// How long another process may keep it from something.
    private static let busySeconds = 10

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
        Self.configure
        if readOnly, !FileManager.default.fileExists(atPath: path) { return nil }
        self.boot = boot
        var configuration = Configuration()
        configuration.readonly = readOnly
        // `asOfOneMoment`: a transaction that lasts from one call to another.
        configuration.allowsUnsafeTransactions = readOnly
        configuration.busyMode = .timeout(TimeInterval(Self.busySeconds))
        if !readOnly { configuration.journalMode = .wal }
        configuration.prepareDatabase { database in
            // A commit survives the process, not the machine: rows of another boot are verified.
            try database.execute(sql: "PRAGMA synchronous = NORMAL")
            // Rows lie by digests, so a run of many small actions comes back to all pages.
            try database.execute(sql: "PRAGMA cache_size = -\(Self.cacheKibibytes)")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = \(Self.foldingPages)")
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
            reading = readOnly ? (path, configuration) : nil
        } catch { throw Self.failure(error) }
    }

    /// Once in a process. Where SQLite is in use already all goes as well, only slower.
    private static let configure: Void = { _ = sqlite_without_memory_statistics() }()

    /// Folds what was written into the one file, and leaves none beside it.
    ///
    /// Where it cannot be done, or the process is killed before, whoever opens it next does it.
    package func close() { _ = Result { try queue.close() } }

    /// Folds what was written so far: then `close` has little to do. For when something else is waited for anyway.
    ///
    /// What readers still look at stays, and they are not waited for.
    package func fold() {
        _ = Result {
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA busy_timeout = 0")
                defer { _ = Result { try database.execute(sql: "PRAGMA busy_timeout = \(Self.busySeconds * 1000)") } }
                _ = try database.checkpoint(.truncate)
            }
        }
    }

    /// The number in a file; 0 where there is none.
    ///
    /// Read by a connection of its own, since one that can write changes the file as it is opened.
    private static func schemaVersion(of path: String) throws -> Int {
        guard FileManager.default.fileExists(atPath: path) else { return 0 }
        var configuration = Configuration()
        configuration.readonly = true
        configuration.busyMode = .timeout(TimeInterval(Self.busySeconds))
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
        \(waySchema)
        \(unstableSchema)
        \(sha256Schema)
        \(keyBaseSchema)
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
            \(version < 3 ? from2 : "")
            \(version < 4 ? waySchema + unstableSchema : "")
            \(version < 5 ? sha256Schema : "")
            \(keyBaseSchema)
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

    /// How many rows this connection has added, changed or removed.
    package func changeCount() throws(Failure) -> Int { try read { $0.totalChangesCount } }

    func read<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        do { return try queue.read(body) } catch { throw Self.failure(error) }
    }

    /// Reads with statements each of which stands for itself: none needs a transaction around it.
    func look<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        countsOfCalls.withLock { $0.looks += 1 }
        do {
            guard let second = second.withLock(\.self) else { return try queue.unsafeRead(body) }
            return try second.look(beside: queue, body)
        } catch { throw Self.failure(error) }
    }

    /// Has all that a body asks answered within one transaction, or two of one moment, where this is open for reading only: else each question
    /// locks the file for itself and looks whether others have written to it.
    ///
    /// - Parameter isAskedByTwo: whether two threads ask so much that neither is to wait for the other.
    package func asOfOneMoment<Value>(isAskedByTwo: Bool = false, _ body: () throws -> Value) throws -> Value {
        guard let reading else { return try body() }
        func perform(_ change: (Database) throws -> Void) throws(Failure) {
            do { try queue.inDatabase(change) } catch { throw Self.failure(error) }
        }
        // Where there can be no second one, both ask the first.
        let other = isAskedByTwo ? try? SecondConnection(path: reading.path, reading.configuration) : nil
        defer { other?.close() }
        try perform(Self.beginReading)
        if let other {
            if (try? other.begin()) == true { second.withLock { $0 = other } } else { other.close() }
        }
        let value = Result { try body() }
        second.withLock { $0 = nil }
        try perform { if $0.isInsideTransaction { try $0.commit() } }
        return try value.get()
    }

    /// Begins a transaction that sees what the file holds now.
    static func beginReading(_ database: Database) throws {
        try database.beginTransaction(.deferred)
        do { _ = try Int.fetchOne(database, sql: "SELECT 1 FROM run LIMIT 1") } catch {
            _ = Result { try database.rollback() }
            throw error
        }
    }

    func write<Value>(_ body: (Database) throws -> Value) throws(Failure) -> Value {
        countsOfCalls.withLock { $0.transactions += 1 }
        do { return try queue.inDatabase { try Self.inTransaction($0, body) } } catch { throw Self.failure(error) }
    }

    /// The library's own function compiles these statements anew each time, and with that SQLite every cached one.
    private static func inTransaction<Value>(
        _ database: Database, _ body: (Database) throws -> Value
    ) throws -> Value {
        try database.cachedStatement(sql: "BEGIN IMMEDIATE TRANSACTION").execute()
        do {
            let value = try body(database)
            try database.cachedStatement(sql: "COMMIT TRANSACTION").execute()
            return value
        } catch {
            // What has failed says more than that this fails, too; the next transaction would say that.
            if database.isInsideTransaction { _ = Result { try database.rollback() } }
            throw error
        }
    }
}
