/// What is taken of cpus and memory in the course of time, by all that was placed so far.
struct ResourceProfile {
    private let budget: Budget
    private var segments: ContiguousArray<Segment>
    /// Before it no cpu is free.
    private var firstFree = 0

    /// As much is taken from its time on until that of the next one; from that of the last one on nothing.
    private struct Segment {
        /// Nanoseconds; they ascend.
        var time: Int64
        var cpus = 0
        var room = Room()
    }

    /// What something takes from its start to its end; no more than there is.
    struct Use: Hashable, Sendable {
        let nanoseconds: Int64
        let cpus: Int
        let bytes: Int64
        /// See `Room`.
        let spread: Int64

        init(nanoseconds: Int64, _ demand: Demand, _ budget: Budget) {
            self.nanoseconds = nanoseconds
            cpus = budget.taken(cpus: demand.cpus)
            bytes = min(max(0, demand.bytes), budget.bytes)
            spread = min(max(0, demand.spreadBytes), budget.bytes - bytes)
        }
    }

    /// - Parameter start: nanoseconds; nothing is placed earlier.
    init(_ budget: Budget, from start: Int64 = 0) {
        self.budget = budget
        segments = [Segment(time: start)]
    }

    /// Takes what there is, as early as there is enough for as long as it lasts.
    ///
    /// - Parameter earliest: nanoseconds.
    /// - Returns: when that begins, nanoseconds.
    mutating func place(_ use: Use, from earliest: Int64) -> Int64 {
        var index = max(firstFree, segment(at: earliest))
        var start = max(earliest, segments[index].time)
        while true {
            if !holds(use, index) {
                // The last one holds whatever there is.
                index += 1
                start = segments[index].time
            } else if index + 1 < segments.count, segments[index + 1].time < start + use.nanoseconds {
                index += 1
            } else {
                break
            }
        }
        take(use, from: start, until: start + use.nanoseconds)
        return start
    }

    /// Takes what something has, whether or not there is enough.
    mutating func take(_ use: Use, from start: Int64, until end: Int64) {
        let first = split(at: start)
        let last = split(at: end)
        for index in first ..< last {
            segments[index].cpus += use.cpus
            segments[index].room.add(use.bytes, spread: use.spread)
        }
        while segments[firstFree].cpus >= budget.cpus { firstFree += 1 }
    }

    /// Whether there is enough, from then on for as long as it lasts.
    func holds(_ use: Use, from start: Int64) -> Bool {
        var index = segment(at: start)
        while index < segments.count, segments[index].time < start + use.nanoseconds {
            if !holds(use, index) { return false }
            index += 1
        }
        return true
    }

    private func holds(_ use: Use, _ index: Int) -> Bool {
        index == segments.count - 1
            || segments[index].cpus + use.cpus <= budget.cpus
                && segments[index].room.holds(use.bytes, spread: use.spread, within: budget.bytes)
    }

    /// The last that begins no later.
    private func segment(at time: Int64) -> Int {
        var (low, high) = (0, segments.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if segments[middle].time <= time { low = middle } else { high = middle }
        }
        return low
    }

    /// - Returns: the one that begins at a time.
    private mutating func split(at time: Int64) -> Int {
        let index = segment(at: time)
        if segments[index].time == time { return index }
        var segment = segments[index]
        segment.time = time
        segments.insert(segment, at: index + 1)
        return index + 1
    }
}
