import Artifact
import Hashing
import Planning

/// What the database remembers, by the numbers of a plan.
struct Remembered: Sendable {
    private(set) var snapshot: Snapshot
    /// Outputs that were made once and that no action of the plan makes.
    private(set) var orphans: [Orphan] = []
    /// What was seen last at paths of the workspace that actions discovered and that are no artifacts.
    private(set) var beside: [Path: Census] = [:]
    let commands: CommandNames

    /// Reads every row.
    ///
    /// - Parameter commands: where they are known.
    init(_ plan: Plan, from database: StateDatabase?, commands: CommandNames? = nil) throws {
        snapshot = Snapshot(plan)
        self.commands = commands ?? CommandNames(plan)
        guard let database else { return }
        let actions = ActionsByIdentity(plan)
        try database.forEachTrace { trace in
            if let action = actions[trace.identity] {
                snapshot.note(trace, of: action, plan)
            } else {
                orphans.append(Orphan(trace))
            }
        }
        sortOutOrphans(plan)
        for identity in try database.broken() {
            if let action = actions[identity] { snapshot.broken.insert(action) }
        }
        for (identity, now) in try database.staleSince() {
            if let action = actions[identity] { snapshot.staleSinceNanoseconds[action.index] = now }
        }
        for failure in try database.failureHeads() {
            if let action = actions[failure.identity] { snapshot.note(failure, of: action) }
        }
        try readCensuses(plan, database)
    }

    private mutating func sortOutOrphans(_ plan: Plan) {
        if orphans.isEmpty { return }
        let claims = Claims(plan, snapshot, of: orphans)
        // Another set of outputs than before is another action; what it made at a path that is still made is known.
        orphans = orphans.compactMap { orphan in
            var left = orphan
            left.outputs = []
            for made in orphan.outputs {
                guard let artifact = plan.artifact(at: made.path), let action = plan.maker(of: artifact) else {
                    // A file that is a source now, or lies in a tree that is made now, is no remains of anything.
                    if !claims.hold(made) { left.outputs.append(made) }
                    continue
                }
                guard snapshot.keys[action.index] == nil else { continue }
                snapshot.note(published: made, at: artifact, by: action, plan)
                left.recordsMore = true
            }
            // While a family is unknown nobody can say what it does not make any more.
            let isUnknown = plan.rules.contains { $0.awaits != nil && $0.name == orphan.rule }
            return left.outputs.isEmpty || isUnknown ? nil : left
        }
    }

    private mutating func readCensuses(_ plan: Plan, _ database: StateDatabase) throws {
        let wanted = Set(snapshot.discovered.values.joined().map(\.path))
        // Both are sorted by directory and name: one walk through both.
        var walk = plan.artifacts.makeIterator()
        var next = walk.next()
        try database.forEachCensus { path, census in
            while let artifact = next, plan.comesBefore(artifact, path) { next = walk.next() }
            if let artifact = next, plan.lies(artifact, at: path) {
                snapshot.note(census, at: artifact, plan)
            } else if !wanted.isEmpty, wanted.contains(path) {
                beside[path] = census
            }
        }
    }
}

// MARK: - What was written since

extension Remembered {
    /// Reads again what was written.
    mutating func refresh(_ written: StateJournal, _ plan: Plan, _ database: StateDatabase) throws {
        if written.isEmpty { return }
        guard !isMuch(written, plan), try readAgain(written, plan, database) else {
            self = try Remembered(plan, from: database, commands: commands)
            return
        }
    }

    /// Whether so much was written that all is read in less time than that: a row that is asked for by itself takes as
    /// many instructions as three that come one behind another (measured).
    private func isMuch(_ written: StateJournal, _ plan: Plan) -> Bool {
        if written.isOfEverything { return true }
        // Of an orphan there is a trace, and a census of an output at least.
        let rowCount = plan.actionCount + plan.artifacts.count + 2 * orphans.count
        return (written.identities.count + written.paths.count) * 3 > rowCount
    }

    /// - Returns: false where so much hangs together with what was written that all is to be read.
    private mutating func readAgain(_ written: StateJournal, _ plan: Plan, _ database: StateDatabase) throws -> Bool {
        let actions = written.identities.isEmpty ? nil : ActionsByIdentity(plan)
        for identity in written.identities {
            guard let action = actions?[identity] else { return false }
            if let trace = try database.traceHead(of: identity) {
                // What it discovered may claim what an orphan has made.
                if !orphans.isEmpty, snapshot.discovered[action] != nil || !trace.discovered.isEmpty { return false }
                snapshot.note(trace, of: action, plan)
                for part in trace.discovered where beside[part.path] == nil {
                    beside[part.path] = try database.census(of: part.path)
                }
            } else {
                // An orphan may have made what it makes.
                if !orphans.isEmpty { return false }
                snapshot.forgetTrace(of: action, plan)
            }
            let standing = try database.standing(of: identity)
            snapshot.staleSinceNanoseconds[action.index] = standing.staleSince
            if standing.isBroken { snapshot.broken.insert(action) } else { snapshot.broken.remove(action) }
            (snapshot.failedRun[action.index], snapshot.lackedAtBytes[action]) = (nil, nil)
            if let failure = standing.failure { snapshot.note(failure, of: action) }
        }
        if orphans.contains(where: \.recordsMore), !written.identities.isEmpty { return false }
        for path in written.paths {
            let census = try database.census(of: path)
            if let artifact = plan.artifact(at: path) {
                snapshot.note(census, at: artifact, plan)
            } else if beside[path] != nil {
                beside[path] = census
            }
        }
        return true
    }

