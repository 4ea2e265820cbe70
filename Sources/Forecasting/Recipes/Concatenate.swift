public import Rules
import Tables

/// Writes the rows of many tables of one schema, one table after the other, as one CSV file.
///
/// - Throws: `TableError` where a table's columns are not the first one's.
public struct ConcatenateCSV: Recipe {
    @Input public var tables: [TableFile]
    @Output public var file: CSVFile

    public init(tables: [TableFile], file: CSVFile) {
        self.tables = tables
        self.file = file
    }

    public func run(_ step: Step) throws {
        let parts = try tables.map { try $0.read() }
        let schema = try parts.first?.schema ?? Schema([])
        try CSVWriter().write(Table(schema, concatenating: parts), to: file.path)
    }
}
