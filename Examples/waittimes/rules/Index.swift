import Forecasting
import Rules
import Tables

/// The wait-time index of a park and a day: what its attractions make of each slot.
///
/// - Input: forecast curves of a day to come, or the filled curves of one that is over.
/// - Output: a row per slot: `park_code`, `park_date`, `time_slot`, `n_entities`, and over these the mean wait `wti`,
///   `min_actual` and `max_actual`, in minutes.
struct Index: Recipe {
    @Input var curves: [CSVFile]
    /// Their column with the waits.
    var column: String
    var park: Park
    var day: Day
    @Output var table: TableFile

    func run(_ step: Step) throws {
        if let missing = step.missing["curves"], !missing.isEmpty {
            step.log("\(missing.count) curves are missing: \(missing.joined(separator: ", "))")
        }
        var slots: [String: [Int32]] = [:]
        // Curves of one park and day have the same slots; their names are in order but for midnight.
        var order: [String] = []
        for curve in curves {
            let (names, waits) = try read(curve)
            for (name, wait) in zip(names, waits) {
                if slots[name] == nil { order.append(name) }
                slots[name, default: []].append(wait)
            }
        }
        let waits = order.map { slots[$0] ?? [] }
        try table.write(
            Table(
                Schema([
                    Field("park_code", .string), Field("park_date", .date), Field("time_slot", .string),
                    Field("wti", .double), Field("n_entities", .int32), Field("min_actual", .int32),
                    Field("max_actual", .int32),
                ]),
                [
                    .string(Strings(order.map { _ in park.rawValue })), .date(Values(order.map { _ in day })),
                    .string(Strings(order)), .double(Values(waits.map { $0.map(Double.init).mean() ?? .nan })),
                    .int32(Values(waits.map { Int32(clamping: $0.count) })),
                    .int32(Values(waits.map { $0.min() ?? 0 })),
                    .int32(Values(waits.map { $0.max() ?? 0 })),
                ]))
    }

    private func read(_ curve: CSVFile) throws -> (names: [String], waits: [Int32]) {
        // Posted waits are never used: they are not what anybody waits.
        let rows = try CSVReader(Schema([Field("time_slot", .string), Field(column, .int32)])).read(curve.path)
        return (try rows.string("time_slot").map { $0 ?? "" }, try rows.int32(column).storage)
    }
}
