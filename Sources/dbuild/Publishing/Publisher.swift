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
/// A group is what came while the group before was being committed. Sets that nobody waits for, since other actions have
/// all slots, wait a little for company: a commit costs more than all else that is done for a small action.
final class Publisher: Sendable {
    private typealias Waiter = CheckedContinuation<Published, Never>

    private struct State {
        var waiting: [(publication: Publication, waiter: Waiter)] = []
        /// Whether somebody could go on with one of them.
        var isAwaited = false
        var isClosed = false
        /// Of what has been published: when it changed last, by the clock that stamps come from.
        var newestNanoseconds: Int64?
        var setCount = 0

        func hasPatience(_ company: Int) -> Bool {
            !waiting.isEmpty && waiting.count < company && !isAwaited && !isClosed
        }
    }

    private let state = Mutex(State())
    private let bell = Semaphore()
    private let ended = Semaphore()
    private let database: StateDatabase
    private let disk: any Disk
    private let company: Int
    private let patienceNanoseconds: UInt64
    private static let largestGroup = 200

    /// - Parameters:
    ///   - company: how many sets wait for no more to come.
    ///   - patienceNanoseconds: how long one waits for company at most.
    init(
        database: StateDatabase, disk: any Disk, company: Int = 1, patienceNanoseconds: UInt64 = 20_000_000
    ) throws {
        self.database = database
        self.disk = disk
        self.company = company
        self.patienceNanoseconds = patienceNanoseconds
        try startThread { [self] in
            serve()
            ended.signal()
        }
    }

    /// - Parameter isAwaited: whether somebody could go on with what is published; else it may wait for company.
    func publish(_ publication: Publication, isAwaited: Bool = true) async -> Published {
        await withCheckedContinuation { waiter in
            let isFull: Bool? = state.withLock { state in
                if state.isClosed { return nil }
                state.waiting.append((publication, waiter))
                state.isAwaited = state.isAwaited || isAwaited
                return state.isAwaited || state.waiting.count == 1 || state.waiting.count >= company
            }
            guard let isFull else {
                return waiter.resume(returning: Published(census: .failure(CancellationError())))
            }
            if isFull { bell.signal() }
        }
    }

    /// Nothing else is left to do: what waits for company is published now.
    func hurry() {
        let isAny = state.withLock { state in
            defer { state.isAwaited = true }
            return !state.waiting.isEmpty && !state.isAwaited
        }
        if isAny { bell.signal() }
    }

    /// Whether a set waits for company, or for its turn.
    var isAnyWaiting: Bool { state.withLock { !$0.waiting.isEmpty } }

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
                waitForCompany()
                let group = state.withLock { state in
                    let group = Array(state.waiting.prefix(Self.largestGroup))
                    state.waiting.removeFirst(group.count)
                    if state.waiting.isEmpty { state.isAwaited = false }
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

    private func waitForCompany() {
        let start = Clock.monotonicNanoseconds
        while state.withLock({ $0.hasPatience(company) }) {
            let passed = Clock.monotonicNanoseconds - start
            guard passed < patienceNanoseconds else { return }
            bell.wait(mostNanoseconds: patienceNanoseconds - passed)
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
