import Forecasting
import Rules
import Tables

/// The slots of a park's days, every five minutes from opening to closing, with what is known of them in advance.
///
/// - Output: as `ParkDays.features` says, by day and time.
struct Slots: Recipe {
    @Input var calendar: TableFile
    @Output var table: TableFile

    func run(_ step: Step) throws {
        let park = try ParkDays(calendar.read())
        let slots = try park.days.flatMap { day in try park.slots(of: day).map { (day: day, minute: $0) } }
        // Small row groups, so that a forecast of one day reads little more than that day.
        try table.write(park.features(of: slots.map(\.day), minutes: slots.map(\.minute)), rowGroupRows: 4096)
    }
}
