import Artifact

/// What was published is not what lies there.
struct PublishedOtherwise: Error, Hashable {
    let path: Path
}

/// Puts one set in place, and moves aside what somebody has put there since it was looked at.
struct Placement {
    private let publication: Publication
    private let disk: any Disk
    private var taker: CensusTaker
    /// Where a change of this set has left nothing.
    private var emptied: Set<Path> = []
    private(set) var displaced: [Displaced] = []

    init(_ publication: Publication, _ disk: any Disk) {
        self.publication = publication
        self.disk = disk
        taker = CensusTaker(disk: disk)
    }

    /// - Returns: what lies at each output's path, with the stamps under which it does.
    mutating func run() throws -> [Census] {
        for change in publication.changes { try make(change) }
        var staged: [Path: Stamp] = [:]
        for case .put(let path, _, _, _, let stamp) in publication.changes { staged[path] = stamp }
        return try publication.outputs.map { try verify($0, staged) }
    }

    // MARK: - Changes

    private mutating func make(_ change: Publication.Change) throws {
        switch change {
        case .put(let path, let content, let old, _, _): try clear(path, but: old.map { [content, $0] } ?? [content])
        case .remove(let path, let content):
            try clear(path, but: [content])
            emptied.insert(path)
        case .makeDirectory(let path): return try makeDirectory(path)
        case .removeDirectory(let path):
            emptied.insert(path)
            guard try disk.stamp(path, followsLink: false)?.type == .directory else { return }
        case .displace(let path, let target):
            emptied.insert(path)
            return try setAside(path, to: target)
        }
        do throws(DiskError) { try Publisher.apply(change, disk) } catch {
            guard case .put(let path, _, _, _, _) = change, error.isNotADirectory, try clearWay(to: path) else {
                throw error
            }
            try Publisher.apply(change, disk)
        }
    }

    /// Moves aside what lies where a directory is needed.
    ///
    /// - Returns: whether there was anything.
    private mutating func clearWay(to path: Path) throws(DiskError) -> Bool {
        guard let obstacle = try disk.obstacle(above: path) else { return false }
        try setAside(obstacle)
        return true
    }

    /// Moves aside what is neither what was seen at a path nor one of these contents.
    private mutating func clear(_ path: Path, but contents: [Content]) throws {
        let expected = emptied.contains(path) ? nil : publication.seen[path]
        guard let stamp = try disk.stamp(path, followsLink: false), stamp != expected else { return }
        if stamp.type != .directory, let content = try content(path), contents.contains(content) { return }
        try setAside(path)
    }

    /// - Returns: nil for what dbuild never makes, or what is being written.
    private mutating func content(_ path: Path) throws(DiskError) -> Content? {
        do throws(CensusError) { return try taker.content(path) } catch {
            if case .disk(let error) = error { throw error }
            return nil
        }
    }

    private mutating func makeDirectory(_ path: Path) throws(DiskError) {
        do throws(DiskError) { try disk.makeDirectory(path) } catch {
            guard error.isNotADirectory else { throw error }
            // A file, or a link that leads nowhere.
            if let found = try disk.stamp(path, followsLink: false) {
                if found.type == .directory { throw error }
                try setAside(path)
            } else if try !clearWay(to: path) {
                throw error
            }
            try disk.makeDirectory(path)
        }
    }

    /// - Parameter target: where the record of the set says that it goes; nil where it says nothing.
    private mutating func setAside(_ path: Path, to target: Path? = nil) throws(DiskError) {
        guard try disk.stamp(path, followsLink: false) != nil else { return }
        if let target, try disk.stamp(target, followsLink: false) == nil {
            displaced.append(try disk.displace(path, to: target))
        } else {
            displaced.append(try disk.displace(path, below: Displaced.directory(run: publication.run)))
        }
    }

    // MARK: - Census

    /// Takes the stamps of an output without reading it again: a rename moves nothing but the change time.
    ///
    /// - Parameter staged: the stamps of what has just been put in place.
    private mutating func verify(_ output: Trace.Output, _ staged: [Path: Stamp]) throws -> Census {
        guard output.content.kind == .tree else {
            guard let stamp = try disk.stamp(output.path, followsLink: true),
                try isIt(output.content, at: output.path, stamp, staged)
            else { throw PublishedOtherwise(path: output.path) }
            return Census(content: output.content, stamp: lasting(stamp))
        }
        let stamp = try tidy(output.path, in: output, at: nil)
        let members = try output.members.map { member in
            let path = output.path / member.path
            if member.content == .directory {
                return Census.Member(
                    path: member.path, content: .directory, stamp: try tidy(path, in: output, at: member.path))
            }
            guard let stamp = try disk.stamp(path, followsLink: false),
                try isIt(member.content, at: path, stamp, staged)
            else { throw PublishedOtherwise(path: path) }
            return Census.Member(path: member.path, content: member.content, stamp: lasting(stamp))
        }
        return Census(content: output.content, stamp: stamp, members: members)
    }

    /// A stamp that nothing has, where another content could still come under the same when the run is over.
    private func lasting(_ stamp: Stamp) -> Stamp { disk.isSoonPast(stamp) ? stamp : Stamp() }

    /// What was equal and stayed may have been edited since it was looked at.
    private mutating func isIt(
        _ content: Content, at path: Path, _ stamp: Stamp, _ staged: [Path: Stamp]
    ) throws -> Bool {
        guard content.fits(stamp) else { return false }
        if let staged = staged[path] { return stamp.isSameFile(as: staged) }
        return try publication.seen[path] == stamp || self.content(path) == content
    }

    /// Moves aside what lies in a directory of a tree and is not in the set.
    ///
    /// - Parameter place: the directory's path in the tree; nil for the tree itself.
    /// - Returns: the stamp under which it holds the set's names and no others; one that nothing has where another name
    ///   could still come under the same.
    private mutating func tidy(_ directory: Path, in output: Trace.Output, at place: Path?) throws -> Stamp {
        // Whoever goes on adding files is not waited for.
        for _ in 0 ..< 4 {
            guard let stamp = try disk.stamp(directory, followsLink: place == nil), stamp.type == .directory else {
                throw PublishedOtherwise(path: directory)
            }
            let isSettled = disk.isPast(stamp)
            let foreign = try disk.names(in: directory).filter { name in
                output.member(place.map { $0 / name } ?? name) == nil
            }
            if foreign.isEmpty { return isSettled ? stamp : Stamp() }
            for name in foreign { try setAside(directory / name) }
        }
        throw PublishedOtherwise(path: directory)
    }
}

extension Content {
    /// Whether a file with that stamp can hold this.
    fileprivate func fits(_ stamp: Stamp) -> Bool {
        switch kind {
        case .file, .executable:
            stamp.type == .file && UInt64(clamping: stamp.sizeBytes) == fingerprint.sizeBytes
                && stamp.isExecutable == (kind == .executable)
        case .link: stamp.type == .link
        case .tree: stamp.type == .directory
        }
    }
}
