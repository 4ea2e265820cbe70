import Planning

/// Attempts that are prepared before their turn comes, so that a slot that becomes free has something to run at once: to
/// make directories can take as long as a small action, and longer while the file system writes its journal.
///
/// None of them has begun: nothing was said of it, and one whose turn does not come leaves nothing.
struct PreparedAhead {
    /// An attempt, and what makes its place; nil: nothing does yet.
    struct Entry {
        let attempt: Attempt
        var preparation: Task<Void, any Error>?
    }

    /// An action that could not even be prepared says so when its turn comes.
    private var entries: [ActionID: Result<Entry, any Error>] = [:]
    /// Those that must be made anew.
    private var dropped: [Entry] = []

    var count: Int { entries.count }

    func holds(_ action: ActionID) -> Bool { entries[action] != nil }

    /// - Parameter threads: where its place is made.
    mutating func add(_ action: ActionID, _ made: Result<Attempt, any Error>, _ threads: Threads) {
        entries[action] = made.map { attempt in
            Entry(
                attempt: attempt, preparation: Task(executorPreference: threads) { try await attempt.prepare() })
        }
    }

    /// The turn of an action has come.
    ///
    /// - Returns: nil where nothing was prepared for this attempt.
    /// - Throws: what is wrong with the action.
    mutating func take(_ action: ActionID, number: Int) throws -> Entry? {
        guard let entry = try entries.removeValue(forKey: action)?.get() else { return nil }
        guard entry.attempt.number == number else {
            dropped.append(entry)
            return nil
        }
        return entry
    }

    /// What was decided about an action does not stand any more.
    mutating func drop(_ action: ActionID) {
        if case .success(let entry) = entries.removeValue(forKey: action) { dropped.append(entry) }
    }

    /// Nothing more begins: gives all places back.
    mutating func close() async throws {
        for case .success(let entry) in entries.values { dropped.append(entry) }
        entries = [:]
        for entry in dropped {
            // What was wrong with a place that nobody needs is nobody's failure.
            _ = await entry.preparation?.result
            try await entry.attempt.abandon()
        }
        dropped = []
    }
}
