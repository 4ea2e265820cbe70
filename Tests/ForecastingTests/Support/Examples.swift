import Calendar
import Tables

@testable import Forecasting

/// Rows whose delay depends on the hour, and after noon also on a wind that the medians do not know.
enum Examples {
    static let baselines = BaselineSettings(levels: [["hour"], []], minimumRows: 5)
    static let firstDay: Day = "2013-01-01"

    /// - Parameter days: with 12 rows each.
    static func table(days: Int) throws -> Table {
        var dates: [Day] = []
        var (hours, winds, delays): ([Int32], [Double?], [Int32]) = ([], [], [])
        var state: UInt64 = 1
        for day in 0 ..< days {
            for hour in Int32(6) ..< 18 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let wind = Double(state >> 60)
                dates.append(firstDay + day)
                hours.append(hour)
                winds.append(hour == 6 ? nil : wind)
                delays.append(hour * 2 + (hour > 12 ? Int32(wind) * 4 : 0))
            }
        }
        return try Table(
            Schema([
                Field("date", .date), Field("hour", .int32), Field("wind", .double, nullable: true),
                Field("delay", .int32),
            ]),
            [.date(Values(dates)), .int32(Values(hours)), .double(Values(winds)), .int32(Values(delays))])
    }

    static func of(days: Int) throws -> Trainer.Examples {
        try Trainer.Examples(table(days: days), target: "delay", day: "date", keys: ["hour"])
    }
}

extension Trainer {
    func train(_ examples: Examples) throws(ForecastingError) -> Trained {
        try train(examples, target: "delay", baselines: ForecastingTests.Examples.baselines)
    }
}
