/// Instants that come again by the calendar and the clock of some zone, as Mondays at 06:00.
public enum Recurrence: Hashable, Sendable {
    /// Minutes since midnight by the zone's clock.
    case daily(minuteOfDay: Int)
    case weekly(Weekday, minuteOfDay: Int)
    /// The day of the month, 1 to 31; where a month is shorter, its last day.
    case monthly(day: Int, minuteOfDay: Int)

    /// In the order of ISO 8601.
    public enum Weekday: Int, Hashable, Sendable, CaseIterable {
        case monday = 1
        case tuesday, wednesday, thursday, friday, saturday, sunday
    }
}
