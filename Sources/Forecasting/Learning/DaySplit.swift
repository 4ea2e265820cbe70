public import Calendar

/// Which days a model grows on, stops by and is tested on.
public struct DaySplit: Codable, Hashable, Sendable {
    /// Of the distinct days, in order: the share that trees grow on, and the share that their number is chosen on; the
    /// rest is for the test. Nil: by `Fold(_:)`, weeks that interleave.
    private var shares: Shares?

    private struct Shares: Codable, Hashable, Sendable {
        var train: Double
        var stop: Double
    }

    /// Whole weeks that interleave, 14, 3 and 3 of every 20; new rows leave the old ones where they are.
    public static let weeks = DaySplit(shares: nil)

    /// The earliest days to grow on, the following ones to stop by, and the latest for the test: what was known then
    /// is compared on what came after it. Of few days some folds may have none.
    ///
    /// - Parameters:
    ///   - train: the share of the distinct days, from 0 to 1; counts are rounded down.
    ///   - stop: the share of them that comes next.
    public static func chronological(train: Double = 0.7, stop: Double = 0.15) -> DaySplit {
        DaySplit(shares: Shares(train: train, stop: stop))
    }

    /// The fold of each of these days, of which there may be several and in any order.
    public func folds(of days: [Day]) -> [Fold] {
        guard let shares else { return days.map { Fold($0) } }
        let distinct = Set(days).sorted()
        let ends = [shares.train, shares.train + shares.stop].map { share in
            // A share that is no number gives no days.
            Int(Double(distinct.count) * (share > 0 ? Swift.min(share, 1) : 0))
        }
        var folds: [Day: Fold] = [:]
        for (position, day) in distinct.enumerated() {
            folds[day] = position < ends[0] ? .train : position < ends[1] ? .stop : .test
        }
        return days.map { folds[$0] ?? .test }
    }
}
