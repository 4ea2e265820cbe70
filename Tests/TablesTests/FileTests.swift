import Foundation
import Testing

@testable import Tables

@Suite struct FileTests {
    static func table() throws -> Table {
        try Table(Schema([Field("n", .int64), Field("s", .string)]), [.int64([1, 2]), .string(["a", "ü"])])
    }

    @Test("Files written are read back, plain, compressed and as Parquet; equal tables give equal files")
    func files() throws {
        try withTemporaryDirectory { directory in
            let table = try Self.table()
            for name in ["t.csv", "t.csv.gz"] {
                try CSVWriter().write(table, to: "\(directory)/\(name)")
                #expect(try CSVReader(table.schema).read("\(directory)/\(name)") == table)
            }
            for name in ["a.parquet", "b.parquet"] { try ParquetWriter().write(table, to: "\(directory)/\(name)") }
            #expect(try ParquetFile("\(directory)/a.parquet").read() == table)
            let (a, b) = (
                FileManager.default.contents(atPath: "\(directory)/a.parquet"),
                FileManager.default.contents(atPath: "\(directory)/b.parquet")
            )
            #expect(try a.map { [UInt8]($0) } == ParquetWriter().encode(table))
            #expect(a == b)
        }
    }

    @Test("A shorter table over a longer file leaves nothing of it")
    func overwriting() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/t.parquet"
            try ParquetWriter().write(try randomTable(rows: 1000, seed: 1), to: path)
            try ParquetWriter().write(try Self.table(), to: path)
            #expect(try ParquetFile(path).read() == Self.table())
        }
    }

    @Test("What is no file is refused at once, also a pipe to which nobody writes")
    func notRegular() throws {
        try withTemporaryDirectory { directory in
            let pipe = "\(directory)/pipe"
            #expect(unsafe mkfifo(pipe, 0o600) == 0)
            let schema = try Self.table().schema
            for path in [pipe, "/dev/zero"] {
                #expect(throws: TableError(.notRegular, file: path)) { try CSVReader(schema).read(path) }
                #expect(throws: TableError(.notRegular, file: path)) { try ParquetFile(path) }
            }
            #expect(throws: TableError(.io(call: "read", errno: EISDIR), file: directory)) {
                try ParquetFile(directory)
            }
        }
    }

    @Test("Of thousands of columns an error names some")
    func manyColumns() throws {
        let available = (0 ..< 10_000).map { "c\($0)" }
        let text = TableError(.noColumn(available: available), file: "wide.csv", column: "a").description
        #expect(text.hasSuffix("`c18`, `c19` and 9980 more"))
    }

    @Test("A full disk is an error that names the file, the call and the reason")
    func fullDisk() throws {
        let table = try randomTable(rows: 1000, seed: 1)
        let expected = TableError(.io(call: "write", errno: ENOSPC), file: "/dev/full")
        #expect(throws: expected) { try ParquetWriter().write(table, to: "/dev/full") }
        #expect(throws: expected) { try CSVWriter().write(table, to: "/dev/full") }
        #expect(
            "\(expected)"
                == "/dev/full: write: No space left on device (errno 28)\nhint: make room on that file system")
    }

    @Test("A file that is not there, or cannot be, is an error with its path")
    func missing() throws {
        let missing = TableError(.io(call: "open", errno: ENOENT), file: "/no/such/file")
        #expect(throws: missing) { try ParquetFile("/no/such/file") }
        #expect(throws: missing) { try CSVReader(Self.table().schema).read("/no/such/file") }
        #expect(throws: missing) { try ParquetWriter().write(Self.table(), to: "/no/such/file") }
        #expect(throws: missing) { try CSVWriter().write(Self.table(), to: "/no/such/file") }
        #expect(throws: TableError(.io(call: "read", errno: EISDIR), file: "/")) { try ParquetFile("/") }
    }

    @Test("Damaged gzip and too much text are told apart")
    func gzip() throws {
        try withTemporaryDirectory { directory in
            let path = "\(directory)/t.csv.gz"
            try CSVWriter().write(try Self.table(), to: path)
            var reader = CSVReader(try Self.table().schema)
            reader.limits.maximumTextBytes = 5
            #expect(throws: TableError(.overLimit(.maximumTextBytes, 5), file: path)) { try reader.read(path) }
            reader.limits = ReadLimits()
            let whole = try #require(FileManager.default.contents(atPath: path))
            for length in 0 ..< whole.count {
                try whole.prefix(length).write(to: URL(filePath: path))
                #expect(throws: TableError(.badGzip, file: path)) { try reader.read(path) }
            }
            // Two members are one text.
            try CSVWriter().write(try Self.table(), to: path)
            let header = try Table(empty: Schema([Field("3", .string), Field("x", .string)]))
            let second = "\(directory)/second.gz"
            try CSVWriter().write(header, to: second)
            try (whole + #require(FileManager.default.contents(atPath: second))).write(to: URL(filePath: path))
            #expect(try reader.read(path).int64("n") == [1, 2, 3])
        }
    }

    @Test("Every problem has words, and the place stands before them")
    func words() {
        let problems: [(TableError.Problem, String)] = [
            (.cutShort, "the file became shorter while it was read"),
            (.damaged(.columnChunk), "damaged column chunk\nhint: write or download the file again"),
            (
                .unsupported(.columnType(.int96, nil)),
                "the Parquet type int96 is not supported\nhint: read the other columns, or write the file in another way"
            ),
            (
                .overLimit(.maximumRows, 10),
                "more than 10 rows\nhint: if the file is trusted, raise `ReadLimits.maximumRows`"
            ),
            (.noColumn(available: ["a", "b"]), "no such column\nhint: there are: `a`, `b`"),
            (
                .wrongColumn(found: "b"),
                "column `b` is in its place\nhint: select the columns in one order before joining tables"
            ),
            (.noRow(3, rowCount: 3), "no row 3: there are 3, counted from 0"),
        ]
        for (problem, words) in problems {
            #expect("\(TableError(problem))" == words)
            #expect("\(TableError(problem, file: "f", column: "c"))" == "f: column `c`: \(words)")
        }
    }
}
