import Foundation
import Testing

@testable import Tables

/// Files read and written table by table.
@Suite struct StreamTests {
    /// The tables of a CSV text that is read in pieces of so many bytes.
    static func tables(
        _ text: [UInt8], _ schema: Schema, pieceBytes: Int, rows: Int, bytes: Int = .max
    ) throws -> (tables: [Table], peakBytes: Int) {
        var chunks = try CSVChunks(
            TextSource(text), nil, schema, CSVFormat(), ReadLimits(), pieceBytes: pieceBytes, keepsAll: false)
        var tables: [Table] = []
        while let table = try chunks.next(rows: rows, bytes: bytes) { tables.append(table) }
        return (tables, chunks.window.peakBytes)
    }

    @Test("Wherever a CSV text is cut into pieces, its rows are the same", arguments: [1, 2, 3, 7, 64, 1000, 1 << 20])
    func pieces(pieceBytes: Int) throws {
        for seed in 1 ... 3 as ClosedRange<UInt64> {
            let table = try randomTable(rows: 60, seed: seed)
            let text = try [0xEF, 0xBB, 0xBF] + CSVWriter().encode(table)
            for rows in [1, 7, 60, 1000] {
                let found = try Self.tables(text, table.schema, pieceBytes: pieceBytes, rows: rows).tables
                #expect(try Table(table.schema, concatenating: found) == table)
                #expect(found.dropLast().allSatisfy { $0.rowCount == rows })
                #expect(found.allSatisfy { $0.rowCount > 0 })
            }
        }
    }

    @Test("Wherever a wrong CSV text is cut into pieces, the error is the same")
    func errors() throws {
        let schema = try CSVTests.small()
        let texts = [
            "n,s\n1,ü\nx1,b\n", "n,s\n1,\"a\"\n1,2,3\n", "n,s\n1,\"a\n\nb", "n,s\r\n1,\"a\"b\n", "", "n,t\n", "n,s,n\n",
            "n,s\n1,a\n\n",
        ]
        for text in texts.map({ Array($0.utf8) }) + [Array("n,s\n1,ü\n2,".utf8) + [0xC3, 0x0A]] {
            var found: Set<TableError> = []
            for pieceBytes in [1, 2, 3, 5, 1000] {
                do {
                    _ = try Self.tables(text, schema, pieceBytes: pieceBytes, rows: 10)
                    Issue.record("no error in \(String(decoding: text, as: UTF8.self))")
                } catch let error as TableError {
                    found.insert(error)
                }
            }
            #expect(found.count == 1, "\(found)")
        }
    }

    @Test("Of a long CSV text, no more is held than a piece and a record")
    func heldBytes() throws {
        let schema = try Schema([Field("n", .int64), Field("s", .string)])
        let line = "1234567,\"some text, of one record\"\n"
        let text = Array(("n,s\n" + String(repeating: line, count: 20_000)).utf8)
        let (tables, peak) = try Self.tables(text, schema, pieceBytes: 4096, rows: 512)
        #expect(tables.count == 40)
        #expect(peak <= 4096 + line.utf8.count)
        // A table also ends where its rows take so many bytes; the record that reaches them is its last.
        let few = try Self.tables(text, schema, pieceBytes: 4096, rows: 512, bytes: 100).tables
        #expect(few.allSatisfy { $0.rowCount <= 3 })
        #expect(few.map(\.rowCount).reduce(0, +) == 20_000)
    }

