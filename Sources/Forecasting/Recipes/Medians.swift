public import Rules
import Tables

/// The medians of a column by keys.
///
/// - Input: rows with that column, of a number type, and the keys, of int32; rows without a value do not count.
/// - Output: `Baselines.table()`.
/// - Throws: `ForecastingError.noRows`, `TableError`.
public struct Medians: Recipe {
    @Input public var rows: TableFile
    /// The column whose medians are taken.
    public var value: String
    public var settings: BaselineSettings
    @Output public var table: TableFile

    public init(rows: TableFile, value: String, settings: BaselineSettings, table: TableFile) {
        self.rows = rows
        self.value = value
        self.settings = settings
        self.table = table
    }

    public func run(_ step: Step) throws {
        let known = try rows.read(columns: settings.keys + [value]).having(value)
        let keys = try BaselineKeys(settings.keys, of: known)
        try table.write(Baselines(of: known.numbers(value), by: keys, settings).table())
    }
}
