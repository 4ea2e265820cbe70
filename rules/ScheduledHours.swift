import Forecasting
import Rules
import Tables

/// A local hour of a day.
struct ScheduledHour: Hashable, Comparable {
    var date: Day
    var hour: Int32

    static func < (left: ScheduledHour, right: ScheduledHour) -> Bool {
        (left.date, left.hour) < (right.date, right.hour)
    }
}

/// Which rows are scheduled in which hour.
struct ScheduledHours {
    /// Sorted.
    let keys: [ScheduledHour]
    private let rows: [[Int]]

    /// - Parameter flights: with `date` and `hour`.
    init(of flights: Table) throws {
        let hours = try Self.keys(of: flights)
        let byHour = Dictionary(grouping: hours.indices) { hours[$0] }.sorted { $0.key < $1.key }
        keys = byHour.map(\.key)
        rows = byHour.map(\.value)
    }

    /// The hour of each row.
    static func keys(of flights: Table) throws -> [ScheduledHour] {
        zip(try flights.date("date").storage, try flights.int32("hour").storage).map(ScheduledHour.init)
    }

    /// How many rows each hour has.
    var counts: [Int32] { rows.map { Int32(clamping: $0.count) } }

    /// By hour, the mean over its rows.
    ///
    /// - Parameter values: one per row.
    func means(of values: [Double]) -> [Double] {
        rows.map { rows in rows.map { values[$0] }.mean() ?? .nan }
    }
}
