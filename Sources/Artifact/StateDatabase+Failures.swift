import GRDB
package import Hashing

extension StateDatabase {
    package func recordFailure(_ identity: Digest, _ record: FailureRecord) throws(Failure) {
        willWrite([identity])
        try write { database in
            try database.execute(
                sql: "INSERT OR REPLACE INTO failure (identity, run, record) VALUES (?, ?, ?)",
                arguments: [data(identity), record.run, packed { record.pack(into: &$0) }])
        }
    }

    /// Forgets how actions failed.
    package func removeFailures(_ identities: [Digest]) throws(Failure) {
        guard !identities.isEmpty else { return }
        willWrite(identities)
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

        init?(_ row: Row) {
            guard let identity = digest(row, 0) else { return nil }
            self.identity = identity
            run = value(row, 1) ?? 0
            var unpacker = Unpacker(bytes(row, 2))
            // Of what an earlier release has recorded only the run is known.
            let record = try? FailureRecord(from: &unpacker)
            lackedAtBytes = record.map { $0.category == .outOfMemory ? $0.peakBytes : 0 } ?? 0
        }
    }

    /// Those that have not been built since.
    package func failureHeads() throws(Failure) -> [FailureHead] {
        try read { database in
            var found: [FailureHead] = []
            let rows = try Row.fetchCursor(database, sql: "SELECT identity, run, record FROM failure")
            while let row = try rows.next() { if let head = FailureHead(row) { found.append(head) } }
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
