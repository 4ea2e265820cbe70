import Rules

/// A moment by the clock of the parks (US Eastern), as the data have it: without a zone.
struct ParkClock: Comparable {
    /// Since 1970-01-01 00:00 of that clock.
    let seconds: Int64

    /// - Parameter read: the moment as if it were UTC.
    init(read: Timestamp) { seconds = read.microsecondsSinceEpoch / 1_000_000 }

    /// The operating day it belongs to: that begins at 06:00, and ends past midnight.
    var parkDay: Day { Day(daysSinceEpoch: Int32((seconds - Self.opening).floorDivided(by: Self.day))) }

    var date: Day { Day(daysSinceEpoch: Int32(seconds.floorDivided(by: Self.day))) }

    /// Whole minutes since 06:00 of its park day: up to 1,439.
    var minutesSinceSix: Int32 { Int32((seconds - Self.opening).modulo(Self.day) / 60) }

    /// In UTC. What the clock shows twice, in autumn, is taken as the first time.
    var instant: Timestamp {
        Timestamp(microsecondsSinceEpoch: (seconds + (isDaylightSaving ? 4 : 5) * 3600) * 1_000_000)
    }

    /// From 02:00 on the second Sunday of March to 02:00 on the first of November.
    ///
    /// - Source: Energy Policy Act of 2005, section 110; in force from 2007.
    private var isDaylightSaving: Bool {
        let year = date.calendar.year
        guard let march = Day(year: year, month: 3, day: 8), let november = Day(year: year, month: 11, day: 1) else {
            return false
        }
        return (Self.two(onSundayFrom: march) ..< Self.two(onSundayFrom: november)).contains(seconds)
    }

    private static func two(onSundayFrom day: Day) -> Int64 {
        Int64((day + (6 - day.weekday)).daysSinceEpoch) * Self.day + 2 * 3600
    }

    private static let day: Int64 = 86_400
    private static let opening: Int64 = 6 * 3600

    static func < (left: ParkClock, right: ParkClock) -> Bool { left.seconds < right.seconds }
}

/// A time of a park day as it is written: 09:00, and past midnight 00:30.
func slotName(_ minutesSinceSix: Int32) -> String {
    let minute = (minutesSinceSix + 360) % 1440
    let (hours, minutes) = (minute / 60, minute % 60)
    return (hours < 10 ? "0" : "") + "\(hours):" + (minutes < 10 ? "0" : "") + "\(minutes)"
}

/// The hour of the clock, 0 to 23.
func clockHour(_ minutesSinceSix: Int32) -> Int32 { (minutesSinceSix / 60 + 6) % 24 }

extension Int64 {
    fileprivate func floorDivided(by other: Int64) -> Int64 { (self - modulo(other)) / other }
    fileprivate func modulo(_ other: Int64) -> Int64 { (self % other + other) % other }
}
