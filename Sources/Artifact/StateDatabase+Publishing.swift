private import Foundation
import GRDB
package import Hashing
private import Synchronization

extension StateDatabase {
    package struct OpenPublication: Sendable {
        package let id: Int64
        package let identity: Digest
        package let publication: Publication
    }

    /// Transaction 1: the trace, the store entry whose objects are complete, and the row that lists every change of the
    /// set.
    ///
    /// - Parameter ways: of the directories above all that is to be put in place.
    /// - Returns: the rows' numbers, in the same order.
    package func open(_ publications: [Publication], ways: [Path: Way] = [:]) throws(Failure) -> [Int64] {
        willWrite(publications.map(\.identity))
        let unknown = storedKeys.withLock { keys in
            Set(publications.compactMap { $0.trace?.key }.filter { keys.lacks($0) })
        }
        let rows = try write { database in
            try record(ways, database)
            let leftBehind = try Remains(database)
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
            return try publications.map { publication in
                let identity = data(publication.identity)
                // Whatever its trace leaves behind was in use until now.
                try touchEntries(of: publication.identity, run: publication.run, database)
                if let made = publication.trace {
                    try trace.execute(arguments: [
                        identity, Data(publication.rule), data(made.key), packed { $0.list(made.outputs) },
                        made.missing.isEmpty ? nil : packed { $0.list(made.missing) },
                        made.builtAtNanoseconds, made.run, made.durationSeconds, Int64(clamping: made.peakBytes),
                        made.discovered.isEmpty ? nil : packed { $0.list(made.discovered) }, made.isAdopted,
                        made.startedAtNanoseconds, Int64(clamping: made.inputBytes),
                    ])
                    try parts.execute(arguments: [identity, Data(made.packedParts.bytes)])
                    try leftBehind.remove(identity)
                }
                switch publication.record {
                case .built(let trace, let copies):
                    try recordEntry(
                        of: trace, by: publication.identity, copies, isFirst: unknown.contains(trace.key),
                        run: publication.run, database)
                case .restored: try touchEntries(of: publication.identity, run: publication.run, database)
                case .putBack, .interrupted: break
                }
                try row.execute(arguments: [identity, packed { publication.packChanges(into: &$0) }])
                return database.lastInsertedRowID
            }
        }
        storedKeys.withLock { $0.add(publications.compactMap { $0.trace?.key }) }
        return rows
    }

    /// What is kept of actions that did not come to their end or were not current: most of the time of none, and then
    /// nobody has to look for each that is built.
    private struct Remains {
        private let deletions: [Statement]

        init(_ database: Database) throws {
            deletions = try ["failure", "broken", "staleSince"].compactMap { table in
                let isAny = try Bool.fetchOne(
                    database.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM \(table))"))
                return isAny == true
                    ? try database.cachedStatement(sql: "DELETE FROM \(table) WHERE identity = ?") : nil
            }
        }

        func remove(_ identity: Data) throws {
            for deletion in deletions { try deletion.execute(arguments: [identity]) }
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
        willWrite([publication.identity])
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
