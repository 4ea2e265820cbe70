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
        var sums: [Day: CoverageSums] = [:]
        for place in intervals.indices {
            let expected = try intervals[place].read()
            let quantiles = try names.map { try expected.double($0).storage }
            let rows = Dictionary(uniqueKeysWithValues: zip(try ScheduledHours.keys(of: expected), 0...))
            let flights = try happened[place].read(
                where: [.between("date", .date(origin + 1), .date(origin + horizon))])
            let delays = try flights.int32("delay_minutes").storage
            for (hour, delay) in zip(try ScheduledHours.keys(of: flights), delays) {
                guard let row = rows[hour] else { continue }
                sums[hour.date, default: CoverageSums()].add(quantiles.map { $0[row] }, observed: Double(delay))
            }
        }
        try days.write(table(of: sums.sorted { $0.key < $1.key }))
    }

    private func table(of sums: [(key: Day, value: CoverageSums)]) throws -> Table {
        let counts: [(String, KeyPath<CoverageSums, Int>)] = [
            ("flights", \.flights), ("within", \.within), ("below_p10", \.below), ("above_p90", \.above),
        ]
        return try Table(
            Schema(
                [Field("origin", .date), Field("date", .date)] + counts.map { Field($0.0, .int64) }
                    + Self.lossNames.map { Field($0, .double) }),
            [.date(Values(sums.map { _ in origin })), .date(Values(sums.map(\.key)))]
                + counts.map { _, count in .int64(Values(sums.map { Int64($0.value[keyPath: count]) })) }
                + Self.lossNames.indices.map { index in .double(Values(sums.map { $0.value.losses[index] })) })
    }
}

/// Flights of a day, by where they lie to their interval.
private struct CoverageSums {
    var flights = 0
    var within = 0
    var below = 0
    var above = 0
    var losses = Coverage.probabilities.map { _ in 0.0 }

    mutating func add(_ quantiles: [Double], observed: Double) {
        flights += 1
        if observed < quantiles[0] { below += 1 }
        if observed > quantiles[2] { above += 1 }
        if observed >= quantiles[0], observed <= quantiles[2] { within += 1 }
        for (index, probability) in Coverage.probabilities.enumerated() {
            losses[index] += pinballLoss(quantiles[index], observed: observed, probability: probability)
        }
    }
}
