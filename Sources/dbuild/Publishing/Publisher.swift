import Artifact
import Synchronization

/// What became of a set that was to be published.
struct Published: Sendable {
    /// By output: what lies at its path, with the stamps under which it does.
    var census: Result<[Census], any Error>
    /// What somebody had put in the way, and where it is now: also where the set could not be put in place.
    var displaced: [Displaced] = []
    /// Why nothing of it is in the store, where its copies did not fit into the database.
    var notStored: (any Error)?
}

/// Puts finished actions' outputs in place, as one set each, several sets in one transaction.
///
/// A group is whatever came while the group before was being committed, at most 200: nobody waits for company, and
/// under load the cost of a commit is shared.
final class Publisher: Sendable {
    private typealias Waiter = CheckedContinuation<Published, Never>

    private struct State {
        var waiting: [(publication: Publication, waiter: Waiter)] = []
        var isClosed = false
        /// Of what has been published: when it changed last, by the clock that stamps come from.
        var newestNanoseconds: Int64?
        var setCount = 0
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

    func publish(_ publication: Publication) async -> Published {
        await withCheckedContinuation { waiter in
            let isClosed = state.withLock { state in
                if !state.isClosed { state.waiting.append((publication, waiter)) }
                return state.isClosed
            }
            if isClosed {
                waiter.resume(returning: Published(census: .failure(CancellationError())))
            } else {
                bell.signal()
            }
        }
    }

    /// How many sets it has put in place.
    var setCount: Int { state.withLock { $0.setCount } }

    /// Finishes what has been handed over.
    func close() async {
        state.withLock { $0.isClosed = true }
        bell.signal()
        ended.wait()
        // No later change may carry the time of a stamp that has just been recorded.
        if let newest = state.withLock({ $0.newestNanoseconds }) { disk.waitPast(newest) }
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
                let results = Self.publish(group.map(\.publication), database, disk)
                note(results)
                for (entry, result) in zip(group, results) { entry.waiter.resume(returning: result) }
            }
            if state.withLock({ $0.isClosed && $0.waiting.isEmpty }) { return }
        }
    }

    private func note(_ results: [Published]) {
        let inPlace = results.compactMap { try? $0.census.get() }
        let newest = inPlace.joined().map(\.newestChangeNanoseconds).max()
        state.withLock { state in
            if let newest { state.newestNanoseconds = max(state.newestNanoseconds ?? newest, newest) }
            state.setCount += inPlace.count
        }
    }

    /// Transaction 1, the renames, transaction 2.
    static func publish(_ group: [Publication], _ database: StateDatabase, _ disk: any Disk) -> [Published] {
        let rows: [Int64]
        let looks = group.map { publication in Result { try disk.ways(to: publication.outputs) } }
        let ways = looks.compactMap { try? $0.get() }.reduce(into: [:]) { $0.merge($1) { first, _ in first } }
        var notStored: (any Error)?
        do {
            do { rows = try database.open(group, ways: ways) } catch StateDatabase.Failure.noRoom
                where group.contains(where: \.isCopied)
            {
                // The outputs themselves may still fit.
                notStored = StateDatabase.Failure.noRoom
                rows = try database.open(group.map(\.withoutCopies), ways: ways)
            }
        } catch { return group.map { _ in Published(census: .failure(error)) } }
        // A set that stops half-way keeps its row: the next start completes it or declares it broken.
        var results = zip(group, looks).map { publication, look in
            if case .failure(let error) = look { return Published(census: .failure(error), notStored: notStored) }
            var placement = Placement(publication, disk)
            let census = Result { try placement.run() }
            return Published(census: census, displaced: placement.displaced, notStored: notStored)
        }
        var done: [(id: Int64, census: [(path: Path, census: Census?)])] = []
        for (index, result) in results.enumerated() {
            guard case .success(let census) = result.census else { continue }
            done.append((rows[index], zip(group[index].outputs, census).map { ($0.path, $1) }))
        }
        do { try database.close(done) } catch {
            for (index, result) in results.enumerated() {
                if case .success = result.census { results[index].census = .failure(error) }
            }
        }
        return results
    }

    /// Makes one change; made twice it does no harm.
    static func apply(_ change: Publication.Change, _ disk: any Disk) throws(DiskError) {
        switch change {
        case .put(let path, _, _, let staged, _):
            try disk.makeDirectory(path.directory)
            do throws(DiskError) { try disk.rename(staged, to: path) } catch {
                guard error.isNotPermitted else { throw error }
                // An action may have left a directory in which nobody may write.
                try disk.giveAccess(to: staged.directory)
                try disk.rename(staged, to: path)
            }
            TestHook.afterRename()
        case .makeDirectory(let path): try disk.makeDirectory(path)
        case .remove(let path, _): try disk.remove(path)
        case .removeDirectory(let path):
            do throws(DiskError) { try disk.removeDirectory(path) } catch {
                // Somebody put a file there meanwhile: it is found when the set is verified.
                guard error.isDirectoryNotEmpty else { throw error }
            }
        case .displace(let path, let target):
            _ = try disk.displace(path, to: target)
        }
    }
}

extension Publication {
    /// Whether transaction 1 writes what the store could do without.
    fileprivate var isCopied: Bool { if case .built(_, .some) = record { true } else { false } }

    fileprivate var withoutCopies: Publication {
        var plain = self
        if case .built(let trace, _) = record { plain.record = .built(trace, nil) }
        return plain
    }
}
