import Calendar
import Forecasting
import Testing

@Suite struct FoldTests {
    @Test("Of every 20 weeks 14 are for training, 3 for stopping and 3 for testing", arguments: [-9000, 0, 15_710])
    func shares(start: Int32) {
        let days = Day(daysSinceEpoch: start).following(140).map { Fold($0) }
        #expect(Fold.allCases.map { fold in days.count { $0 == fold } } == [14 * 7, 3 * 7, 3 * 7])
    }

    @Test("The days of a week, from Monday to Sunday, have the same fold")
    func weeks() {
        for day in (Day(daysSinceEpoch: -800)).following(1600) where day.weekday > 0 {
            #expect(Fold(day) == Fold(day - 1), "\(day)")
        }
    }

    @Test("No two weeks for stopping or testing follow each other")
    func interleaved() {
        for day in (Day(daysSinceEpoch: 15_000)).following(140) where Fold(day) != .train {
            #expect(Fold(day + 7) == .train, "\(day)")
        }
    }
}
