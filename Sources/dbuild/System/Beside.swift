import Synchronization

/// What a thread gives that runs beside this one.
final class Beside<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)
    private let bell = Semaphore()

    /// - Throws: where no thread can be had.
    init(_ body: @escaping @Sendable () -> Value) throws {
        try startThread { [self] in
            let found = body()
            value.withLock { $0 = found }
            bell.signal()
        }
    }

    /// Waits for it; to be asked once.
    func take() -> Value {
        while true {
            bell.wait()
            if let value = value.withLock({ $0 }) { return value }
        }
    }
}

/// Does two things of which neither depends on the other, at once where that is worth it and a thread is to be had.
func atOnce<One, Other: Sendable>(
    if isWorthIt: Bool = true, _ one: () -> One, _ other: @escaping @Sendable () -> Other
) -> (One, Other) {
    guard isWorthIt, let beside = try? Beside(other) else { return (one(), other()) }
    return (one(), beside.take())
}
