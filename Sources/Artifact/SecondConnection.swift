import GRDB
import Synchronization

/// A second connection to a database that is open for reading, of the same moment as the first: one connection answers
/// one question after another, and two threads that decide at once mostly waited for each other.
final class SecondConnection: Sendable {
    private let queue: DatabaseQueue
    private let version: Int?
    private let isFirstBusy = Atomic(false)

    /// To be made before the first one begins its transaction.
    init(path: String, _ configuration: Configuration) throws {
        queue = try DatabaseQueue(path: path, configuration: configuration)
        version = try queue.unsafeRead(Self.version)
    }

    /// Begins a transaction, when the first one has begun its own.
    ///
    /// - Returns: false where others have written since this was made: then the two may not see the same.
    func begin() throws -> Bool {
        try queue.inDatabase { database in
            try StateDatabase.beginReading(database)
            return try Self.version(database) == version
        }
    }

    /// Differs from what it was where another connection has committed something meanwhile
    /// (https://www.sqlite.org/pragma.html#pragma_data_version).
    private static func version(_ database: Database) throws -> Int? {
        try Int.fetchOne(database, sql: "PRAGMA data_version")
    }

    /// Asks the first one, or this where that has something to do.
    func look<Value>(beside first: DatabaseQueue, _ body: (Database) throws -> Value) throws -> Value {
        guard !isFirstBusy.exchange(true, ordering: .acquiring) else { return try queue.unsafeRead(body) }
        defer { isFirstBusy.store(false, ordering: .releasing) }
        return try first.unsafeRead(body)
    }

    func close() { _ = Result { try queue.close() } }
}
