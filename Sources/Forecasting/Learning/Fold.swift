public import Calendar

/// What a day's rows are used for while a model is chosen.
///
/// Whole weeks, because the days of a week resemble each other; interleaved, because the seasons do not. A day's
/// fold depends on nothing but the day, so that new rows leave the old ones where they are.
public enum Fold: Hashable, Sendable, CaseIterable {
    /// Trees grow on these: 14 weeks of every 20.
    case train
    /// The number of trees is chosen on these: 3 weeks of every 20.
    case stop
    /// Model and median are compared on these, which neither has seen: 3 weeks of every 20.
    case test

    public init(_ day: Day) {
        self = Self.cycle[day.week(of: Self.cycle.count)]
    }

    private static let cycle: [Fold] = [
        .train, .train, .stop, .train, .train, .test, .train, .train, .stop, .train,
        .train, .train, .test, .train, .train, .stop, .train, .train, .test, .train,
    ]
}

extension Day {
    /// Which week it is in of `count` weeks that repeat, 0 for the first; they begin on Monday.
    func week(of count: Int) -> Int {
        // 1970-01-01 was a Thursday.
        let days = Int(daysSinceEpoch) + 3
        let week = (days - (days % 7 + 7) % 7) / 7
        return (week % count + count) % count
    }
}
