import GRDB
import Testing

@testable import Artifact

/// Rows that are bound where they lie packed.
struct RowWriterTests {
    private static func table(_ body: (Database) throws -> Void) throws {
        let queue = try DatabaseQueue()
        try queue.write { database in
            try database.execute(sql: "CREATE TABLE t (a BLOB UNIQUE, b BLOB, c, d)")
            try body(database)
        }
    }

    private static func rows(_ database: Database) throws -> [String] {
        let columns = ["a", "b", "c", "d"].map { "typeof(\($0)) || ' ' || coalesce(quote(\($0)), '')" }
        return try String.fetchAll(
            database, sql: "SELECT \(columns.joined(separator: " || ', ' || ")) FROM t ORDER BY rowid")
    }

    private static let sql = "INSERT INTO t VALUES (?, ?, ?, ?)"

    @Test("a blob of nothing is no NULL, whether or not something else of the row lies packed")
    func empty() throws {
        try Self.table { database in
            var row = try RowWriter(database, sql: Self.sql)
            row.bytes([])
            row.null()
            row.number(-1)
            row.bytes(ArraySlice([]))
            try row.write()
            row.bytes([1, 2])
            row.bytes([])
            row.null()
            row.pack { $0.append([3]) }
            try row.write()
            #expect(
                try Self.rows(database) == [
                    "blob X'', null NULL, integer -1, blob X''", "blob X'0102', blob X'', null NULL, blob X'03'",
                ])
        }
    }

    @Test("behind a row that could not be written the same statement writes the next, with nothing of that one")
    func failed() throws {
        try Self.table { database in
            var row = try RowWriter(database, sql: Self.sql)
            row.bytes([1])
            row.bytes([2])
            row.text("x")
            row.real(0.5)
            try row.write()
            row.bytes([1])
            row.bytes([7, 7, 7])
            row.text("lost")
            row.number(9)
            #expect {
                try row.write()
            } throws: {
                let error = $0 as? DatabaseError
                return error?.resultCode == .SQLITE_CONSTRAINT && error?.message?.contains("t.a") == true
            }
            row.bytes([8])
            try row.write()
            row.bytes([9])
            row.bytes([10, 11])
            row.text("y")
            row.real(-1.5)
            try row.write()
            #expect(
                try Self.rows(database) == [
                    "blob X'01', blob X'02', text 'x', real 0.5", "blob X'08', null NULL, null NULL, null NULL",
                    "blob X'09', blob X'0A0B', text 'y', real -1.5",
                ])
        }
    }
}
