import GRDB
private import GRDBSQLite

/// A statement that writes a row each time, of values that are packed one behind another and bound where they lie.
///
/// The library makes an object of each value and of each row of them, which costs more than what SQLite does with them
/// (measured: 20 of 28 thousand instructions a row).
struct RowWriter {
    /// It owns what SQLite has compiled.
    private let statement: Statement
    private var packer = Packer()
    /// What of the packed bytes is which column's.
    private var pieces: [(column: Int32, bytes: Range<Int>)] = []
    private var column: Int32 = 0

    init(_ database: Database, sql: String) throws { statement = try database.cachedStatement(sql: sql) }

    // MARK: - The columns, one after another

    mutating func pack(_ body: (inout Packer) -> Void) {
        column += 1
        let start = packer.count
        body(&packer)
        pieces.append((column, start ..< packer.count))
    }

    mutating func bytes(_ bytes: [UInt8]) { pack { $0.append(bytes) } }

    mutating func bytes(_ bytes: ArraySlice<UInt8>) { pack { $0.append(bytes) } }

    mutating func null() {
        column += 1
        unsafe sqlite3_bind_null(statement.sqliteStatement, column)
    }

    mutating func number(_ value: Int64) {
        column += 1
        unsafe sqlite3_bind_int64(statement.sqliteStatement, column, value)
    }

    mutating func real(_ value: Double) {
        column += 1
        unsafe sqlite3_bind_double(statement.sqliteStatement, column, value)
    }

    mutating func text(_ value: String) {
        column += 1
        // The system copies it.
        let copies = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        unsafe sqlite3_bind_text(statement.sqliteStatement, column, value, -1, copies)
    }

    // MARK: - The row

    /// Writes what the columns hold; then the next row begins.
    mutating func write() throws {
        let pointer = unsafe statement.sqliteStatement
        defer {
            unsafe sqlite3_reset(pointer)
            // What is bound does not lie there any more.
            unsafe sqlite3_clear_bindings(pointer)
            packer.removeAll()
            pieces.removeAll(keepingCapacity: true)
            column = 0
        }
        let code = unsafe packer.bytes.withUnsafeBytes { packed in
            for piece in pieces {
                let code: Int32
                // Of nothing there is no address, and SQLite would take that for NULL.
                if let start = packed.baseAddress, !piece.bytes.isEmpty {
                    code = unsafe sqlite3_bind_blob64(
                        pointer, piece.column, start + piece.bytes.lowerBound, UInt64(piece.bytes.count), nil)
                } else {
                    code = unsafe sqlite3_bind_zeroblob(pointer, piece.column, 0)
                }
                if code != SQLITE_OK { return code }
            }
            return unsafe sqlite3_step(pointer)
        }
        guard code == SQLITE_DONE else {
            let message = unsafe sqlite3_errmsg(sqlite3_db_handle(pointer)).map { unsafe String(cString: $0) }
            throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message)
        }
    }
}
