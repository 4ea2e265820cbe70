import Synchronization

/// Threads for work that blocks, so that the cooperative pool never does: as many as are busy at once.
final class Threads: Sendable {
    private struct State {
        var idle: [Mailbox] = []
    }
    private let state = Mutex(State())

    /// Runs a body that may block.
    func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            do {
                let mailbox = try state.withLock { $0.idle.popLast() } ?? start()
                mailbox.post { [self] in
                    let result = Result { try body() }
                    // Free before the caller goes on, or the caller would start another thread.
                    state.withLock { $0.idle.append(mailbox) }
                    continuation.resume(with: result)
                }
            } catch { continuation.resume(throwing: error) }
        }
    }

    private func start() throws -> Mailbox {
        let mailbox = Mailbox()
        try startThread { while true { mailbox.take()() } }
        return mailbox
    }
}

/// Hands one body at a time to a thread.
private final class Mailbox: Sendable {
    private let body = Mutex<(@Sendable () -> Void)?>(nil)
    private let bell = Semaphore()

    func post(_ body: @escaping @Sendable () -> Void) {
        self.body.withLock { $0 = body }
        bell.signal()
    }

    func take() -> @Sendable () -> Void {
        bell.wait()
        let next: (@Sendable () -> Void)? = body.withLock { body in
            defer { body = nil }
            return body
        }
        return next ?? {}
    }
}
