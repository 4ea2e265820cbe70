private import Foundation
import GRDB
package import Hashing

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

    private static let headColumns = """
        identity, rule, key, outputs, missing, seconds, builtAt, run, discovered, isAdopted, peakBytes, inputBytes
        """

    package func forEachTrace(_ body: (TraceHead) -> Void) throws(Failure) {
        try read { database in
            let rows = try Row.fetchCursor(database, sql: "SELECT \(Self.headColumns) FROM trace")
            while let row = try rows.next() { if let head = Self.head(row) { body(head) } }
        }
    }

    /// That of one action.
    package func traceHead(of identity: Digest) throws(Failure) -> TraceHead? {
        try look { database in
            try Row.fetchOne(
                database.cachedStatement(sql: "SELECT \(Self.headColumns) FROM trace WHERE identity = ?"),
                arguments: [data(identity)]
            ).flatMap { Self.head($0) }
        }
    }

    /// - Returns: nil for a trace that cannot be read: it is none, and its action is built again.
    private static func head(_ row: Row) -> TraceHead? {
        var outputs = Unpacker(bytes(row, 3))
        var missing = Unpacker(bytes(row, 4))
        let packedDiscovered = bytes(row, 8)
        var discovered = Unpacker(packedDiscovered.isEmpty ? [0] : packedDiscovered)
        guard let identity = digest(row, 0), let key = digest(row, 2),
            let list = try? outputs.list(of: Trace.Output.self),
            let found = try? discovered.list(of: Discovered.self)
        else { return nil }
        return TraceHead(
            identity: identity, rule: bytes(row, 1), key: key, outputs: list,
            missing: (try? missing.list(of: Path.self)) ?? [], durationSeconds: value(row, 5) ?? 0,
            builtAtNanoseconds: value(row, 6) ?? 0, run: value(row, 7) ?? 0, discovered: found,
            isAdopted: value(row, 9) ?? false, peakBytes: bytesCount(row, 10), inputBytes: bytesCount(row, 11))
    }

    /// The recorded trace of an action, with all that is known of its last build.
    package func trace(of identity: Digest) throws(Failure) -> Trace? {
        let parts = try packedParts(of: identity)
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
                key: key, packedParts: parts, outputs: outputs, missing: list(2, of: Path.self) ?? [],
                discovered: list(7, of: Discovered.self) ?? [], isAdopted: value(row, 8) ?? false,
                builtAtNanoseconds: value(row, 3) ?? 0, startedAtNanoseconds: value(row, 9) ?? 0,
                run: value(row, 4) ?? 0, durationSeconds: value(row, 5) ?? 0,
                peakBytes: bytesCount(row, 6), inputBytes: bytesCount(row, 10))
        }
    }

    /// Forgets traces: their actions count as never built.
    package func removeTraces(_ identities: [Digest]) throws(Failure) {
        try write { database in
            for identity in identities {
                try removeTrace(identity, database)
            }
        }
    }

    func removeTrace(_ identity: Digest, _ database: Database) throws {
        willWrite([identity])
        for table in ["trace", "keyParts"] {
            try database.execute(sql: "DELETE FROM \(table) WHERE identity = ?", arguments: [data(identity)])
        }
    }
}
