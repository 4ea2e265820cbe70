import GRDB
package import Hashing

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

    /// What is recorded of one action beside its trace.
    package func standing(of identity: Digest) throws(Failure) -> (
        staleSince: Int64?, isBroken: Bool, failure: FailureHead?
    ) {
        // One statement: it is asked of everything that a run has built.
        let row = try look { database in
            try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT failure.identity, failure.run, failure.record,
                            (SELECT now FROM staleSince WHERE identity = asked.identity),
                            (SELECT count(*) FROM broken WHERE identity = asked.identity)
                        FROM (SELECT ? AS identity) asked LEFT JOIN failure ON failure.identity = asked.identity
                        """), arguments: [data(identity)])
        }
        guard let row else { return (nil, false, nil) }
        return (value(row, 3), (value(row, 4) ?? 0) > 0, FailureHead(row))
    }

    /// - Parameters:
    ///   - stale: actions that this run found not current; of those known as such the instant stays.
    ///   - current: actions that it found current.
    package func recordStale(
        _ stale: [Digest], current: [Digest], nowNanoseconds: Int64
    ) throws(Failure) {
        guard !stale.isEmpty || !current.isEmpty else { return }
        willWrite(stale + current)
        try write { database in
            let insert = try database.cachedStatement(
                sql: "INSERT OR IGNORE INTO staleSince (identity, now) VALUES (?, ?)")
            for identity in stale { try insert.execute(arguments: [data(identity), nowNanoseconds]) }
            let delete = try database.cachedStatement(sql: "DELETE FROM staleSince WHERE identity = ?")
            for identity in current { try delete.execute(arguments: [data(identity)]) }
        }
    }
}
