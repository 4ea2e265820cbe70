/// Bounds what a power cut can take: while a run publishes, everything is written through to the disk every few seconds.
///
/// It is done by `sync -f` in a process of its own, for which nobody waits: a file system that is busy with somebody
/// else's writing holds up neither the build nor its end. What was not written through when the power went is found out
/// when it is looked at next: rows of another boot are not believed.
final class PeriodicSync: Sendable {
    /// What a run that lasts may lose, about; one that is shorter is not written through at all.
    static let intervalNanoseconds: UInt64 = 5_000_000_000
    /// Of coreutils, which Debian calls essential.
    private static let program = "/bin/sync"

    private let root: String
    private let ended = Semaphore()
    /// How many sets have been published: where it has not changed there is nothing to write.
    private let progress: @Sendable () -> Int

    /// - Parameter root: the workspace's directory, whose file system is written through.
    init(root: String, progress: @escaping @Sendable () -> Int) throws {
        self.root = root
        self.progress = progress
        try startThread { [self] in serve() }
    }

    private func serve() {
        var done = 0
        var process: ChildProcess?
        while !ended.wait(mostNanoseconds: Self.intervalNanoseconds) {
            let now = progress()
            guard now != done, process?.hasEnded() ?? true else { continue }
            // Where it cannot be started the system writes by itself, a little later.
            process = try? ChildProcess(Self.program, ["-f", root], input: .null, output: .null, error: .null)
            done = now
        }
    }

    func close() { ended.signal() }
}
