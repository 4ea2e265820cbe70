private import Foundation
import GRDB

extension StateDatabase {
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
