import Artifact

/// Completes the sets that a crash left half in place, before anything is decided.
struct Recovery {
    struct Outcome: Sendable {
        var completed: [Path] = []
        /// Sets that could not be completed: their actions count as never built.
        var broken: [Path] = []
        /// What somebody has put in an output's place since the crash, and where it is now.
        var displaced: [Displaced] = []

        /// What a person must hear of it.
        var events: [Event] {
            let sets =
                completed.isEmpty && broken.isEmpty ? [] : [Event.recovered(completed: completed, broken: broken)]
            return sets + displaced.map { .displaced($0.path, to: $0.target) }
        }
    }

    private let disk: any Disk
    private let store: Store
    private var taker: CensusTaker
    private var displaced: [Displaced] = []

    static func run(_ database: StateDatabase, _ disk: any Disk) throws -> Outcome {
        var outcome = Outcome()
        var recovery = Recovery(
            disk: disk, store: Store(database: database, disk: disk, run: 0), taker: CensusTaker(disk: disk))
        for open in try database.openPublications() {
            let paths = open.publication.outputs.map(\.path)
            if TestHook.isBroken(.publishing) {
                try database.close([(open.id, [])])
                continue
            }
            if let census = try recovery.completeIfPossible(open.publication, database) {
                try database.close([(open.id, zip(paths, census).map { ($0, $1) })])
                outcome.completed += paths
            } else {
                try database.abandon(open)
                // What was to be put back is missing as before.
                if !open.publication.isPutBack { outcome.broken += paths }
            }
        }
        try discardStaging(disk)
        outcome.displaced = recovery.displaced
        return outcome
    }

    /// Renamed first, so that this run has its own; a process that is still dying may write into the old one.
    private static func discardStaging(_ disk: any Disk) throws(DiskError) {
        let staging = Path(".dbuild/staging")
        let discarded = Path(".dbuild/discarded")
        if try disk.stamp(staging, followsLink: false) != nil {
            try disk.makeDirectory(discarded)
            var number = 1
            while try disk.stamp(discarded / Path("\(number)"), followsLink: false) != nil { number += 1 }
            try disk.rename(staging, to: discarded / Path("\(number)"))
        }
        // What cannot be removed now is for the next start.
        disk.removeLoosely(discarded)
    }

    /// - Returns: nil if something that is needed is gone, or cannot be put where it belongs.
    private mutating func completeIfPossible(
        _ publication: Publication, _ database: StateDatabase
    ) throws -> [Census?]? {
        do {
            // Of a set that could not be looked at in its run.
            try database.record(ways: try disk.ways(to: publication.outputs))
            return try complete(publication)
        } catch let error as DiskError where error.isLasting { return nil }
    }

    /// Only forward: what already holds the new content stays, the rest comes from staging, else from the store.
    ///
    /// - Returns: nil if something that is needed is gone.
    private mutating func complete(_ publication: Publication) throws -> [Census?]? {
        for change in publication.changes { guard try make(change) else { return nil } }
        var census: [Census?] = []
        for output in publication.outputs {
            let found = try look { taker throws(CensusError) in try taker.take(output.path, known: nil) }
            guard case .known(let found) = found, found.content == output.content else { return nil }
            census.append(found)
        }
        return census
    }

    /// Makes a change that may have been made before.
    ///
    /// - Returns: false if it cannot be made any more.
    private mutating func make(_ change: Publication.Change) throws -> Bool {
        switch change {
        case .put(let path, let content, let old, let staged, _):
            let present = try contentThere(path)
            if present == .known(content) { return true }
            // Read again, since nobody knows what the crash did to it.
            guard try contentThere(staged) == .known(content) || remake(content, at: staged) else { return false }
            if present != .nothing, present != old.map({ .known($0) }) { try setAside(path) }
            try clearWay(to: path)
        case .displace(let path, let target):
            if try disk.stamp(target, followsLink: false) != nil { return true }
            if try disk.stamp(path, followsLink: false) == nil { return true }
            displaced.append(try disk.displace(path, to: target))
            return true
        case .makeDirectory(let path):
            if let found = try disk.stamp(path, followsLink: true), found.type != .directory { try setAside(path) }
            try clearWay(to: path)
        // Where the other kind lies, the set has already put it.
        case .remove(let path, let content):
            guard let found = try disk.stamp(path, followsLink: false), found.type != .directory else { return true }
            if try contentThere(path) != .known(content) {
                try setAside(path)
                return true
            }
        case .removeDirectory(let path):
            guard try disk.stamp(path, followsLink: false)?.type == .directory else { return true }
        }
        try Publisher.apply(change, disk)
        return true
    }

    /// - Returns: whether the store has what was lost of staging.
    private func remake(_ content: Content, at staged: Path) throws -> Bool {
        guard try store.isStored(content) else { return false }
        try disk.removeTree(staged)
        try disk.makeDirectory(staged.directory)
        return try store.restore(content, to: staged) != nil
    }

    /// What was found at a path.
    private enum Found<Value: Equatable>: Equatable {
        case nothing
        case known(Value)
        /// Something that dbuild never makes.
        case other
    }

    private mutating func contentThere(_ path: Path) throws -> Found<Content> {
        try look { taker throws(CensusError) in try taker.content(path) }
    }

    private mutating func look<Value>(
        _ body: (inout CensusTaker) throws(CensusError) -> Value?
    ) throws -> Found<Value> {
        do throws(CensusError) {
            return try body(&taker).map { .known($0) } ?? .nothing
        } catch {
            // A disk that fails may work at the next start; a FIFO stays one.
            if case .disk(let error) = error { throw error }
            return .other
        }
    }

    private mutating func clearWay(to path: Path) throws {
        if let obstacle = try disk.obstacle(above: path) { try setAside(obstacle) }
    }

    private mutating func setAside(_ path: Path) throws {
        displaced.append(try disk.displace(path, below: Displaced.root / "recovery"))
    }
}
