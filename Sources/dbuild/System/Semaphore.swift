private import Dispatch

/// Counts what there is to take.
final class Semaphore: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func signal() { semaphore.signal() }
    func wait() { semaphore.wait() }
    /// Until there is something to take, or that long.
    ///
    /// - Returns: whether there was.
    @discardableResult
    func wait(mostNanoseconds: UInt64) -> Bool {
        semaphore.wait(timeout: .now() + .nanoseconds(Int(clamping: mostNanoseconds))) == .success
    }
}
