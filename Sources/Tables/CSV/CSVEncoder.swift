/// Writes tables as CSV text: a header line, then a line per row.
struct CSVEncoder: TableEncoder {
    private let format: CSVFormat
    private let schema: Schema
    private let deflater: GzipDeflater?
    private var text: [UInt8] = []

    /// Text that is collected before it is written.
    private static let bufferBytes = 1 << 20

    /// - Throws: `io` where there is no memory.
    init(_ schema: Schema, _ format: CSVFormat, isGzip: Bool) throws(TableError) {
        self.schema = schema
        self.format = format
        deflater = isGzip ? try GzipDeflater(level: 6) : nil
    }

    /// Rows are written as they come; what waits is text.
    var peakRows: Int { 0 }

    mutating func begin(_ sink: Sink) throws(TableError) {
        for (index, field) in schema.fields.enumerated() {
            if index > 0 { text.append(format.separatorByte) }
            format.append(Array(field.name.utf8)[...], to: &text)
        }
        text.append(UInt8(ascii: "\n"))
    }

    mutating func append(_ table: Table, _ sink: Sink) throws(TableError) {
        let cells = table.columns.map(cellWriter)
        let separator = format.separatorByte
        for row in 0 ..< table.rowCount {
            for (index, writeCell) in cells.enumerated() {
                if index > 0 { text.append(separator) }
                writeCell(row, &text)
            }
            text.append(UInt8(ascii: "\n"))
            if text.count >= Self.bufferBytes { try flush(sink) }
        }
    }

    mutating func finish(_ sink: Sink) throws(TableError) {
        try flush(sink)
        if let deflater { try sink(deflater.finish()) }
    }

    private mutating func flush(_ sink: Sink) throws(TableError) {
        try sink(deflater?.deflate(text) ?? text)
        text.removeAll(keepingCapacity: true)
    }

    private func cellWriter(_ column: Column) -> (Int, inout [UInt8]) -> Void {
        switch column {
        case .bool(let values): cellWriter(values)
        case .int32(let values): cellWriter(values)
        case .int64(let values): cellWriter(values)
        case .double(let values): cellWriter(values)
        case .date(let values): cellWriter(values)
        case .timestamp(let values): cellWriter(values)
        case .string(let strings):
            { [format] row, text in
                if strings.validity[row] { format.append(strings.utf8[strings.bytes(of: row)], to: &text) }
            }
        }
    }

    private func cellWriter(_ values: Values<some TextParsable>) -> (Int, inout [UInt8]) -> Void {
        { row, text in if values.validity[row] { values.storage[row].write(to: &text) } }
    }
}

extension CSVFormat {
    /// Appends a text, in quotes if it would else be cut, or be taken for a null.
    func append(_ field: ArraySlice<UInt8>, to text: inout [UInt8]) {
        let quote = UInt8(ascii: "\"")
        let separator = separatorByte
        let needsQuotes =
            field.isEmpty
            || field.contains { $0 == separator || $0 == quote || $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
            || (!nullTexts.isEmpty && nullTexts.contains(String(decoding: field, as: UTF8.self)))
        guard needsQuotes else {
            text.append(contentsOf: field)
            return
        }
        text.append(quote)
        for byte in field {
            if byte == quote { text.append(quote) }
            text.append(byte)
        }
        text.append(quote)
    }
}
