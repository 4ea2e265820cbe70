import Forecasting
import Rules
import Tables

/// How many flights were as late as the intervals said, as of one day: by day.
///
/// - Input: for each route the quantiles of the days to come by hour, with `p10`, `p50`, `p90`, and the observations of
///   all days. A flight counts that departed and was in the schedule.
/// - Output: a row per day: `origin`, `date`, `flights`, how many of them were `within` 0.1 and 0.9, both included,
///   `below_p10` and `above_p90`, and of each quantile the sum of the pinball losses, `loss_p10` and so on, in minutes.
struct Coverage: Recipe {
    @Input var intervals: [TableFile]
    @Input var happened: [TableFile]
    var origin: Day
    var horizon: Int
    @Output var days: TableFile

    static let probabilities = [0.1, 0.5, 0.9]
    static let lossNames = probabilities.map { "loss_\(quantileName($0))" }

    func run(_ step: Step) throws {
        guard intervals.count == happened.count else {
            throw ScoreError.routesDiffer([intervals.count, happened.count])
        }
        let names = Self.probabilities.map(quantileName)
        var sums: [Day: QuantileScore] = [:]
        for place in intervals.indices {
            let expected = try intervals[place].read()
            let quantiles = try names.map { try expected.double($0).storage }
            let rows = Dictionary(uniqueKeysWithValues: zip(try ScheduledHours.keys(of: expected), 0...))
            let flights = try happened[place].read(
                where: [.between("date", .date(origin + 1), .date(origin + horizon))])
            let delays = try flights.int32("delay_minutes").storage
            for (hour, delay) in zip(try ScheduledHours.keys(of: flights), delays) {
                guard let row = rows[hour] else { continue }
                sums[hour.date, default: QuantileScore(Self.probabilities)].add(
                    quantiles.map { $0[row] }, observed: Double(delay))
            }
        }
        try days.write(table(of: sums.sorted { $0.key < $1.key }))
    }

    private func table(of scores: [(key: Day, value: QuantileScore)]) throws -> Table {
        let counts: [(name: String, of: (QuantileScore) -> Int)] = [
            ("flights", \.count), ("within", \.within), ("below_p10", { $0.below[0] }), ("above_p90", \.above),
        ]
        var fields = [Field("origin", .date), Field("date", .date)]
        var columns: [Column] = [.date(Values(scores.map { _ in origin })), .date(Values(scores.map(\.key)))]
        for (name, count) in counts {
            fields.append(Field(name, .int64))
            columns.append(.int64(Values(scores.map { Int64(count($0.value)) })))
        }
        for (index, name) in Self.lossNames.enumerated() {
            fields.append(Field(name, .double))
            columns.append(.double(Values(scores.map { $0.value.losses[index] })))
        }
        return try Table(Schema(fields), columns)
    }
}
