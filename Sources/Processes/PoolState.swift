/// Who does what, and who waits: all that a pool's lock protects. Nothing here waits for an action.
struct PoolState {
    private struct Slot {
        /// The name of its helper: another one after each start.
        var generation: UInt64
        var socket: Int32?
        var inbox = Inbox<HelperAnswer>()
        var unsent: ArraySlice<UInt8> = []
        var job: (id: UInt64, waiter: any JobWaiter)?
        /// The guard's word on this helper, once it is dead.
        var death: HelperDeath?
        /// No guard will speak: it died first, or the helper was never started.
        var isOrphan = true

        /// Dead, and nothing of its action left. That is known from the guard, or, without one, from the helper
        /// having closed its socket: it clears up before it goes.
        var isGone: Bool { socket == nil && (death != nil || isOrphan) }
    }

    private let executable: [UInt8]
    /// Wakes the thread.
    private let bell: (ours: Int32, theirs: Int32)

    private(set) var control: Guard?
    private var notices = Inbox<GuardNotice>()
    /// Guards that have closed their socket and are still to be reaped.
    private var ended: [Int32] = []
    /// Those that have been needed so far.
    private var slots: [Slot] = []
    private let greatestCount: Int
    private var idle: [Int] = []
    private var waiting = WaitingJobs()
    private var nextID: UInt64 = 1
    private var nextGeneration: UInt64 = 1
    private var cancelledEarly: Set<UInt64> = []
    private var deathsInARow = 0
    private var isCancelled = false
    private var isClosed = false
    private var isUnusable = false
    private var isGuardDismissed = false
    /// A guard ended that was not asked to: with a helper that died at the same time nobody has cleared up behind it.
    private(set) var hasLostGuard = false

    init(slots count: Int, executable: [UInt8]) throws(HelperFailure) {
        self.executable = executable
        greatestCount = count
        bell = try socketPair()
        do throws(HelperFailure) {
            control = try Guard(executable: executable)
        } catch {
            closeDescriptor(bell.ours)
            closeDescriptor(bell.theirs)
            throw error
        }
    }

    // MARK: - What callers ask for

    mutating func newID() -> UInt64 {
        defer { nextID += 1 }
        return nextID
    }

    /// - Returns: why it cannot be; nobody will answer the job then.
    mutating func submit(_ job: Job) -> (any Error)? {
        if cancelledEarly.remove(job.id) != nil || isCancelled { return CancellationError() }
        if isClosed { return HelperFailure.closed }
        if isUnusable { return HelperFailure.unusable }
        if let index = idle.popLast() {
            begin(job, on: index)
        } else {
            waiting.append(job)
            if slots.count < greatestCount { addSlot() }
        }
        return nil
    }

    mutating func cancel(_ id: UInt64) -> JobNews? {
        if let index = slots.firstIndex(where: { $0.job?.id == id }) {
            send(HelperCommand.cancel.frame(id: id), to: index)
        } else if let job = waiting.remove(id: id) {
            return .end(job.waiter, .failure(CancellationError()))
        } else {
            // Not submitted yet (or over: then nobody will look).
            cancelledEarly.insert(id)
        }
        return nil
    }

    /// What waits has no helper to hear it, and what is over does not need to.
    mutating func tell(_ id: UInt64, _ command: HelperCommand) {
        guard let index = slots.firstIndex(where: { $0.job?.id == id }) else { return }
        send(command.frame(id: id), to: index)
    }

    mutating func forget(_ id: UInt64) { cancelledEarly.remove(id) }

    mutating func cancelAll() {
        isCancelled = true
        broadcast(.cancel)
    }

    mutating func dropWaiting() -> [JobNews] {
        waiting.removeAll().map { .end($0.waiter, .failure(CancellationError())) }
    }

    mutating func broadcast(_ command: HelperCommand) {
        for index in slots.indices {
            if let job = slots[index].job { send(command.frame(id: job.id), to: index) }
        }
    }

    mutating func close() {
        guard !isClosed else { return }
        isClosed = true
        // Not closing them: the thread may be polling them.
        for slot in slots { slot.socket.map(endSending) }
        ring()
    }

    /// Ends everything where no thread has been started.
    func abandon() {
        for slot in slots { slot.socket.map(closeDescriptor) }
        if let control {
            closeDescriptor(control.control)
            reap(control.pid)
        }
        closeDescriptor(bell.ours)
        closeDescriptor(bell.theirs)
    }

    // MARK: - What the thread does

    /// - Returns: false when there is nothing left to wait for.
    func fill(_ sockets: inout PollSet) -> Bool {
        if isClosed || isUnusable, control == nil, slots.allSatisfy({ $0.socket == nil }) { return false }
        sockets.removeAll()
        sockets.add(bell.ours)
        sockets.add(control?.control)
        for slot in slots { sockets.add(slot.socket, untilItTakes: !slot.unsent.isEmpty) }
        return true
    }

    /// Reads and sends what the last wait found, in the order of `fill`.
    mutating func serve(_ sockets: PollSet) -> [JobNews] {
        var results: [JobNews] = []
        if sockets.hasNews(0) {
            var rings = [UInt8](repeating: 0, count: 64)
            _ = receiveNow(into: &rings, from: 0, socket: bell.ours)
        }
        for index in slots.indices {
            if sockets.takesMore(index + 2) { flush(index) }
            if sockets.hasNews(index + 2) { results += hear(index) }
        }
        if sockets.hasNews(1) { results += hearGuard() }
        if isUnusable { results += giveUp() }
        if isClosed || isUnusable, !isGuardDismissed, let control, slots.allSatisfy(\.isGone) {
            endSending(control.control)
            isGuardDismissed = true
        }
        return results
    }

