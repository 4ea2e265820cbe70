import Artifact
import Synchronization

/// A disk on a kernel whose clock stands still until somebody sleeps: all that happens between two sleeps carries the
/// same time. What a tick of a real kernel shows once in a while, it shows always.
final class CoarseClockDisk: ForwardingDisk {
    private struct State {
        /// Real times at which a tick began, ascending.
        var ticks: [Int64] = []
        var afterListing: (@Sendable () -> Void)?
        var afterReading: (@Sendable () -> Void)?
        var afterStamp: (@Sendable () -> Void)?
    }

    let disk: WorkspaceDisk
    private let state = Mutex(State())

    init(_ disk: WorkspaceDisk) { self.disk = disk }

    /// Runs once, behind the next listing of a directory.
    func afterListing(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.afterListing = body } }
    /// Runs once, behind the next look at a stamp.
    func afterStamp(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.afterStamp = body } }
    /// Runs once, behind the next reading of a file.
    func afterReading(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.afterReading = body } }

    /// Never a whole second, which would say that the file system counts no finer.
    private static func time(ofTick tick: Int) -> Int64 { Int64(tick) * 2 * stampTickNanoseconds + 1 }

    private func coarse(_ nanoseconds: Int64) -> Int64 {
        Self.time(ofTick: state.withLock { state in state.ticks.count { $0 <= nanoseconds } })
    }

    private func coarse(_ stamp: Stamp) -> Stamp {
        var stamp = stamp
        stamp.modifiedNanoseconds = coarse(stamp.modifiedNanoseconds)
        stamp.changedNanoseconds = coarse(stamp.changedNanoseconds)
        return stamp
    }

    func stamp(_ path: Path, followsLink: Bool) throws(DiskError) -> Stamp? {
        let stamp = try disk.stamp(path, followsLink: followsLink).map { coarse($0) }
        run(\.afterStamp)
        return stamp
    }

    func fingerprint(_ path: Path) throws(DiskError) -> (fingerprint: Fingerprint, before: Stamp, after: Stamp) {
        let seen = try disk.fingerprint(path)
        run(\.afterReading)
        return (seen.fingerprint, coarse(seen.before), coarse(seen.after))
    }

    func names(in directory: Path) throws(DiskError) -> [Path] {
        let names = try disk.names(in: directory)
        run(\.afterListing)
        return names
    }

    private func run(_ hook: WritableKeyPath<State, (@Sendable () -> Void)?>) {
        let body = state.withLock { state in
            defer { state[keyPath: hook] = nil }
            return state[keyPath: hook]
        }
        body?()
    }

    var stampClockNanoseconds: Int64 { Self.time(ofTick: state.withLock { $0.ticks.count }) }

    func sleep(nanoseconds: Int64) {
        // Longer than a kernel's tick, on both sides of the boundary.
        disk.sleep(nanoseconds: stampTickNanoseconds)
        let now = disk.stampClockNanoseconds
        state.withLock { $0.ticks.append(now) }
        disk.sleep(nanoseconds: stampTickNanoseconds)
    }
}
