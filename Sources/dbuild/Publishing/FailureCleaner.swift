import Artifact
import Hashing

/// Removes the logs that failed actions have left, and then how they failed.
struct FailureCleaner {
    let database: StateDatabase
    let disk: any Disk

    /// What goes with a failure's record.
    ///
    /// - Parameter record: nil where an earlier release has kept no more than the run.
    func logs(of record: FailureRecord?) throws(DiskError) -> [Path] {
        guard let record, record.log.below(Path(".dbuild/logs")) != nil else { return [] }
        let earlier = (1 ..< max(1, record.attempt)).map { EventLog.logPath(ofEarlierAttempt: $0, record.log) }
        var there: [Path] = []
        for path in [record.log] + earlier where try disk.stamp(path, followsLink: false)?.type == .file {
            there.append(path)
        }
        return there
    }

    /// - Precondition: nobody else builds in the workspace.
    func run(_ failures: [Digest], logs: [Path]) throws {
        for log in logs {
            try disk.remove(log)
            TestHook.afterRemoval()
        }
        try database.removeFailures(failures)
    }
}
