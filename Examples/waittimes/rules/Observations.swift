import Forecasting
import Rules
import Tables

/// What is known of the waits of an attraction by the end of a day, cleaned.
///
/// - Input: the attraction's facts, and its park's calendar.
/// - Output: `table`, a row per measured wait, by park day and time: `park_date`, the operating day on which it was
///   measured; `observed_at`, UTC; `minutes_since_0600`, `hour`, by the park's clock; `date_group`; `actual_minutes` or
///   `posted_minutes`. `dirt`, one row, as `Dirt` says.
struct Observations: Recipe {
    @Input var facts: CSVFile
    @Input var calendar: TableFile
    /// The last day that counts.
    var through: Day
    @Output var table: TableFile
    @Output var dirt: TableFile

    /// Waits are refused that lie outside.
    static let plausible: ClosedRange<Int64> = 0 ... 1000

    func run(_ step: Step) throws {
        let rows = try CSVReader(
            Schema([
                Field("park_date", .date), Field("wait_datetime", .timestamp),
                Field("wait_minutes_actual", .int64, nullable: true),
                Field("wait_minutes_posted", .int64, nullable: true),
            ])
        ).read(facts.path)
        let (filed, moments) = (try rows.date("park_date").storage, try rows.timestamp("wait_datetime").storage)
        let (actual, posted) = (try rows.int64("wait_minutes_actual"), try rows.int64("wait_minutes_posted"))
        var counts = Dirt()
        var waits: [Wait] = []
        for row in 0 ..< rows.rowCount {
            let clock = ParkClock(read: moments[row])
            // A row that came late is filed under a later day, and was not known before.
            guard max(filed[row], clock.parkDay) <= through else { continue }
            var wait = Wait(clock: clock, row: row, actual: actual[row], posted: posted[row])
            counts.add(&wait, filed: filed[row])
            if wait.isMeasured { waits.append(wait) }
        }
        waits.sort { ($0.clock, $0.row) < ($1.clock, $1.row) }
        try table.write(makeTable(waits))
        try dirt.write(counts.table())
    }

    private func makeTable(_ waits: [Wait]) throws -> Table {
        let days = waits.map(\.clock.parkDay)
        let minutes = waits.map(\.clock.minutesSinceSix)
        let groups = try calendar.read(columns: ["park_date", "date_group"])
        let rows = try ParkDays(groups).rows(of: days)
        return try Table(
            Schema([
                Field("park_date", .date), Field("observed_at", .timestamp), Field("minutes_since_0600", .int32),
                Field("hour", .int32), Field("date_group", .int32), Field("actual_minutes", .int32, nullable: true),
                Field("posted_minutes", .int32, nullable: true),
            ]),
            [
                .date(Values(days)), .timestamp(Values(waits.map(\.clock.instant))), .int32(Values(minutes)),
                .int32(Values(minutes.map { clockHour($0) })),
                .int32(groups.int32("date_group").selecting(rows)),
                .int32(Values(waits.map { $0.actual.map { Int32(clamping: $0) } })),
                .int32(Values(waits.map { $0.posted.map { Int32(clamping: $0) } })),
            ])
    }
}

/// One row of the facts.
struct Wait {
    var clock: ParkClock
    /// From 0, in the order of the file.
    var row: Int
    /// Minutes, as the next.
    var actual: Int64?
    var posted: Int64?

    var isMeasured: Bool { actual != nil || posted != nil }
}

extension Values {
    fileprivate func selecting(_ rows: [Int]) -> Values { Values(rows.map { storage[$0] }) }
}
