import Tables

/// What is wrong with the facts of an attraction, counted.
struct Dirt {
    /// Those known by then.
    private var rows: Int64 = 0
    private var neither: Int64 = 0
    private var implausible: Int64 = 0
    private var late: Int64 = 0
    private var pastMidnight: Int64 = 0
    private var actual: Int64 = 0
    private var posted: Int64 = 0

    /// Takes from a row the measures that are implausible, and counts it.
    ///
    /// - Parameter day: under which the row is filed.
    mutating func add(_ wait: inout Wait, filed day: Day) {
        rows += 1
        if !wait.isMeasured { neither += 1 }
        implausible += Self.refuse(&wait.actual) + Self.refuse(&wait.posted)
        if wait.actual != nil { actual += 1 }
        if wait.posted != nil { posted += 1 }
        guard wait.isMeasured else { return }
        if wait.clock.parkDay < day { late += 1 }
        if wait.clock.date > wait.clock.parkDay { pastMidnight += 1 }
    }

    private static func refuse(_ minutes: inout Int64?) -> Int64 {
        guard let value = minutes, !Observations.plausible.contains(value) else { return 0 }
        minutes = nil
        return 1
    }

    /// A row: `rows`; the rows with `neither` measure and the measures that are `implausible`, which are
    /// dropped; the `actual` and `posted` waits that are kept, and of their rows how many came `late`, filed under a day
    /// after the one on which they were measured, and how many are of a day's hours `past_midnight`.
    func table() throws -> Table {
        let counts: [(String, Int64)] = [
            ("rows", rows), ("neither", neither), ("implausible", implausible), ("actual", actual), ("posted", posted),
            ("late", late), ("past_midnight", pastMidnight),
        ]
        return try Table(Schema(counts.map { Field($0.0, .int64) }), counts.map { .int64([$0.1]) })
    }
}