    /// The last act, after which this is never used again but to refuse.
    ///
    /// - Returns: who still waits, and the processes to reap.
    mutating func finish() -> (results: [JobNews], ended: [Int32]) {
        let results = giveUp()
        closeDescriptor(bell.ours)
        closeDescriptor(bell.theirs)
        return (results, ended)
    }

    private mutating func flush(_ index: Int) {
        guard let socket = slots[index].socket else { return }
        // Where the helper is dead, the end of its stream says so in order.
        let sent = sendNow(slots[index].unsent, to: socket) ?? slots[index].unsent.count
        slots[index].unsent.removeFirst(sent)
    }

    private mutating func hear(_ index: Int) -> [JobNews] {
        guard let socket = slots[index].socket else { return [] }
        switch slots[index].inbox.receive(from: socket) {
        case .nothing: return []
        case .message(.free(let id, let use)):
            guard let job = slots[index].job, job.id == id else { return [] }
            return [.free(job.waiter, use)]
        case .message(.done(let id, let report)):
            guard let job = slots[index].job, job.id == id else { return [] }
            slots[index].job = nil
            deathsInARow = 0
            release(index)
            return [.end(job.waiter, .success(report))]
        case .end:
            closeDescriptor(socket)
            slots[index].socket = nil
            idle.removeAll { $0 == index }
            return settle(index)
        }
    }

    private mutating func hearGuard() -> [JobNews] {
        guard let control else { return [] }
        switch notices.receive(from: control.control) {
        case .nothing, .message(.ready): return []
        case .message(.died(let helper, let death)):
            guard let index = slots.firstIndex(where: { $0.generation == helper }) else { return [] }
            slots[index].death = death
            return settle(index)
        case .end:
            closeDescriptor(control.control)
            ended.append(control.pid)
            ended.removeAll(where: reapIfEnded)
            self.control = nil
            if !isClosed { hasLostGuard = true }
            for index in slots.indices { slots[index].isOrphan = true }
            return slots.indices.flatMap { settle($0) }
        }
    }

    /// Answers for a helper that is gone, and starts another one.
    private mutating func settle(_ index: Int) -> [JobNews] {
        let slot = slots[index]
        guard slot.isGone else { return [] }
        slots[index].job = nil
        if !isClosed, !isUnusable {
            deathsInARow += 1
            // Each slot may lose its helper a few times; more is not chance.
            if deathsInARow > 4 * slots.count + 16 { isUnusable = true } else { start(index) }
        }
        guard let job = slot.job else { return [] }
        let failure: HelperFailure =
            if isClosed { .closed } else if let death = slot.death {
                .helperDied(waitStatus: death.waitStatus, killed: death.killed)
            } else { .guardDied }
        return [.end(job.waiter, .failure(failure))]
    }

    /// Answers all who can no longer be served, and lets the helpers that still live go.
    private mutating func giveUp() -> [JobNews] {
        let failure = isClosed ? HelperFailure.closed : .unusable
        var waiters = waiting.removeAll().map(\.waiter)
        for index in slots.indices {
            if let socket = slots[index].socket {
                if !isClosed { endSending(socket) }
            } else if let job = slots[index].job {
                waiters.append(job.waiter)
                slots[index].job = nil
            }
        }
        return waiters.map { .end($0, .failure(failure)) }
    }

    // MARK: - Helpers

    /// A helper more, for what waits.
    private mutating func addSlot() {
        slots.append(Slot(generation: 0))
        start(slots.count - 1)
        ring()  // the thread is to listen to it, too
    }

    private mutating func begin(_ job: Job, on index: Int) {
        slots[index].job = (job.id, job.waiter)
        if job.descriptors.isEmpty { return send(job.frame, to: index) }
        guard let socket = slots[index].socket else { return }
        // They go with the first byte. An idle helper has read all; one that takes nothing is dead, as the thread will
        // hear: without them it would refuse.
        let sent = sendNow(job.frame[...], with: job.descriptors.map(\.number), to: socket)
        guard sent < job.frame.count else { return }
        slots[index].unsent += job.frame[sent...]
        ring()
    }

    /// What does not fit is sent by the thread. A dead helper is not noticed here but by the thread, in order.
    private mutating func send(_ bytes: [UInt8], to index: Int) {
        guard let socket = slots[index].socket else { return }
        let sent = slots[index].unsent.isEmpty ? sendNow(bytes[...], to: socket) ?? 0 : 0
        guard sent < bytes.count else { return }
        slots[index].unsent += bytes[sent...]
        ring()
    }

    private func ring() {
        // Where it does not fit, enough is there to be heard.
        _ = sendNow([1], to: bell.theirs)
    }

    /// The next job for a free slot.
    private mutating func release(_ index: Int) {
        if !isClosed, let job = waiting.popFirst() { begin(job, on: index) } else { idle.append(index) }
    }

    private mutating func start(_ index: Int) {
        slots[index] = Slot(generation: nextGeneration)
        nextGeneration += 1
        do throws(HelperFailure) {
            let control = try livingGuard()
            slots[index].socket = try control.startHelper(id: slots[index].generation)
            slots[index].isOrphan = false
            release(index)
        } catch .guardDied where control != nil {
            // Its socket says so soon, and this slot is started again.
        } catch {
            isUnusable = true
        }
    }

    private mutating func livingGuard() throws(HelperFailure) -> Guard {
        if let control { return control }
        notices = Inbox()
        let control = try Guard(executable: executable)
        self.control = control
        return control
    }
}
