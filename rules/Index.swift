import Forecasting
import Rules
import Tables

/// The predicted delays of a day at each origin: means over its routes, by hour.
///
/// - Output: `date`, `origin`, `hour`, `routes` (with a flight in that hour), `flights`,
///   `mean_predicted_delay_minutes` (over the routes, however many flights each has); sorted by origin and hour.
struct Index: Recipe {
    @Input var curves: [TableFile]
    var day: Day
    @Output var table: TableFile

    func run(_ step: Step) throws {
        if let missing = step.missing["curves"], !missing.isEmpty {
            step.log("\(missing.count) routes are missing: \(missing.joined(separator: ", "))")
        }
        var slots: [Slot: Sums] = [:]
        for curve in curves {
            let rows = try curve.read(columns: ["route", "hour", "flights", "predicted_delay_minutes"])
            let (hours, flights) = (try rows.int32("hour").storage, try rows.int32("flights").storage)
            let predictions = try rows.double("predicted_delay_minutes").storage
            for (row, route) in try rows.string("route").enumerated() {
                let origin = String((route ?? "").prefix { $0 != "-" })
                slots[Slot(origin: origin, hour: hours[row]), default: Sums()].add(predictions[row], flights[row])
            }
        }
        try table.write(makeTable(slots.sorted { $0.key < $1.key }))
    }

    private func makeTable(_ slots: [(key: Slot, value: Sums)]) throws -> Table {
        try Table(
            Schema([
                Field("date", .date), Field("origin", .string), Field("hour", .int32), Field("routes", .int32),
                Field("flights", .int32), Field("mean_predicted_delay_minutes", .double),
            ]),
            [
                .date(Values(slots.map { _ in day })),
                .string(Strings(slots.map(\.key.origin))),
                .int32(Values(slots.map(\.key.hour))),
                .int32(Values(slots.map { Int32(clamping: $0.value.predictions.count) })),
                .int32(Values(slots.map(\.value.flights))),
                .double(Values(slots.map { $0.value.predictions.mean() ?? .nan })),
            ])
    }

    private struct Slot: Hashable, Comparable {
        var origin: String
        var hour: Int32

        static func < (left: Slot, right: Slot) -> Bool { (left.origin, left.hour) < (right.origin, right.hour) }
    }

    private struct Sums {
        var predictions: [Double] = []
        var flights: Int32 = 0

        mutating func add(_ prediction: Double, _ count: Int32) {
            predictions.append(prediction)
            flights &+= count
        }
    }
}
