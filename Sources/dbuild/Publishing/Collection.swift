import Artifact
import Planning

/// Outputs of an action as it has left them in staging.
struct Collected: Sendable {
    struct Output: Sendable {
        let path: Path
        let staged: Path
        let census: Census
        /// Of a file that the store keeps as a row: its bytes, as they were hashed, as long as there was room for them.
        var bytes: [UInt8]?
    }
    let outputs: [Output]

    /// An action that reported success and did not do what it declares.
    enum Failure: Error, Hashable {
        case missing(Path)
        case notADirectory(Path)
        case notAFile(Path)
        case isLink(Path)
        case unreadable(Path, CensusError)
        /// Its place is on another file system than the workspace: nothing can be renamed to there.
        case otherFileSystem(Path)
        /// A directory above its place is a link, and nothing lies where that leads.
        case leadsNowhere(link: Path, target: [UInt8])
    }

    /// Refuses outputs that could not be put in place: before an action runs for hours, not behind it.
    ///
    /// A place that may not be written to is no failure of the action: `DiskError`.
    ///
    /// - Parameter staging: a directory that is there.
    static func checkPlaces(_ plan: Plan, _ action: ActionID, staging: Path, _ disk: any Disk) throws {
        let device = try disk.nearest(staging)?.stamp.device
        for output in plan.outputs(of: action) {
            let path = plan.path(of: output.artifact)
            // A tree may itself be a link, and its members are put where that leads.
            let place = plan.isTree(output.artifact) ? path : path.directory
            guard let there = try disk.nearest(place), there.stamp.device == device else {
                throw Failure.otherFileSystem(path)
            }
            if there.path != place { try checkWay(to: path.directory, from: there.path, disk) }
            // A file in a directory's place goes aside, which is found out when the set is put in place.
            if there.stamp.type == .directory { try disk.checkWritable(there.path) }
        }
    }

    /// Refuses a link to nothing, which looks like a place where a directory can be made.
    ///
    /// - Parameter nearest: the directory, or the nearest above it, that is there.
    private static func checkWay(to directory: Path, from nearest: Path, _ disk: any Disk) throws {
        var (step, way) = (directory, directory)
        // The first step that is not there; those below it are not either.
        while !way.bytes.isEmpty, way != nearest { (step, way) = (way, way.directory) }
        guard step != nearest, !step.bytes.isEmpty else { return }
        guard try disk.stamp(step, followsLink: false)?.type == .link else { return }
        throw Failure.leadsNowhere(link: step, target: try disk.linkTarget(step))
    }

    init(outputs: [Output]) { self.outputs = outputs }

    /// Takes the declared outputs, and nothing else, from where an action was to write them.
    init(_ plan: Plan, _ action: ActionID, staging: Path, _ disk: any Disk) throws(Failure) {
        var taker = CensusTaker(disk: disk, waitsForTick: false)
        var found: [Output] = []
        // They lie in memory until the set is published, and without them the store reads the files again.
        var roomBytes = plan.rule(of: action).policy.storesCopies ? Store.rowsInMemoryBytes : 0
        for output in plan.outputs(of: action) {
            let path = plan.path(of: output.artifact)
            let staged = staging / path
            do {
                guard let stamp = try taker.memberStamp(staged) else { throw Failure.missing(path) }
                if stamp.type == .link { throw Failure.isLink(path) }
                let isTree = plan.isTree(output.artifact)
                guard isTree == (stamp.type == .directory) else {
                    throw isTree ? Failure.notADirectory(path) : Failure.notAFile(path)
                }
                if !isTree, stamp.type == .file, !stamp.hasRaisedRights {
                    let mostBytes = min(Store.largestRowBytes, roomBytes)
                    let (census, bytes) = try taker.file(staged, stamp, keeping: mostBytes)
                    if !census.stamp.hasRaisedRights {
                        roomBytes -= bytes?.count ?? 0
                        found.append(Output(path: path, staged: staged, census: census, bytes: bytes))
                        continue
                    }
                }
                guard let census = try Self.census(of: staged, &taker, disk) else { throw Failure.missing(path) }
                found.append(Output(path: path, staged: staged, census: census))
            } catch let failure as Failure {
                throw failure
            } catch let error as DiskError {
                throw .unreadable(path, .disk(error))
            } catch let error as CensusError {
                throw .unreadable(path, error)
            } catch {
                throw .missing(path)
            }
        }
        outputs = found
    }

