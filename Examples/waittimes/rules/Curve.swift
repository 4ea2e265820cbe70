import Forecasting
import Rules
import Tables

/// The forecast curve of an attraction and a day.
///
/// - Input: the forecast of actual waits, and the aggregates of posted ones, which know nothing of that day: a group
///   that has none gives way to the next coarser one.
/// - Output: a row per slot: `entity_code`, `park_date`, `time_slot`, `actual_predicted`, to the minute, and
///   `posted_predicted`, to five minutes, as signs are.
struct Curve: Recipe {
    @Input var forecast: TableFile
    @Input var aggregates: TableFile
    @Input var slots: TableFile
    var day: Day
    @Output var curve: CSVFile

    func run(_ step: Step) throws {
        let forecast = try forecast.read()
        let slots = try slots.read(where: [.equals("park_date", .date(day))])
        guard slots.rowCount > 0 else { throw CalendarError.notInCalendar(day) }
        let actual = try forecast.double("actual_minutes").storage
        let posted = try Baselines(aggregates.read()).predictions(for: slots)
        try CSVWriter().write(
            Table(
                Schema([
                    Field("entity_code", .string), Field("park_date", .date), Field("time_slot", .string),
                    Field("actual_predicted", .int32), Field("posted_predicted", .int32),
                ]),
                [
                    .string(forecast.string("entity_code")), .date(slots.date("park_date")),
                    .string(Strings(slots.int32("minutes_since_0600").storage.map { slotName($0) })),
                    .int32(Values(actual.map { wholeMinutes($0) })),
                    .int32(Values(posted.map { wholeMinutes($0.value / 5) * 5 })),
                ]), to: curve.path)
    }
}

/// To the nearest minute, half a minute up; no wait is shorter than none.
func wholeMinutes(_ minutes: Double) -> Int32 { Int32(clamping: Int((max(0, min(minutes, 1e6)) + 0.5).rounded(.down))) }
