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

    /// A set whose changes are made: its row, and what lies at its outputs' paths now.
    package typealias Closing = (id: Int64, census: [(path: Path, census: Census?)])

    /// Transaction 1: the trace, the store entry whose objects are complete, and the row that lists every change of the
    /// set.
    ///
    /// - Parameters:
    ///   - ways: of the directories above all that is to be put in place.
    ///   - closed: sets that were opened before, whose transaction 2 this is as well: one commit instead of two.
    /// - Returns: the rows' numbers, in the same order.
    package func open(
        _ publications: [Publication], ways: [Path: Way] = [:], closing closed: [Closing] = []
    ) throws(Failure) -> [Int64] {
        willWrite(publications.map(\.identity))
        let unknown = storedKeys.withLock { keys in
            Set(publications.compactMap { $0.trace?.key }.filter { keys.lacks($0) })
        }
        let rows = try withKeyBases { bases throws(Failure) in
            try write { database in
                try close(closed, database)
                return try record(publications, ways, unknown, &bases, database)
            }
        }
        storedKeys.withLock { $0.add(publications.compactMap { $0.trace?.key }) }
        return rows
    }

    private func record(
        _ publications: [Publication], _ ways: [Path: Way], _ unknown: Set<Digest>, _ bases: inout KeyBases?,
        _ database: Database
    ) throws -> [Int64] {
        try record(ways, database)
        let leftBehind = try Remains(database)
        var newTrace = try TraceWriter(database, replaces: false)
        var trace: TraceWriter?
        var parts = try KeyPartsWriter(database)
        var entries = try EntryWriter(database)
        var row = try RowWriter(database, sql: "INSERT INTO publishing (identity, publication) VALUES (?, ?)")
        return try publications.map { publication in
            let identity = publication.identity
            if let made = publication.trace {
                try newTrace.write(made, of: publication)
                // There was one already, and it stays for a moment: what it leaves behind was in use until now.
                if database.changesCount == 0 {
                    try entries.touch(usedBy: identity, run: publication.run)
                    if trace == nil { trace = try TraceWriter(database, replaces: true) }
                    try trace?.write(made, of: publication)
                }
                try parts.write(made.packedParts, of: identity, &bases)
                try leftBehind.remove(data(identity))
            } else {
                try entries.touch(usedBy: identity, run: publication.run)
            }
            switch publication.record {
            case .built(let trace, let copies):
                try entries.record(
                    trace, by: identity, copies, isFirst: unknown.contains(trace.key), run: publication.run)
            case .restored: try entries.touch(usedBy: identity, run: publication.run)
            case .putBack, .interrupted: break
            }
            row.pack { $0.digest(identity) }
            row.pack { publication.packChanges(into: &$0) }
            try row.write()
            return database.lastInsertedRowID
        }
    }

    private struct TraceWriter {
        private var row: RowWriter

        /// - Parameter replaces: whether it writes over the trace that an action has; else that one stays.
        init(_ database: Database, replaces: Bool) throws {
            row = try RowWriter(
                database,
                sql: """
                    INSERT OR \(replaces ? "REPLACE" : "IGNORE") INTO trace
                    (identity, rule, key, outputs, missing, builtAt, run, seconds, peakBytes, discovered, isAdopted,
                     startedAt, inputBytes)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
        }

        mutating func write(_ trace: Trace, of publication: Publication) throws {
            row.pack { $0.digest(publication.identity) }
            row.bytes(publication.rule)
            row.pack { $0.digest(trace.key) }
            row.pack { $0.list(trace.outputs) }
            if trace.missing.isEmpty { row.null() } else { row.pack { $0.list(trace.missing) } }
            row.number(trace.builtAtNanoseconds)
            row.number(trace.run)
            row.real(trace.durationSeconds)
            row.number(Int64(clamping: trace.peakBytes))
            if trace.discovered.isEmpty { row.null() } else { row.pack { $0.list(trace.discovered) } }
            row.number(trace.isAdopted ? 1 : 0)
            row.number(trace.startedAtNanoseconds)
            row.number(Int64(clamping: trace.inputBytes))
            try row.write()
        }
    }

    /// What is kept of actions that did not come to their end or were not current: most of the time of none, and then
    /// nobody has to look for each that is built.
    private struct Remains {
        private let deletions: [Statement]

        init(_ database: Database) throws {
            let tables = ["failure", "broken", "staleSince"]
            let isAny = try database.cachedStatement(
                sql: "SELECT " + tables.map { "EXISTS (SELECT 1 FROM \($0))" }.joined(separator: ", "))
            guard let row = try Row.fetchOne(isAny) else {
                deletions = []
                return
            }
            deletions = try tables.indices.filter { value(row, $0) ?? true }.map {
                try database.cachedStatement(sql: "DELETE FROM \(tables[$0]) WHERE identity = ?")
            }
        }

        func remove(_ identity: Data) throws {
            for deletion in deletions { try deletion.execute(arguments: [identity]) }
        }
    }

    /// Transaction 2: the stamps, and the row is gone.
    package func close(_ rows: [Closing]) throws(Failure) {
        try write { try close(rows, $0) }
    }

    private func close(_ rows: [Closing], _ database: Database) throws {
        if rows.isEmpty { return }
        var census = try CensusWriter(database, boot: boot)
        var delete = try RowWriter(database, sql: "DELETE FROM publishing WHERE id = ?")
        for row in rows {
            try record(row.census, &census)
            delete.number(row.id)
            try delete.write()
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
