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
/// all slots, wait a little for company: a commit costs more than all else that is done for a small action. When they
/// are in place they wait once more, for the commit of the next group, which then records both.
final class Publisher: Sendable {
    private typealias Waiter = CheckedContinuation<Published, Never>
    private typealias Entry = (publication: Publication, waiter: Waiter)

    private struct State {
        var waiting: [Entry] = []
        /// Whether somebody could go on with one of them.
        var isAwaited = false
        var isClosed = false
        /// Of what has been published: when it changed last, by the clock that stamps come from.
        var newestNanoseconds: Int64?
        var setCount = 0

        /// What is in place and is told of with the next group: its transaction 2 is one with that group's first.
        var isAnyPlaced = false

        func hasPatience(_ company: Int) -> Bool {
            (isAnyPlaced || !waiting.isEmpty) && waiting.count < company && !isAwaited && !isClosed
        }

        mutating func takeGroup(most: Int) -> (entries: [Entry], isAwaited: Bool) {
            let group = Array(waiting.prefix(most))
            waiting.removeFirst(group.count)
            defer { if waiting.isEmpty { isAwaited = false } }
            return (group, isAwaited)
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
        database: StateDatabase, disk: any Disk, company: Int = 1, patienceNanoseconds: UInt64 = 50_000_000
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
            return (state.isAnyPlaced || !state.waiting.isEmpty) && !state.isAwaited
        }
        if isAny { bell.signal() }
    }

    /// Whether a set waits for company, or for its turn.
    var isAnyWaiting: Bool { state.withLock { !$0.waiting.isEmpty } }

    /// Whether sets are in place, and are recorded with those that come next.
    var isAnyPlaced: Bool { state.withLock { $0.isAnyPlaced } }

    /// How many sets it has put in place.
    var setCount: Int { state.withLock { $0.setCount } }

    /// Finishes what has been handed over. Before the run ends `waitPastNewest` is to follow.
    func close() async {
        state.withLock { $0.isClosed = true }
        bell.signal()
        ended.wait()
    }

    /// Waits until no later change can carry the time of a stamp that has just been recorded.
    func waitPastNewest() { if let newest = state.withLock({ $0.newestNanoseconds }) { disk.waitPast(newest) } }

    private func serve() {
        var placed: PublishedGroup?
        var waiters: [Waiter] = []
        func answer(_ results: [Published]) {
            note(results)
            for (waiter, result) in zip(waiters, results) { waiter.resume(returning: result) }
            (placed, waiters) = (nil, [])
            state.withLock { $0.isAnyPlaced = false }
        }
        while true {
            bell.wait()
            while true {
                waitForCompany()
                let next = state.withLock { $0.takeGroup(most: Self.largestGroup) }
                if next.entries.isEmpty {
                    guard let group = placed else { break }
                    answer(group.close(database))
                    continue
                }
                var group = PublishedGroup(next.entries.map(\.publication), disk)
                if let before = group.open(database, closing: placed) { answer(before) }
                group.place(disk)
                (placed, waiters) = (group, next.entries.map(\.waiter))
                let isFollowed = state.withLock { state in
                    // Only by what is to be published at once.
                    let isFollowed = !state.waiting.isEmpty && !state.hasPatience(company)
                    state.isAnyPlaced = true
                    return isFollowed
                }
                // Where one by itself is company enough so few may wait that nothing would start meanwhile.
                if next.isAwaited || company < 2, !isFollowed { answer(group.close(database)) }
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
    static func publish(_ publications: [Publication], _ database: StateDatabase, _ disk: any Disk) -> [Published] {
        var group = PublishedGroup(publications, disk)
        _ = group.open(database, closing: nil)
        group.place(disk)
        return group.close(database)
    }

    /// Makes one change; made twice it does no harm.
    static func apply(_ change: Publication.Change, _ disk: any Disk) throws(DiskError) {
        switch change {
        case .put(let path, _, _, let staged, _):
            try put(staged, at: path, disk)
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

    private static func put(_ staged: Path, at path: Path, _ disk: any Disk) throws(DiskError) {
        var (isMade, isOpened) = (false, false)
        while true {
            do throws(DiskError) { return try disk.rename(staged, to: path) } catch {
                if error.isAbsent, !isMade {
                    // Mostly what is above is there, and nobody has to look.
                    try disk.makeDirectory(path.directory)
                    isMade = true
                } else if error.isNotPermitted, !isOpened {
                    // An action may have left a directory in which nobody may write.
                    try disk.giveAccess(to: staged.directory)
                    isOpened = true
                } else {
                    throw error
                }
            }
        }
    }
}
