/// What a worker holds, and whether that has become too much for one that goes on to live.
struct WorkerMemory {
    private let status = ProcessStatus()
    /// When it had nothing to do for the first time.
    private let idleKilobytes: Int

    init() { idleKilobytes = status.residentKilobytes() }

    /// From now on.
    func resetPeak() { status.resetPeak() }

    /// The most that was resident since the last reset.
    func peakKilobytes() -> Int { status.peakKilobytes() }

    /// Resident now.
    func residentKilobytes() -> Int { status.residentKilobytes() }

    /// Whether it holds too much now. Where it has never held so much that need not be asked.
    ///
    /// - Parameter peakKilobytes: the most since the last reset.
    func hasGrown(peakKilobytes: Int) -> Bool { hasGrown(to: peakKilobytes) && hasGrown(to: residentKilobytes()) }

    /// An action may leave caches behind, and a heap in pieces: after 256 MiB, or as much again as the worker is large by
    /// itself, starting another one costs less than keeping it.
    func hasGrown(to kilobytes: Int) -> Bool {
        kilobytes - idleKilobytes > max(256 << 10, idleKilobytes)
    }
}