    @Test("A record longer than the limit is an error, not a growing memory")
    func longRecord() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/t.csv"
            try Data(("n,s\n1,\"" + String(repeating: "x", count: 4 << 20)).utf8).write(to: URL(filePath: path))
            var reader = CSVReader(try CSVTests.small())
            reader.limits.maximumRecordBytes = 1 << 20
            let expected = TableError(.overLimit(.maximumRecordBytes, 1 << 20), file: path, place: .line(2, column: 1))
            #expect(throws: expected) {
                var chunks = try reader.chunks(path)
                _ = try chunks.next()
            }
            #expect(throws: expected) { try reader.read(path) }
        }
    }

    @Test("Rows appended in any portions give the bytes of one table", arguments: [1, 3, 10, 11, 64, 300])
    func appending(portion: Int) throws {
        try withTemporaryDirectory { directory in
            let table = try randomTable(rows: 300, seed: 5)
            let writer = ParquetWriter(rowGroupRows: 10)
            let parquet = try writer.open(table.schema, at: "\(directory)/t.parquet")
            let plain = try CSVWriter().open(table.schema, at: "\(directory)/t.csv")
            let gzip = try CSVWriter().open(table.schema, at: "\(directory)/t.csv.gz")
            for start in stride(from: 0, to: 300, by: portion) {
                let part = table.slice(start ..< min(start + portion, 300))
                for output in [parquet, plain, gzip] { try output.append(part) }
            }
            for output in [parquet, plain, gzip] {
                #expect(output.rowCount == 300)
                #expect(output.peakRows < 20)
                try output.close()
            }
            func bytes(_ name: String) throws -> [UInt8] {
                [UInt8](try Data(contentsOf: URL(filePath: "\(directory)/\(name)")))
            }
            #expect(try bytes("t.parquet") == writer.encode(table))
            #expect(try bytes("t.csv") == CSVWriter().encode(table))
            try CSVWriter().write(table, to: "\(directory)/whole.csv.gz")
            #expect(try bytes("t.csv.gz") == bytes("whole.csv.gz"))
            #expect(try CSVReader(table.schema).read("\(directory)/t.csv.gz") == table)
        }
    }

    @Test("Files are converted chunk by chunk, gzip too, and no chunk is empty")
    func converting() throws {
        try withTemporaryDirectory { directory in
            let table = try randomTable(rows: 1000, seed: 2)
            try CSVWriter().write(table, to: "\(directory)/a.csv.gz")
            let reader = CSVReader(table.schema)
            try ParquetWriter(rowGroupRows: 64).write(
                reader.chunks("\(directory)/a.csv.gz", rows: 100), to: "\(directory)/b.parquet")
            let file = try ParquetFile("\(directory)/b.parquet")
            #expect(try file.read() == table)
            var sizes: [Int] = []
            var groups = try file.chunks()
            while let table = try groups.next() { sizes.append(table.rowCount) }
            #expect(sizes == Array(repeating: 64, count: 15) + [40])
            try CSVWriter().write(file.chunks(), to: "\(directory)/c.csv")
            #expect(try reader.read("\(directory)/c.csv") == table)
            try CSVWriter().write(Table(empty: table.schema), to: "\(directory)/empty.csv")
            var none = try reader.chunks("\(directory)/empty.csv")
            #expect(try none.next() == nil)
        }
    }

    @Test("Row groups that statistics rule out are not read, nor other columns of groups without a row")
    func skipping() throws {
        let schema = try Schema([Field("n", .int64), Field("s", .string)])
        let table = try Table(
            schema,
            [
                .int64(Values((0 ..< 1000).map { Int64($0 * 2) })),
                .string(Strings((0 ..< 1000).map { "row \($0)" })),
            ])
        let file = try ParquetFile(bytes: ParquetWriter(rowGroupRows: 100).encode(table))
        func readBytes(_ predicates: [Tables.Predicate]) throws -> (rows: Int, bytes: Int) {
            var chunks = try file.chunks(where: predicates)
            var rows = 0
            while let table = try chunks.next() { rows += table.rowCount }
            return (rows, chunks.readBytes)
        }
        let all = try readBytes([])
        let one = try readBytes([.between("n", 400, 598)])
        let odd = try readBytes([.equals("n", 401)])
        #expect(all.rows == 1000 && one.rows == 100 && odd.rows == 0)
        #expect(one.bytes * 9 < all.bytes && one.bytes > 0)
        #expect(odd.bytes < one.bytes && odd.bytes > 0)
        #expect(try readBytes([.equals("n", -1)]) == (0, 0))
    }

    @Test("An output that is not closed leaves nothing, and one that failed cannot be closed")
    func abandoning() throws {
        try withTemporaryDirectory { directory in
            let table = try FileTests.table()
            let path = "\(directory)/t.parquet"
            try ParquetWriter().write(table, to: path)
            let before = try Data(contentsOf: URL(filePath: path))
            do {
                let output = try ParquetWriter().open(table.schema, at: path)
                try output.append(table)
                #expect(throws: TableError(.columnCount(expected: 2, found: 1), file: path)) {
                    try output.append(table.selecting(["n"]))
                }
                #expect(throws: TableError(.notOpen, file: path)) { try output.append(table) }
                #expect(throws: TableError(.notOpen, file: path)) { try output.close() }
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["t.parquet"])
            #expect(try Data(contentsOf: URL(filePath: path)) == before)
            let output = try CSVWriter().open(table.schema, at: path)
            try output.close()
            #expect(throws: TableError(.notOpen, file: path)) { try output.close() }
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "n,s\n")
        }
    }

    @Test("A reading that failed fails again, instead of going on behind what it could not read")
    func failure() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/t.csv"
            try Data("n,s\n1,a\nx,b\n3,c\n".utf8).write(to: URL(filePath: path))
            var chunks = try CSVReader(try CSVTests.small()).chunks(path, rows: 1)
            #expect(try chunks.next()?.rowCount == 1)
            let expected = TableError(.badValue("x", .int64), file: path, column: "n", place: .line(3, column: 1))
            for _ in 0 ..< 3 {
                do {
                    _ = try chunks.next()
                    Issue.record("no error")
                } catch {
                    #expect(error as? TableError == expected)
                }
            }
        }
    }
}
