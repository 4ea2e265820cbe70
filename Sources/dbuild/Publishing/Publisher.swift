import Artifact
import Synchronization

/// Puts finished actions' outputs in place, as one set each, several sets in one transaction.
///
/// A group is whatever came while the group before was being committed, at most 200: nobody waits for company, and
/// under load the cost of a commit is shared.
final class Publisher: Sendable {
    private typealias Waiter = CheckedContinuation<[Census?], any Error>

    private struct State {
        var waiting: [(publication: Publication, outputs: [Path], waiter: Waiter)] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bell = Semaphore()
    private let ended = Semaphore()
    private let database: StateDatabase
    private let disk: any Disk
    private static let largestGroup = 200

    init(database: StateDatabase, disk: any Disk) throws {
        self.database = database
        self.disk = disk
        try startThread { [self] in
            serve()
            ended.signal()
        }
    }

    /// - Parameter outputs: the paths whose census is wanted when the set is in place.
    /// - Returns: what lies at them, with the stamps under which it does.
    func publish(_ publication: Publication, outputs: [Path]) async throws -> [Census?] {
        try await withCheckedThrowingContinuation { waiter in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.waiting.append((publication, outputs, waiter)) }
                return state.isClosed
            }
            if isClosed { waiter.resume(throwing: CancellationError()) } else { bell.signal() }
        }
    }

    /// Finishes what has been handed over.
    func close() async {
        state.withLock { $0.isClosed = true }
        bell.signal()
        ended.wait()
    }

    private func serve() {
        while true {
            bell.wait()
            while true {
                let group = state.withLock { state in
                    let group = Array(state.waiting.prefix(Self.largestGroup))
                    state.waiting.removeFirst(group.count)
                    return group
                }
                if group.isEmpty { break }
                let results = Self.publish(group.map { ($0.publication, $0.outputs) }, database, disk)
                for (entry, result) in zip(group, results) { entry.waiter.resume(with: result) }
            }
            if state.withLock({ $0.isClosed && $0.waiting.isEmpty }) { return }
        }
    }

    /// Transaction 1, the renames, transaction 2.
    static func publish(
        _ group: [(publication: Publication, outputs: [Path])], _ database: StateDatabase, _ disk: any Disk
    ) -> [Result<[Census?], any Error>] {
        let rows: [Int64]
        do { rows = try database.open(group.map(\.publication)) } catch {
            return group.map { _ in .failure(error) }
        }
        // A set that stops half-way keeps its row: the next start completes it or declares it broken.
        var results: [Result<[Census?], any Error>] = group.map { entry in
            Result {
                for change in entry.publication.changes { try apply(change, disk) }
                var taker = CensusTaker(disk: disk)
                return try zip(entry.publication.trace.outputs, entry.outputs).map { output, path in
                    try taker.verify(path, is: output, from: entry.publication)
                }
            }
        }
        var done: [(id: Int64, census: [(path: Path, census: Census?)])] = []
        for (index, result) in results.enumerated() {
            if case .success(let census) = result {
                done.append((rows[index], zip(group[index].outputs, census).map { ($0, $1) }))
            }
        }
        do { try database.close(done) } catch {
            for (index, result) in results.enumerated() {
                if case .success = result { results[index] = .failure(error) }
            }
        }
        return results
    }

    /// Makes one change; made twice it does no harm.
    static func apply(_ change: Publication.Change, _ disk: any Disk) throws(DiskError) {
        switch change {
        case .put(let path, _, _, let staged, _):
            try disk.makeDirectory(path.directory)
            try disk.rename(staged, to: path)
            TestHook.afterRename()
        case .makeDirectory(let path): try disk.makeDirectory(path)
        case .remove(let path, _): try disk.remove(path)
        case .removeDirectory(let path):
            do throws(DiskError) { try disk.removeDirectory(path) } catch {
                // Somebody put a file there meanwhile: the next survey of the tree finds it.
                guard error.isDirectoryNotEmpty else { throw error }
            }
        case .displace(let path, let target):
            try disk.makeDirectory(target.directory)
            try disk.rename(path, to: target)
        }
    }
}

/// Where a test in a debug build can end the process: between two renames of one set.
enum TestHook {
    #if DEBUG
        private static let renamesLeft = Mutex(
            Machine.variable("DBUILD_TEST_KILL_AFTER_RENAMES").flatMap { Int($0) } ?? Int.max)

        static func afterRename() {
            let isLast = renamesLeft.withLock { left in
                left -= 1
                return left == 0
            }
            if isLast { Signal.killSelf() }
        }
    #else
        static func afterRename() {}
    #endif
}
