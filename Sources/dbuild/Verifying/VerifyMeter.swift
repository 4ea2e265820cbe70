import Synchronization

/// Says on standard error how far verifying has come: seldom, since it may go to a log.
final class VerifyMeter: Sendable {
    private let isSilent: Bool
    private let last = Mutex<UInt64>(Clock.monotonicNanoseconds)
    private static let nanosecondsBetweenLines: UInt64 = 10_000_000_000

    init(isSilent: Bool) { self.isSilent = isSilent }

    func take(_ progress: VerifyProgress) {
        guard !isSilent else { return }
        let now = Clock.monotonicNanoseconds
        let isDue = last.withLock { last in
            guard now - last >= Self.nanosecondsBetweenLines else { return false }
            last = now
            return true
        }
        if isDue { write(VerifyText.line(progress) + "\n", toStandard: 2) }
    }
}
