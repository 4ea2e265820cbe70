import Calendar
import Testing

@testable import Forecasting

@Suite struct DaySplitTests {
    private let start: Day = "2019-01-01"

    @Test("A chronological split puts the earliest days first and the latest into the test")
    func chronological() {
        let days = Array(start ..< start + 20)
        let folds = DaySplit.chronological().folds(of: days)
        #expect(folds.prefix(14).allSatisfy { $0 == .train })
        #expect(folds[14 ..< 17].allSatisfy { $0 == .stop })
        #expect(folds[17...].allSatisfy { $0 == .test })
    }

    @Test("Days count once, however many rows they have, and in whatever order these are")
    func distinct() {
        let days = [start + 9, start, start, start, start, start + 1, start + 2, start + 3]
        // Of five days three and a half are to be grown on, which is three.
        #expect(
            DaySplit.chronological().folds(of: days) == [.test, .train, .train, .train, .train, .train, .train, .stop])
    }

    @Test("Of a single day, or of none, nothing is grown on")
    func few() {
        #expect(DaySplit.chronological().folds(of: [start, start]) == [.test, .test])
        #expect(DaySplit.chronological().folds(of: []).isEmpty)
    }

    @Test("Shares that are none, or more than all, give no fold that is not there")
    func oddShares() {
        let days = Array(start ..< start + 4)
        #expect(DaySplit.chronological(train: .nan, stop: -1).folds(of: days).allSatisfy { $0 == .test })
        #expect(DaySplit.chronological(train: 7, stop: 7).folds(of: days).allSatisfy { $0 == .train })
    }

    @Test("By weeks a day's fold is its own")
    func weeks() {
        let days = Array(start ..< start + 140)
        #expect(DaySplit.weeks.folds(of: days) == days.map { Fold($0) })
    }
}
