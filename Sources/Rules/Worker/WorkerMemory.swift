/// What a worker holds, and whether that has become too much for one that goes on to live.
struct WorkerMemory {
    private let status = ProcessStatus()
    /// When it had nothing to do for the first time.
    private let idleKilobytes: Int

    init() { idleKilobytes = status.memory().kilobytes }

    /// From now on.
    func resetPeak() { status.resetPeak() }

    /// Resident now, and the most since the last reset.
    func held() -> (kilobytes: Int, peakKilobytes: Int) { status.memory() }

    /// An action may leave caches behind, and a heap in pieces: after 256 MiB, or as much again as the worker is large by
    /// itself, starting another one costs less than keeping it.
    func hasGrown(to kilobytes: Int) -> Bool {
        kilobytes - idleKilobytes > max(256 << 10, idleKilobytes)
    }
}