    /// What lies there, which nobody can run with another's rights: neither the key nor the store knows of them.
    private static func census(of staged: Path, _ taker: inout CensusTaker, _ disk: any Disk) throws -> Census? {
        guard let census = try taker.take(staged, known: nil) else { return nil }
        let raised = ([(staged, census.stamp)] + census.members.map { (staged / $0.path, $0.stamp) })
            .filter { $0.1.hasRaisedRights }
        if raised.isEmpty { return census }
        for (path, _) in raised { try disk.takeRaisedRights(from: path) }
        return try taker.take(staged, known: nil)
    }

    var traced: [Trace.Output] {
        outputs.map { Trace.Output(path: $0.path, content: $0.census.content, members: $0.census.output) }
    }

    /// What must be changed so that exactly these outputs are in place; what is equal is not touched.
    ///
    /// - Parameters:
    ///   - present: what lies at an output's path now.
    ///   - unreadable: outputs in whose place lies something else than files and directories: it goes aside whole.
    ///   - published: what the recorded trace put there; anything else is somebody's and goes aside.
    ///   - displaced: where that goes from a path: nothing lies there.
    func changes(
        present: (Path) -> Census?, unreadable: (Path) -> Bool = { _ in false }, published: (Path) -> Trace.Output?,
        displaced: (Path) throws(DiskError) -> Path
    ) throws(DiskError) -> [Publication.Change] {
        var changes: [Publication.Change] = []
        for output in outputs {
            let present = present(output.path)
            let before = published(output.path)
            if unreadable(output.path) { changes.append(.displace(output.path, to: try displaced(output.path))) }
            if output.census.content.kind == .tree {
                changes += try treeChanges(output, present, before, displaced)
                continue
            }
            if present?.content == output.census.content { continue }
            let isOurs = present?.content == before?.content && present?.content.kind != .tree
            let put = Publication.Change.put(
                output.path, output.census.content, replacing: isOurs ? present?.content : nil, staged: output.staged,
                output.census.stamp)
            if present != nil, !isOurs { changes.append(.displace(output.path, to: try displaced(output.path))) }
            changes.append(put)
        }
        return changes
    }

    /// The stamps of what lies in the outputs' places.
    func seen(present: (Path) -> Census?) -> [Path: Stamp] {
        var seen: [Path: Stamp] = [:]
        for output in outputs {
            guard let present = present(output.path) else { continue }
            seen[output.path] = present.stamp
            for member in present.members { seen[output.path / member.path] = member.stamp }
        }
        return seen
    }

    private func treeChanges(
        _ output: Output, _ present: Census?, _ before: Trace.Output?, _ displaced: (Path) throws(DiskError) -> Path
    ) throws(DiskError) -> [Publication.Change] {
        var changes: [Publication.Change] = []
        var there: [Path: Content] = [:]
        if let present, present.content.kind == .tree {
            for member in present.members { there[member.path] = member.content }
        } else if present != nil {
            changes.append(.displace(output.path, to: try displaced(output.path)))
        }
        let wanted = Set(output.census.members.map(\.path))
        // Deepest first, so that directories are empty when their turn comes.
        for (name, content) in there.sorted(by: { $0.key > $1.key }) where !wanted.contains(name) {
            let path = output.path / name
            if content == .directory {
                changes.append(.removeDirectory(path))
            } else if before?.member(name)?.content == content {
                changes.append(.remove(path, content))
            } else {
                changes.append(.displace(path, to: try displaced(path)))
            }
        }
        changes.append(.makeDirectory(output.path))
        for member in output.census.members where there[member.path] != member.content {
            let path = output.path / member.path
            var replaced: Content?
            if let old = there[member.path] {
                if old == .directory {
                    changes.append(.removeDirectory(path))
                } else if before?.member(member.path)?.content != old {
                    changes.append(.displace(path, to: try displaced(path)))
                } else if member.content == .directory {
                    changes.append(.remove(path, old))
                } else {
                    replaced = old
                }
            }
            changes.append(
                member.content == .directory
                    ? .makeDirectory(path)
                    : .put(
                        path, member.content, replacing: replaced, staged: output.staged / member.path, member.stamp))
        }
        return changes
    }
}
