/// How far a run is, on one line of a terminal:
///
///     [=============>                ] 12/37  9.8/s  2 s left   train[JFK-LAX] 1.1 s 84 MiB  features[JFK-SEA] 0.1 s
enum BarLine {
    /// - Parameters:
    ///   - now: nanoseconds since the run's time began.
    ///   - columns: what the line may take at most.
    /// - Returns: empty while there is nothing to say.
    static func text(_ state: RunState, at now: UInt64, columns: Int) -> String {
        guard state.summary == nil, state.runningCount > 0 || state.done > 0 || (state.expected ?? 0) > 0 else {
            return ""
        }
        let width = columns >= 100 ? 30 : columns >= 60 ? 16 : 0
        let bar = width > 0 && state.expected != nil ? "[\(bar(state, width))] " : ""
        let counts = fitting(facts(state, at: now), in: columns - bar.count)
        let line = bar + counts
        return cut(line + actions(state, at: now, columns: columns - columnCount(line)), to: columns)
    }

    private static func bar(_ state: RunState, _ width: Int) -> String {
        let whole = Double(max(state.expected ?? 0, state.done, 1))
        let filled = Int(Double(state.done * width) / whole)
        let hasHead = filled > 0 && filled < width
        return String(repeating: "=", count: filled - (hasHead ? 1 : 0)) + (hasHead ? ">" : "")
            + String(repeating: " ", count: width - filled)
    }

    /// In the order in which they are shown, each with how soon it is left out where there is no room.
    private static func facts(_ state: RunState, at now: UInt64) -> [(text: String, rank: Int)] {
        let whole = state.expected.map { "/\(grouped(max($0, state.done)))" } ?? ""
        var facts = [("\(grouped(state.done))\(whole)", 0)]
        let rate = state.rate(at: now)
        if rate > 0 { facts.append(("\(oneDecimal(rate))/s", 3)) }
        if let left = state.secondsLeft(at: now) {
            facts.append(("\(duration(left)) left", 1))
            // Where the chain is all that is left, it has been said.
            if let path = state.pathSeconds(at: now), path < left * 0.95 {
                facts.append(("longest chain \(duration(path))", 4))
            }
        }
        if state.failed > 0 { facts.append(("\(grouped(state.failed)) failed", 2)) }
        return facts
    }

    private static func fitting(_ facts: [(text: String, rank: Int)], in columns: Int) -> String {
        var room = columns
        var kept: Set<Int> = []
        for fact in facts.sorted(by: { $0.rank < $1.rank }) {
            let needed = fact.text.count + (kept.isEmpty ? 0 : 2)
            // The count is said in any case, cut if it must be.
            guard needed <= room || kept.isEmpty else { continue }
            room -= needed
            kept.insert(fact.rank)
        }
        return facts.filter { kept.contains($0.rank) }.map(\.text).joined(separator: "  ")
    }

    /// What runs, those that have run longest first, as many as there is room for.
    private static func actions(_ state: RunState, at now: UInt64, columns: Int) -> String {
        var text = ""
        var room = columns
        let running = state.running
        let leastNameColumns = 12
        for (index, action) in running.enumerated() {
            let space = index == 0 ? "   " : "  "
            let memory = action.bytes.map { " \(byteCount($0))" } ?? ""
            let measure = " \(duration(state.elapsed(action, at: now)))\(memory)"
            let rest = running.count - index
            let more = rest > 1 ? "  +\(rest - 1)" : ""
            let free = room - space.count - measure.count - more.count
            let name = shortName(action.action)
            guard columnCount(name) <= free || (index == 0 && free >= leastNameColumns) else {
                let others = "\(index == 0 ? " " : "")  +\(rest)"
                return room >= others.count ? text + others : text
            }
            let entry = space + cut(name, to: free) + measure
            text += entry
            room -= columnCount(entry)
        }
        return text
    }

    /// `train[JFK-LAX]` of `train[route=JFK-LAX]`.
    static func shortName(_ action: String) -> String {
        guard let open = action.firstIndex(of: "["), action.hasSuffix("]") else { return action }
        let values = action[action.index(after: open)...].dropLast().split(
            separator: ",", omittingEmptySubsequences: false
        ).map { cell in cell.firstIndex(of: "=").map { String(cell[cell.index(after: $0)...]) } ?? String(cell) }
        return "\(action[..<open])[\(values.joined(separator: ","))]"
    }
}
