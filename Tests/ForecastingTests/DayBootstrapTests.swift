import Testing

@testable import Forecasting

@Suite struct DayBootstrapTests {
    @Test("The same seed gives the same interval, another seed another one")
    func seeded() {
        let values = (0 ..< 14).map { Double($0 * $0 % 11) }
        let counts = values.map { _ in 3.0 }
        func interval(_ seed: UInt64) -> ClosedRange<Double>? {
            DayBootstrap(days: 14, seed: seed).interval(of: values, over: counts)
        }
        #expect(interval(1) == interval(1))
        #expect(interval(1) != interval(2))
    }

    @Test("Days that are all alike leave no doubt, and a single day no interval")
    func alike() {
        let alike = DayBootstrap(days: 5, seed: 1)
        #expect(alike.interval(of: [4, 8, 2, 4, 6], over: [2, 4, 1, 2, 3]) == 2 ... 2)
        #expect(DayBootstrap(days: 1, seed: 1).interval(of: [4], over: [2]) == nil)
        #expect(DayBootstrap(days: 2, seed: 1).interval(of: [0, 0], over: [0, 0]) == nil)
    }

    @Test("The interval of a mean of many days is that of the normal distribution")
    func normal() throws {
        // 400 days of 0 and 400 of 1: the mean's standard error is 0.5 / sqrt(800).
        let values = (0 ..< 800).map { Double($0 % 2) }
        let interval = try #require(
            DayBootstrap(days: 800, draws: 4000, seed: 3).interval(of: values, over: values.map { _ in 1 }))
        let half = 1.96 * 0.5 / 800.0.squareRoot()
        #expect(abs(interval.lowerBound - (0.5 - half)) < 0.002)
        #expect(abs(interval.upperBound - (0.5 + half)) < 0.002)
    }

    @Test("Flights of one day are drawn together: ten alike flights a day are no more than one")
    func together() throws {
        let days = (0 ..< 20).map { Double($0 % 4) }
        let one = DayBootstrap(days: 20, seed: 5).interval(of: days, over: days.map { _ in 1 })
        let ten = DayBootstrap(days: 20, seed: 5).interval(of: days.map { $0 * 10 }, over: days.map { _ in 10 })
        #expect(one == ten)
    }

    @Test("Errors add up, their sizes and with their signs")
    func sums() {
        var sums = ErrorSums()
        sums.add(5, truth: 2)
        sums.add(1, truth: 3)
        #expect(sums == ErrorSums(count: 2, absolute: 5, signed: 1))
        sums += ErrorSums(count: 1, absolute: 4, signed: -4)
        #expect(sums == ErrorSums(count: 3, absolute: 9, signed: -3))
    }
}
