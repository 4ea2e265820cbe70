public import Rules
import Tables

/// Writes the rows of many entities' tables of one schema as one CSV file, by entity, whose name becomes the first
/// column.
///
/// - Throws: `TableError` where a table's columns are not the first one's.
public struct GatherCSV: Recipe {
    /// By entity.
    @Input public var tables: [String: TableFile]
    /// The name of the column that says which entity it is.
    public var entity: String
    @Output public var file: CSVFile

    public init(tables: [String: TableFile], entity: String, file: CSVFile) {
        self.tables = tables
        self.entity = entity
        self.file = file
    }

    public func run(_ step: Step) throws {
        let entities = tables.keys.sorted()
        let parts = try entities.map { try tables[$0]?.read() ?? Table(empty: Schema([])) }
        let rows = try Table(parts.first?.schema ?? Schema([]), concatenating: parts)
        let names = zip(entities, parts).flatMap { name, part in [String](repeating: name, count: part.rowCount) }
        try CSVWriter().write(
            Table(
                Schema([Field(entity, .string)] + rows.schema.fields), [.string(Strings(names))] + rows.columns),
            to: file.path)
    }
}
