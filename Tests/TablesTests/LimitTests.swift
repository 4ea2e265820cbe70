import Foundation
import Testing

@testable import Tables

/// What a file claims is bounded before memory is asked for.
@Suite struct LimitTests {
    /// A file of nothing but this footer.
    static func file(_ footer: [UInt8]) -> [UInt8] {
        var bytes = Array(magic) + footer
        bytes.append(littleEndian: UInt32(footer.count))
        return bytes + Array(magic)
    }

    /// A footer of one int64 column, with these row groups.
    static func footer(_ groups: [RowGroup], rowCount: Int) throws -> FileMetadata {
        var footer = FileMetadata()
        footer.schema = SchemaElement.elements(for: try Schema([Field("n", .int64)]))
        footer.rowCount = rowCount
        footer.rowGroups = groups
        return footer
    }

    @Test("A short file of many equal values is read only as far as its size allows")
    func growth() throws {
        let table = try Table(
            Schema([Field("n", .int64)]), [.int64(Values(repeatElement(7 as Int64, count: 10_000).map { $0 }))])
        let bytes = try ParquetWriter(rowGroupRows: 1000).encode(table)
        #expect(try ParquetFile(bytes: bytes).read() == table)
        var limits = ReadLimits()
        limits.undisputedBytes = 1 << 14
        limits.maximumGrowth = 2
        #expect(bytes.count * limits.maximumGrowth < 80_000)
        let file = try ParquetFile(bytes: bytes, name: "t.parquet", limits: limits)
        #expect(throws: TableError(.overLimit(.maximumGrowth, 2), file: "t.parquet", column: "n")) { try file.read() }
        // A row group at a time it fits.
        var rows = 0
        var chunks = try file.chunks()
        while let table = try chunks.next() { rows += table.rowCount }
        #expect(rows == 10_000)
    }

    @Test("A CSV text of many empty rows is read whole only as far as its size allows")
    func emptyRows() throws {
        let text = Array("n\n".utf8) + [UInt8](repeating: UInt8(ascii: "\n"), count: 10_000)
        var reader = CSVReader(try Schema([Field("n", .int64, nullable: true)]))
        #expect(try reader.read(text: text).rowCount == 10_000)
        reader.limits.undisputedBytes = 1 << 14
        reader.limits.maximumGrowth = 4
        #expect(throws: TableError(.overLimit(.maximumGrowth, 4))) { try reader.read(text: text) }
        reader.limits = ReadLimits()
        reader.limits.maximumRows = 9_999
        #expect(throws: TableError(.overLimit(.maximumRows, 9_999))) { try reader.read(text: text) }
    }

    @Test("Rows that nothing stands for are refused before memory is asked for")
    func claimedRows() throws {
        for rows in [1 << 29, 1 << 30, (1 << 30) + 1, Int.max / 8, Int.max] {
            var group = RowGroup()
            group.rowCount = rows
            var chunk = ColumnChunk()
            chunk.type = .int64
            chunk.path = ["n"]
            chunk.codec = .uncompressed
            chunk.valueCount = rows
            chunk.dataPageOffset = 4
            group.columns = [chunk]
            let file = try ParquetFile(bytes: Self.file(Self.footer([group], rowCount: rows).encoded()), name: "f")
            let expected =
                rows > 1 << 30
                ? TableError(.overLimit(.maximumRows, 1 << 30), file: "f")
                : TableError(.overLimit(.maximumGrowth, 256), file: "f", column: "n")
            #expect(throws: expected) { try file.read() }
            #expect(throws: expected) { try file.read(columns: [], where: [.atLeast("n", 1)]) }
        }
    }

