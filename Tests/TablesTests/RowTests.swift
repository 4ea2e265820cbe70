import TestSupport
import Testing

@testable import Tables

@Suite struct RowTests {
    @Test("Rows are gathered in the order asked for, as often as asked for")
    func gather() throws {
        let schema = try Schema([Field("n", .int64, nullable: true), Field("s", .string)])
        let table = try Table(schema, [.int64([1, nil, 3]), .string(["a", "", "c"])])
        let gathered = try table.selecting(rows: [2, 1, 2])
        #expect(try gathered.int64("n") == [3, nil, 3])
        #expect(try gathered.string("s") == ["c", "", "c"])
        #expect(try table.selecting(rows: []) == Table(empty: schema))
        #expect(throws: TableError(.noRow(3, rowCount: 3))) { try table.selecting(rows: [0, 3]) }
        #expect(throws: TableError(.noRow(-1, rowCount: 3))) { try table.selecting(rows: [-1]) }
        #expect(throws: TableError(.rowCount(expected: 3, found: 2))) { try table.filtered(by: [true, false]) }
    }

    @Test("Flags, row numbers, predicates and cells agree on every type", arguments: 1 ... 10 as ClosedRange<UInt64>)
    func agreement(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        let table = try randomTable(rows: 200, seed: seed)
        let keep = (0 ..< 200).map { _ in random.below(2) == 0 }
        let rows = keep.indices.filter { keep[$0] }
        let filtered = try table.filtered(by: keep)
        #expect(try filtered == table.selecting(rows: rows))
        for (whole, part) in zip(table.columns, filtered.columns) {
            let expected = rows.map { (whole.validity[$0], "\(whole[$0])") }
            #expect(part.indices.map { (part.validity[$0], "\(part[$0])") }.elementsEqual(expected) { $0 == $1 })
        }
        // A file filters as a table in memory does.
        let file = try ParquetFile(bytes: ParquetWriter(rowGroupRows: 30).encode(table))
        for field in table.schema.fields {
            guard let bound = try table.column(field.name).firstValue else { continue }
            for predicates in [[Predicate.atLeast(field.name, bound)], [.equals(field.name, bound)]] {
                #expect(try file.read(where: predicates) == table.filtered(where: predicates), "seed \(seed)")
            }
        }
    }

    @Test("Tables of one shape are joined; pieces put together again are the whole")
    func concatenation() throws {
        let table = try randomTable(rows: 100, seed: 1)
        let pieces = try [0 ..< 1, 1 ..< 1, 1 ..< 60, 60 ..< 100].map { try table.selecting(rows: Array($0)) }
        let joined = try Table(table.schema, concatenating: pieces)
        #expect(joined == table)
        #expect(joined.valueFingerprint() == table.valueFingerprint())
        #expect(try ParquetWriter().encode(joined) == ParquetWriter().encode(table))
        #expect(try Table(table.schema, concatenating: []) == Table(empty: table.schema))
        #expect(try pieces[0].appending(table).rowCount == 101)
    }

    @Test("Tables of another shape are refused, naming the column")
    func shapes() throws {
        let pair = try Schema([Field("n", .int64), Field("s", .string)])
        let table = Table(empty: pair)
        func error(_ fields: [Field]) throws -> TableError? {
            let other = Table(empty: try Schema(fields))
            return #expect(throws: TableError.self) { try table.appending(other) }
        }
        #expect(try error([Field("n", .int64)]) == TableError(.columnCount(expected: 2, found: 1)))
        #expect(
            try error([Field("s", .string), Field("n", .int64)]) == TableError(.wrongColumn(found: "s"), column: "n"))
        #expect(
            try error([Field("n", .double), Field("s", .string)])
                == TableError(.wrongType(expected: .int64, found: .double), column: "n"))
        let nullable = try Table(Schema([Field("n", .int64, nullable: true)]), [.int64([1, nil])])
        #expect(throws: TableError(.unexpectedNull, column: "n", place: .row(1))) {
            try Table(Schema([Field("n", .int64)]), concatenating: [nullable])
        }
    }

    @Test("Columns are selected by name, in the order asked for")
    func columns() throws {
        let table = try randomTable(rows: 20, seed: 2)
        let chosen = try table.selecting(["date", "bool?"])
        #expect(chosen.schema.fields == [Field("date", .date), Field("bool?", .bool, nullable: true)])
        #expect(try chosen.date("date") == table.date("date"))
        #expect(throws: TableError(.noColumn(available: table.schema.fields.map(\.name)), column: "q")) {
            try table.selecting(["q"])
        }
        #expect(throws: TableError(.duplicateColumn, column: "date")) { try table.selecting(["date", "date"]) }
    }

    @Test("A copied builder goes its own way")
    func builders() throws {
        var first = TableBuilder(try Schema([Field("n", .int64), Field("s", .string)]))
        try first.append([1, "a"])
        var second = first
        try second.append([2, "b"])
        try first.append([3, "c"])
        #expect(try first.finish().int64("n") == [1, 3])
        #expect(try second.finish().string("s") == ["a", "b"])
    }
}

extension Column {
    fileprivate var indices: Range<Int> { 0 ..< count }

    /// Any value that equals itself.
    fileprivate var firstValue: Value? {
        for row in indices where validity[row] {
            if case .double(let value) = self[row], value.isNaN { continue }
            return self[row]
        }
        return nil
    }
}
