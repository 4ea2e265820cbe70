import Rules
import Tables

/// What the sign outside an attraction said, by park day.
struct NearestPosted {
    private var days: [Day: [Sign]] = [:]

    private struct Sign {
        var minute: Int32
        var wait: Int32
    }

    /// - Parameter observations: by park day and time.
    init(_ observations: Table) throws {
        let (dates, minutes) = (
            try observations.date("park_date").storage, try observations.int32("minutes_since_0600").storage
        )
        for (row, wait) in try observations.int32("posted_minutes").enumerated() {
            guard let wait else { continue }
            days[dates[row], default: []].append(Sign(minute: minutes[row], wait: wait))
        }
    }

    /// The posted wait nearest in time, in whole minutes, on the same park day; of two as near the earlier one. Nil where
    /// nothing was posted on that day.
    ///
    /// - Parameter minute: since 06:00.
    func wait(at minute: Int32, on day: Day) -> Int32? {
        guard let signs = days[day] else { return nil }
        // The first that is not before; of several in the minute of the one before, the first is as near and earlier.
        let after = signs.firstPlace { $0.minute >= minute }
        guard after > 0 else { return signs.first?.wait }
        let before = signs[after - 1]
        if after < signs.count, signs[after].minute - minute < minute - before.minute { return signs[after].wait }
        return signs[signs.firstPlace { $0.minute >= before.minute }].wait
    }

    func waits(at minutes: [Int32], on days: [Day]) -> [Int32?] {
        zip(minutes, days).map { wait(at: $0, on: $1) }
    }
}

extension Array {
    /// The place of the first element of which something holds that holds of all after it; else their count.
    fileprivate func firstPlace(where holds: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
