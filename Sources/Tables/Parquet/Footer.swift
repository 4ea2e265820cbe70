/// The footer of a file being read.
///
/// Column chunks stay as they are stored until they are asked for: in memory they would take many times the bytes, and
/// what a footer claims must not cost more than a few times what it is.
/// Source: parquet.thrift, `FileMetaData`.
struct Footer {
    private(set) var schema: [SchemaElement] = []
    private(set) var rowCount = 0
    /// Of equal keys, the last.
    private(set) var metadata: [String: String] = [:]
    /// Whether each column's min_value and max_value follow the type's own order; empty if not said.
    private(set) var hasTypeOrder: [Bool] = []
    /// Rows of each row group.
    private(set) var groupRows: [Int] = []

    private let bytes: [UInt8]
    /// Of each row group, where each column chunk begins in `bytes`: row groups × `chunkCount`.
    private var chunkOffsets: [UInt32] = []
    /// Column chunks per row group: leaves of the schema.
    private var chunkCount = 0

    /// The smallest that a column chunk with its metadata can be.
    private static let minimumChunkBytes = 4

    /// - Throws: `damaged`, `overLimit`.
    init(_ bytes: [UInt8], _ limits: ReadLimits) throws(TableError) {
        self.bytes = bytes
        var reader = ThriftReader(ByteReader(bytes, part: .footer))
        var last: Int16 = 0
        while let field = try reader.field(after: &last) {
            switch field.id {
            case 2: try readSchema(&reader, field, limits)
            case 3: rowCount = try reader.size(field)
            case 4: try readGroups(&reader, field)
            case 5: try readMetadata(&reader, field, limits)
            case 7:
                hasTypeOrder = []
                for _ in 0 ..< (try reader.list(field, of: .structure)) { hasTypeOrder.append(try Self.order(&reader)) }
            default: try reader.skip(field)
            }
        }
        var total = 0
        for (index, rows) in groupRows.enumerated() {
            let (sum, overflow) = total.addingReportingOverflow(rows)
            guard !overflow else { throw TableError(.damaged(.rowGroup), place: .rowGroup(index)) }
            total = sum
        }
        guard total == rowCount else { throw TableError(.damaged(.footer)) }
    }

    /// The entry of one column in one row group.
    ///
    /// - Throws: `damaged(.footer)`.
    func chunk(_ column: Int, inGroup group: Int) throws(TableError) -> ColumnChunk {
        let start = Int(chunkOffsets[group * chunkCount + column])
        var reader = ThriftReader(ByteReader(bytes, start ..< bytes.count, part: .footer))
        return try ColumnChunk(from: &reader)
    }

    private mutating func readSchema(
        _ reader: inout ThriftReader, _ field: ThriftReader.Field, _ limits: ReadLimits
    ) throws(TableError) {
        let count = try reader.list(field, of: .structure)
        guard schema.isEmpty else { throw TableError(.damaged(.schema)) }
        guard count <= limits.maximumColumns else {
            throw TableError(.overLimit(.maximumColumns, limits.maximumColumns))
        }
        for _ in 0 ..< count { schema.append(try SchemaElement(from: &reader)) }
        for element in schema.dropFirst() where element.childCount == 0 { chunkCount += 1 }
    }

    /// Notes where the column chunks are; the schema, which says how many there must be, stands before them.
    private mutating func readGroups(
        _ reader: inout ThriftReader, _ field: ThriftReader.Field
    ) throws(TableError) {
        guard !schema.isEmpty, groupRows.isEmpty else { throw TableError(.damaged(.footer)) }
        for index in 0 ..< (try reader.list(field, of: .structure)) {
            var rows: Int?
            var hasColumns = false
            var last: Int16 = 0
            while let field = try reader.field(after: &last) {
                switch field.id {
                case 1:
                    let count = try reader.list(field, of: .structure)
                    guard count == chunkCount, !hasColumns else {
                        throw TableError(.damaged(.rowGroup), place: .rowGroup(index))
                    }
                    for _ in 0 ..< count { try noteChunk(&reader, index) }
                    hasColumns = true
                case 3: rows = try reader.size(field)
                default: try reader.skip(field)
                }
            }
            guard let rows, hasColumns else { throw TableError(.damaged(.rowGroup), place: .rowGroup(index)) }
            groupRows.append(rows)
        }
    }

    private mutating func noteChunk(_ reader: inout ThriftReader, _ group: Int) throws(TableError) {
        let start = reader.input.position
        try reader.skipStructure()
        guard reader.input.position - start >= Self.minimumChunkBytes, let offset = UInt32(exactly: start) else {
            throw TableError(.damaged(.rowGroup), place: .rowGroup(group))
        }
        chunkOffsets.append(offset)
    }

    private mutating func readMetadata(
        _ reader: inout ThriftReader, _ field: ThriftReader.Field, _ limits: ReadLimits
    ) throws(TableError) {
        metadata = [:]
        for _ in 0 ..< (try reader.list(field, of: .structure)) {
            var (key, value) = ("", "")
            var last: Int16 = 0
            while let field = try reader.field(after: &last) {
                switch field.id {
                case 1: key = try reader.string(field)
                case 2: value = try reader.string(field)
                default: try reader.skip(field)
                }
            }
            metadata[key] = value
            guard metadata.count <= limits.maximumMetadataKeys else {
                throw TableError(.overLimit(.maximumMetadataKeys, limits.maximumMetadataKeys))
            }
        }
    }

    private static func order(_ reader: inout ThriftReader) throws(TableError) -> Bool {
        var isTypeOrder = false
        var last: Int16 = 0
        while let field = try reader.field(after: &last) {
            if field.id == 1 { isTypeOrder = true }
            try reader.skip(field)
        }
        return isTypeOrder
    }
}