    /// Takes note, at the end of a run, of whose keys are known.
    mutating func settle(after assessment: Assessment, _ request: Request) {
        snapshot.settle(after: assessment, request)
    }
}

extension Snapshot {
    fileprivate mutating func note(_ trace: StateDatabase.TraceHead, of action: ActionID, _ plan: Plan) {
        note(
            key: trace.key, seconds: trace.durationSeconds, peakBytes: trace.peakBytes, inputBytes: trace.inputBytes,
            builtAtNanoseconds: trace.builtAtNanoseconds, of: action)
        discovered[action] = trace.discovered.isEmpty ? nil : trace.discovered
        missing[action] = trace.missing.isEmpty ? nil : trace.missing
        if trace.isAdopted { adopted.insert(action) } else { adopted.remove(action) }
        for output in plan.outputs(of: action) {
            let path = plan.path(of: output.artifact)
            guard let made = trace.outputs.first(where: { $0.path == path }) else { continue }
            note(published: made, at: output.artifact, by: action, plan)
        }
    }

    fileprivate mutating func note(_ failure: StateDatabase.FailureHead, of action: ActionID) {
        failedRun[action.index] = failure.run
        if failure.lackedAtBytes > 0 { lackedAtBytes[action] = failure.lackedAtBytes }
    }
}

extension Plan {
    /// In the order of directories and names.
    fileprivate func comesBefore(_ artifact: ArtifactID, _ path: Path) -> Bool {
        let (own, other) = (directory(of: artifact), path.directory)
        return own == other ? leaf(of: artifact).lexicographicallyPrecedes(path.leaf) : own < other
    }

    fileprivate func lies(_ artifact: ArtifactID, at path: Path) -> Bool {
        leaf(of: artifact).elementsEqual(path.leaf) && directory(of: artifact) == path.directory
    }
}

// MARK: - In a file

extension Remembered {
    /// - Parameter offset: in the blob, where the columns begin.
    /// - Returns: nil where something is not as it was written.
    init?(_ plan: Plan, _ blob: Blob, at offset: Int) {
        var place = offset
        guard var snapshot = Snapshot(plan, blob, at: &place) else { return nil }
        var unpacker = Unpacker(blob.bytes(place ..< blob.count))
        do throws(UnpackError) {
            try snapshot.unpackRest(from: &unpacker)
            orphans = try unpacker.list(of: Orphan.self)
            for _ in 0 ..< (try unpacker.count()) {
                let member = try Census.Member(from: &unpacker)
                let members = try unpacker.list(of: Census.Member.self)
                beside[member.path] = Census(content: member.content, stamp: member.stamp, members: members)
            }
            commands = try CommandNames(from: &unpacker)
        } catch { return nil }
        guard unpacker.isAtEnd, commands.fits(actionCount: plan.actionCount) else { return nil }
        self.snapshot = snapshot
    }

    /// What follows the columns.
    var rest: [UInt8] {
        var packer = Packer()
        snapshot.packRest(into: &packer)
        packer.list(orphans)
        packer.list(beside.sorted { $0.key < $1.key }) { packer, entry in
            Census.Member(path: entry.key, content: entry.value.content, stamp: entry.value.stamp).pack(into: &packer)
            packer.list(entry.value.members)
        }
        commands.pack(into: &packer)
        return packer.bytes
    }
}

/// The actions of a plan by their identities, which are as good as random numbers: an open table of their numbers.
private struct ActionsByIdentity {
    private let plan: Plan
    private var places: [UInt32]
    private let mask: Int

    init(_ plan: Plan) {
        self.plan = plan
        var size = 16
        while size < 2 * plan.actionCount { size *= 2 }
        mask = size - 1
        places = Array(repeating: .max, count: size)
        for action in plan.actions {
            var place = Int(truncatingIfNeeded: plan.identity(of: action).low) & mask
            while places[place] != .max { place = (place + 1) & mask }
            places[place] = action.raw
        }
    }

    subscript(identity: Digest) -> ActionID? {
        var place = Int(truncatingIfNeeded: identity.low) & mask
        while places[place] != .max {
            let action = ActionID(places[place])
            if plan.identity(of: action) == identity { return action }
            place = (place + 1) & mask
        }
        return nil
    }
}
