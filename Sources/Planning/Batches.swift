import HeapModule

/// Waiting actions that may go together, by what they have in common.
struct Batches: Sendable {
    private var groups: [BatchKey: Heap<Schedule.Entry>] = [:]
    private var keys: [ActionID: BatchKey] = [:]

    mutating func insert(_ entry: Schedule.Entry, _ key: BatchKey) {
        groups[key, default: Heap()].insert(entry)
        keys[entry.action] = key
    }

    func key(of action: ActionID) -> BatchKey? { keys[action] }

    /// The most urgent one; it may have been taken out of what waits otherwise.
    func first(of key: BatchKey) -> Schedule.Entry? { groups[key]?.max }

    mutating func removeFirst(of key: BatchKey) {
        _ = groups[key]?.popMax()
        if groups[key]?.isEmpty == true { groups[key] = nil }
    }
}
