/// Reads a CSV text from front to back, some rows at a time.
struct CSVChunks {
    /// Bytes of text that are read at once.
    static let pieceBytes = 1 << 20
    /// A table ends where its rows take this many bytes of text, if not before.
    static let maximumChunkBytes = 1 << 26
    /// Records that are cut before their fields are parsed, column by column.
    private static let batchRecords = 512

    let schema: Schema
    private(set) var window: CSVWindow
    private var tokenizer: CSVTokenizer
    private let nullTexts: [[UInt8]]
    /// Fields per record.
    private let width: Int
    /// Of each column of the schema, in the header.
    private let positions: [Int]
    private let path: String?
    private let maximumRows: Int
    /// For a table's rows, where the text is read whole: a short gzip can hold any number of empty lines.
    private let allowance: Allowance?
    private let bytesPerRow: Int

    /// Reads the header.
    ///
    /// - Throws: `io`, `badGzip`, `noHeader`, `bareReturn`, `noColumn`, `duplicateColumn`, `overLimit`, and as `next`.
    init(
        _ source: TextSource, _ path: String?, _ schema: Schema, _ format: CSVFormat, _ limits: ReadLimits,
        pieceBytes: Int = Self.pieceBytes, keepsAll: Bool
    ) throws(TableError) {
        maximumRows = limits.maximumRows
        allowance = keepsAll ? limits.table(storedBytes: source.storedBytes) : nil
        bytesPerRow = schema.fields.reduce(0) { $0 + $1.bytesPerRow }
        window = CSVWindow(source, limits, pieceBytes: pieceBytes, keepsAll: keepsAll)
        self.schema = schema
        self.path = path
        nullTexts = format.nullBytes
        tokenizer = CSVTokenizer(separator: format.separatorByte, from: 0)
        do throws(TableError) {
            let names = try Self.header(&window, &tokenizer)
            width = names.count
            positions = try Self.positions(of: schema, in: names)
        } catch {
            throw error.adding(file: path)
        }
    }

    /// The names in the header, whatever they are.
    ///
    /// - Throws: `io`, `badGzip`, `noHeader`, `overLimit`.
    static func names(_ source: TextSource, _ format: CSVFormat, _ limits: ReadLimits) throws(TableError) -> [String] {
        var window = CSVWindow(source, limits, pieceBytes: Self.pieceBytes, keepsAll: false)
        var tokenizer = CSVTokenizer(separator: format.separatorByte, from: 0)
        return try header(&window, &tokenizer)
    }

    private static func header(
        _ window: inout CSVWindow, _ tokenizer: inout CSVTokenizer
    ) throws(TableError) -> [String] {
        while true {
            // At least the three bytes that a byte order mark would be, if there are as many.
            while window.end < 3, !window.isLast { try window.advance(to: 0) }
            tokenizer.position = window.bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            if try readRecords(&tokenizer, window, width: nil, limit: 1, limitBytes: .max) == 1 { break }
            guard !window.isLast else { throw TableError(.noHeader) }
            try window.advance(to: 0)
        }
        for field in tokenizer.fields where field.style == .plain {
            guard let at = window.bytes[field.start ..< field.end].firstIndex(of: UInt8(ascii: "\r")) else { continue }
            throw window.error(.bareReturn, at: at)
        }
        return unsafe window.bytes.withUnsafeBufferPointer { text in
            tokenizer.fields.map { unsafe String(decoding: CSVReader.unescaped(text, $0), as: UTF8.self) }
        }
    }

    private static func positions(of schema: Schema, in names: [String]) throws(TableError) -> [Int] {
        var positions: [Int] = []
        for field in schema.fields {
            guard let position = names.firstIndex(of: field.name) else {
                throw TableError(.noColumn(available: names), column: field.name)
            }
            guard names.lastIndex(of: field.name) == position else {
                throw TableError(.duplicateColumn, column: field.name)
            }
            positions.append(position)
        }
        return positions
    }

    /// The next rows, nil at the end of the text.
    ///
    /// Where a table ends depends on rows and bytes of records alone, never on the pieces in which they were read.
    ///
    /// - Throws: `fieldCount`, `badValue`, `unexpectedNull`, `unclosedQuote`, `textAfterQuote`, `notUTF8`, with file,
    ///   line and column; `io`, `badGzip`, `overLimit`.
    mutating func next(rows: Int, bytes: Int = Self.maximumChunkBytes) throws(TableError) -> Table? {
        do throws(TableError) {
            let columns = schema.fields.map(CSVColumn.init)
            var (rowCount, size) = (0, 0)
            while rowCount < rows, size < bytes {
                let start = tokenizer.position
                let records = try Self.readRecords(
                    &tokenizer, window, width: width, limit: min(Self.batchRecords, rows - rowCount),
                    limitBytes: bytes - size)
                if records > 0 {
                    try append(to: columns)
                    rowCount += records
                    guard rowCount <= maximumRows else { throw TableError(.overLimit(.maximumRows, maximumRows)) }
                    try allowance?.check(rowCount * bytesPerRow)
                    size += tokenizer.position - start
                } else if window.isLast {
                    break
                } else {
                    try window.advance(to: tokenizer.position)
                    tokenizer.position = 0
                }
            }
            if rowCount == 0 { return nil }
            return try Table(schema, columns.map { $0.finish() }, rowCount: rowCount)
        } catch {
            throw error.adding(file: path)
        }
    }

    private static func readRecords(
        _ tokenizer: inout CSVTokenizer, _ window: CSVWindow, width: Int?, limit: Int, limitBytes: Int
    ) throws(TableError) -> Int {
        do throws(CSVTokenizer.Failure) {
            return try unsafe window.bytes.withUnsafeBufferPointer { (bytes) throws(CSVTokenizer.Failure) in
                try unsafe tokenizer.read(
                    UnsafeBufferPointer(rebasing: bytes[..<window.end]), width: width, limit: limit,
                    limitBytes: limitBytes, isLast: window.isLast)
            }
        } catch {
            throw window.error(error.problem, at: error.offset)
        }
    }

    private func append(to columns: [CSVColumn]) throws(TableError) {
        let batch = CSVBatch(fields: tokenizer.fields, width: width, nullTexts: nullTexts)
        for (index, column) in columns.enumerated() {
            do throws(CSVTokenizer.Failure) {
                try unsafe window.bytes.withUnsafeBufferPointer { (bytes) throws(CSVTokenizer.Failure) in
                    try unsafe column.append(bytes, batch, first: positions[index])
                }
            } catch {
                throw window.error(error.problem, at: error.offset).adding(column: schema.fields[index].name)
            }
        }
    }
}
