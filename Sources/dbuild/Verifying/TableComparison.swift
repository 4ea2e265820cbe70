import Planning
import Tables

/// How two files with one name differ as tables.
struct TableComparison: Sendable, Hashable {
    /// A value that differs, as text; nil: null.
    struct Cell: Sendable, Hashable {
        /// From 0.
        let row: Int
        let column: String
        let old: String?
        let new: String?
    }

    struct ColumnDifference: Sendable, Hashable {
        let name: String
        var cells = 0
        /// The largest difference of two numbers; nil where it has none.
        var largest: Double?
    }

    /// Columns that only one of them has, or that have another type or place: `-name type`, `+name type`.
    var schema: [String] = []
    var oldRows = 0
    var newRows = 0
    /// Those with cells that differ by more than is tolerated, in the table's order.
    var columns: [ColumnDifference] = []
    var differingRows = 0
    /// The first of them.
    var cells: [Cell] = []
    /// The largest difference that is tolerated; nil: no values differ but those in `columns`.
    var tolerated: Double?

    private static let mostCells = 5

    var isEqual: Bool { schema.isEmpty && oldRows == newRows && columns.isEmpty }

    /// - Returns: nil of files that are no tables, or of which not every column can be read.
    init?(old: String, new: String, name: String, tolerance: Running.Tolerance?) {
        do {
            guard let before = try Self.open(old, name), let after = try Self.open(new, name) else { return nil }
            try self.init(Rows(before), Rows(after), tolerance)
        } catch {
            // Whatever is wrong with either: they can only be compared byte by byte, and they differ.
            return nil
        }
    }

    /// Every column of a table; those of a CSV text as text.
    private static func open(_ file: String, _ name: String) throws(TableError) -> TableChunks? {
        if name.hasSuffix(".parquet") {
            let parquet = try ParquetFile(file)
            return parquet.schema.skipped.isEmpty ? try parquet.chunks() : nil
        }
        guard name.hasSuffix(".csv") || name.hasSuffix(".csv.gz") else { return nil }
        let names = try CSVReader.columnNames(file)
        return try CSVReader(try Schema(names.map { Field($0, .string, nullable: true) })).chunks(file)
    }

    private init(_ old: consuming Rows, _ new: consuming Rows, _ tolerance: Running.Tolerance?) throws(TableError) {
        let (oldFields, newFields) = (old.chunks.schema.fields, new.chunks.schema.fields)
        if oldFields != newFields {
            schema = oldFields.filter { !newFields.contains($0) }.map { "-\($0.name) \($0.type.rawValue)" }
            schema += newFields.filter { !oldFields.contains($0) }.map { "+\($0.name) \($0.type.rawValue)" }
            if schema.isEmpty { schema = ["another order of columns"] }
        }
        var found = oldFields.map { ColumnDifference(name: $0.name) }
        while true {
            let (oldRow, newRow) = (try old.next(), try new.next())
            if oldRow { oldRows += 1 }
            if newRow { newRows += 1 }
            if !oldRow, !newRow { break }
            guard oldRow, newRow, schema.isEmpty else { continue }
            compareRow(old, new, tolerance, &found)
        }
        columns = found.filter { $0.cells > 0 }
    }

    private mutating func compareRow(
        _ old: borrowing Rows, _ new: borrowing Rows, _ tolerance: Running.Tolerance?,
        _ found: inout [ColumnDifference]
    ) {
        var differs = false
        for column in found.indices {
            let (before, after) = (old.value(column), new.value(column))
            if Self.isSame(before, after) { continue }
            let distance = Self.distance(before, after)
            if let tolerance, let distance, Self.areMeasured(before, after),
                tolerance.allows(distance, from: Self.number(before) ?? 0)
            {
                tolerated = max(tolerated ?? 0, distance)
                continue
            }
            differs = true
            found[column].cells += 1
            if let distance { found[column].largest = max(found[column].largest ?? 0, distance) }
            if cells.count < Self.mostCells {
                cells.append(
                    Cell(row: oldRows - 1, column: found[column].name, old: Self.text(before), new: Self.text(after)))
            }
        }
        if differs { differingRows += 1 }
    }

    private static func isSame(_ old: Value, _ new: Value) -> Bool {
        if case .double(let before) = old, case .double(let after) = new {
            return before == after || (before.isNaN && after.isNaN)
        }
        return old == new
    }

    private static func distance(_ old: Value, _ new: Value) -> Double? {
        guard let before = number(old), let after = number(new) else { return nil }
        let distance = abs(after - before)
        return distance.isFinite ? distance : nil
    }

    /// Whole numbers count something or name it, and so does text, but for text with a fraction, as CSV holds it.
    private static func areMeasured(_ old: Value, _ new: Value) -> Bool {
        switch (old, new) {
        case (.double, .double): true
        case (.string(let before), .string(let after)): Int64(before) == nil || Int64(after) == nil
        default: false
        }
    }

    private static func number(_ value: Value) -> Double? {
        switch value {
        case .int32(let number): Double(number)
        case .int64(let number): Double(number)
        case .double(let number): number
        case .string(let text): Double(text)
        case .null, .bool, .date, .timestamp: nil
        }
    }

    private static func text(_ value: Value) -> String? {
        switch value {
        case .null: nil
        case .bool(let value): "\(value)"
        case .int32(let value): "\(value)"
        case .int64(let value): "\(value)"
        case .double(let value): "\(value)"
        case .string(let value): value
        case .date(let value): "\(value)"
        case .timestamp(let value): "\(value)"
        }
    }
}

/// The rows of a table, one after another.
private struct Rows: ~Copyable {
    var chunks: TableChunks
    private var table: Table?
    private var row = -1

    init(_ chunks: consuming TableChunks) { self.chunks = chunks }

    /// - Returns: false behind the last.
    mutating func next() throws(TableError) -> Bool {
        row += 1
        while let table, row < table.rowCount { return true }
        table = try chunks.next()
        row = 0
        return table != nil
    }

    /// Of the row that `next` has come to.
    borrowing func value(_ column: Int) -> Value { table?.columns[column][row] ?? .null }
}
