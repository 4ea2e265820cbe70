import Forecasting
import Rules
import Tables

/// What the models of an attraction learn from.
///
/// - Output: a row per actual wait: `park_date`, what is known in advance of its moment (`ParkDays.features`), then the
///   target `actual_minutes`, and `observed_at`; in `withPosted` also `posted_minutes`, what the sign said, null where
///   nothing was posted that day.
struct Features: Recipe {
    @Input var observations: TableFile
    @Input var calendar: TableFile
    @Output var withPosted: TableFile
    @Output var withoutPosted: TableFile

    func run(_ step: Step) throws {
        let all = try observations.read()
        let signs = try NearestPosted(all)
        let isActual = try all.int32("actual_minutes").map { $0 != nil }
        let known = try all.filtered(by: isActual)
        let (days, minutes) = (
            try known.date("park_date").storage, try known.int32("minutes_since_0600").storage
        )
        let features = try ParkDays(calendar.read()).features(of: days, minutes: minutes)
        let target = try Table(
            Schema([Field("actual_minutes", .int32), Field("observed_at", .timestamp)]),
            [.int32(known.int32("actual_minutes")), .timestamp(known.timestamp("observed_at"))])
        try withoutPosted.write(features.adding(target))
        try withPosted.write(features.adding(signs: signs.waits(at: minutes, on: days)).adding(target))
    }
}

extension Table {
    /// With what the sign said.
    func adding(signs: [Int32?]) throws -> Table {
        try adding(Table(Schema([Field("posted_minutes", .int32, nullable: true)]), [.int32(Values(signs))]))
    }
}