    @Test("More columns or keys than the limit, and column chunks of no bytes, are errors")
    func counts() throws {
        var many = try Self.footer([], rowCount: 0)
        many.schema[0].childCount = 70_000
        many.schema += Array(repeating: many.schema[1], count: 69_999)
        #expect(throws: TableError(.overLimit(.maximumColumns, 1 << 16))) {
            try ParquetFile(bytes: Self.file(many.encoded()))
        }
        var keys = try Self.footer([], rowCount: 0)
        keys.keyValues = (0 ..< 70_000).map { ("\($0)", "") }
        #expect(throws: TableError(.overLimit(.maximumMetadataKeys, 1 << 16))) {
            try ParquetFile(bytes: Self.file(keys.encoded()))
        }
        let elements = SchemaElement.elements(for: try Schema([Field("n", .int64)]))
        var writer = ThriftWriter()
        writer.field(2, list: .structure, count: 2) { writer in
            for element in elements { writer.element(element.write) }
        }
        writer.field(3, int64: 0)
        writer.field(4, list: .structure, count: 1) { writer in
            writer.element { group in
                group.field(1, list: .structure, count: 1) { $0.element { _ in } }
                group.field(3, int64: 0)
            }
        }
        writer.end()
        #expect(throws: TableError(.damaged(.rowGroup), place: .rowGroup(0))) {
            try ParquetFile(bytes: Self.file(writer.bytes))
        }
    }

    @Test("A file of holes that says it is one column is refused, not read")
    func holes() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/holes.parquet"
            let holeBytes = 1 << 36
            var group = RowGroup()
            group.rowCount = 1
            var chunk = ColumnChunk()
            chunk.type = .int64
            chunk.path = ["n"]
            chunk.codec = .uncompressed
            chunk.valueCount = 1
            chunk.dataPageOffset = 4
            chunk.compressedBytes = holeBytes - 4
            group.columns = [chunk]
            let tail = Self.file(try Self.footer([group], rowCount: 1).encoded()).dropFirst(4)
            try Data(magic).write(to: URL(filePath: path))
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.seek(toOffset: UInt64(holeBytes))
            try handle.write(contentsOf: Data(tail))
            try handle.close()
            let file = try ParquetFile(path)
            let expected = TableError(
                .overLimit(.maximumColumnBytes, 1 << 32), file: path, column: "n", place: .rowGroup(0))
            #expect(throws: expected) { try file.read() }
        }
    }

    @Test("Decimal and nested columns are listed and skipped; one asked for by name is an error")
    func skipped() throws {
        var footer = try Self.footer([], rowCount: 0)
        var price = footer.schema[1]
        price.name = "price"
        price.converted = .decimal
        var list = SchemaElement()
        list.name = "tags"
        list.repetition = .optional
        list.converted = .list
        list.childCount = 1
        var item = footer.schema[1]
        item.name = "item"
        item.repetition = .repeated
        footer.schema[0].childCount = 3
        footer.schema = [footer.schema[0], price, list, item, footer.schema[1]]
        let file = try ParquetFile(bytes: Self.file(footer.encoded()), name: "f.parquet")
        #expect(file.schema == (try Schema([Field("n", .int64)])))
        #expect(
            file.schema.skipped.map(\.description) == [
                "column `price`: the Parquet type int64 (decimal(0, 0)) is not supported",
                "column `tags`: a list column is not supported",
            ])
        let table = try file.read()
        #expect(table.schema.fields.map(\.name) == ["n"])
        let refused = TableError(.unsupported(.nestedColumn(.list)), file: "f.parquet", column: "tags")
        #expect(throws: refused) { try file.read(columns: ["n", "tags"]) }
        #expect(throws: refused) { try file.read(where: [.equals("tags", 1)]) }
        #expect(throws: refused) { _ = try file.chunks(columns: ["tags"]).schema }
        #expect(throws: TableError(.unsupported(.nestedColumn(.list)), column: "tags")) { try table.int64("tags") }
        #expect(
            "\(refused)"
                == "f.parquet: column `tags`: a list column is not supported\nhint: read the other columns, or write the file in another way"
        )
    }

    @Test("An LZ4 block is decompressed, repeats and long lengths too; cut short it is refused")
    func lz4() throws {
        // 3 literals, a copy of 4 + 15 + 2 bytes from 3 back, then 2 literals.
        let block: [UInt8] = [0x3F, 1, 2, 3, 3, 0, 2, 0x20, 8, 9]
        let expected = [1, 2, 3] + (0 ..< 21).map { UInt8($0 % 3 + 1) } + [8, 9]
        func decompress(_ bytes: [UInt8], size: Int) -> [UInt8]? {
            unsafe bytes.withUnsafeBytes { unsafe LZ4.decompress($0, size: size) }
        }
        #expect(decompress(block, size: 26) == expected)
        #expect(decompress(block, size: 25) == nil)
        #expect(decompress(block, size: 27) == nil)
        for length in 0 ..< block.count { #expect(decompress(Array(block[..<length]), size: 26) == nil) }
        #expect(decompress([0x10, 1, 2, 0, 0x10, 1], size: 6) == nil)  // a copy from before the start
    }
}
