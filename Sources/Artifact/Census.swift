private import Hashing

/// What lies at a path, with the stamps under which that is known.
package struct Census: Hashable, Sendable {
    package var content: Content
    package var stamp: Stamp
    /// Of a tree: everything in it, sorted by path.
    package var members: [Member]

    package init(content: Content, stamp: Stamp, members: [Member] = []) {
        self.content = content
        self.stamp = stamp
        self.members = members
    }

    package struct Member: Hashable, Packable {
        /// Below the tree.
        package var path: Path
        package var content: Content
        package var stamp: Stamp

        package func pack(into packer: inout Packer) {
            path.pack(into: &packer)
            content.pack(into: &packer)
            stamp.pack(into: &packer)
        }

        package init(from unpacker: inout Unpacker) throws(UnpackError) {
            self.init(
                path: try Path(from: &unpacker), content: try Content(from: &unpacker),
                stamp: try Stamp(from: &unpacker))
        }

        package init(path: Path, content: Content, stamp: Stamp) {
            self.path = path
            self.content = content
            self.stamp = stamp
        }
    }

    /// When it changed last, as far as stamps say: itself, or anything in it.
    package var newestChangeNanoseconds: Int64 {
        members.reduce(stamp.changedNanoseconds) { max($0, $1.stamp.changedNanoseconds) }
    }

    /// Whether files hold the same bytes again: who read them meanwhile may have seen others.
    ///
    /// - Parameter earlier: of the same content.
    package func isRewritten(since earlier: Census) -> Bool {
        func isOther(_ now: Stamp, _ before: Stamp) -> Bool {
            // A stamp that nothing has says nothing.
            now != Stamp() && before != Stamp() && now.type == .file && !now.isSameFile(as: before)
        }
        if content.kind != .tree { return isOther(stamp, earlier.stamp) }
        return zip(members, earlier.members).contains { isOther($0.stamp, $1.stamp) }
    }

    /// A tree's member by its path below the tree.
    package func member(_ name: Path) -> Member? {
        var low = 0
        var high = members.count
        while low < high {
            let middle = (low + high) / 2
            if members[middle].path < name { low = middle + 1 } else { high = middle }
        }
        return low < members.count && members[low].path == name ? members[low] : nil
    }

    package var output: [Trace.Member] { members.map { Trace.Member(path: $0.path, content: $0.content) } }
}

/// Something that cannot be an artifact's content.
package enum CensusError: Error, Hashable, Sendable {
    case disk(DiskError)
    /// A device, a FIFO, a socket.
    case notAFile(Path)
    /// It changed each time that it was read.
    case keepsChanging(Path)
}

/// Takes the census of paths; counts what it costs.
package struct CensusTaker: Sendable {
    private let disk: any Disk
    /// False for files that nobody else writes, as in staging.
    private let waitsForTick: Bool
    /// What has been read, for the tests that a null build reads nothing.
    package private(set) var bytesHashed: UInt64 = 0
    package private(set) var filesHashed = 0

    package init(disk: any Disk, waitsForTick: Bool = true) {
        self.disk = disk
        self.waitsForTick = waitsForTick
    }

    /// What lies at a path now.
    ///
    /// - Parameter known: from an earlier census; what has the same stamp is not read again.
    /// - Returns: nil where there is nothing.
    package mutating func take(_ path: Path, known: Census?) throws(CensusError) -> Census? {
        guard let stamp = try attempt({ () throws(DiskError) in try disk.stamp(path, followsLink: true) }) else {
            return nil
        }
        switch stamp.type {
        case .file:
            if let known, known.stamp == stamp, known.content.kind != .tree { return known }
            let (content, settled, _) = try read(path, stamp)
            return Census(content: content, stamp: settled)
        case .directory:
            if let known, known.content.kind == .tree, known.stamp == stamp, try isUnchanged(path, known) {
                return known
            }
            return try takeTree(path, stamp, known)
        case .link, .other: throw .notAFile(path)
        }
    }

    /// Every directory with its old stamp has its old names; every file with its old stamp has its old bytes.
    private func isUnchanged(_ path: Path, _ known: Census) throws(CensusError) -> Bool {
        for member in known.members {
            let now = try attempt { () throws(DiskError) in
                try disk.stamp(path / member.path, followsLink: false)
            }
            guard now == member.stamp else { return false }
        }
        return true
    }

    private mutating func takeTree(_ path: Path, _ stamp: Stamp, _ known: Census?) throws(CensusError) -> Census {
        let before = Dictionary((known?.members ?? []).map { ($0.path, $0) }) { first, _ in first }
        var members: [Census.Member] = []
        let settled = settle(stamp)
        try collect(path, below: Path([UInt8]()), before, into: &members)
        members.sort { $0.path < $1.path }
        let content = Census.treeContent(members.map { Trace.Member(path: $0.path, content: $0.content) })
        return Census(content: content, stamp: settled, members: members)
    }

    private mutating func collect(
        _ root: Path, below directory: Path, _ known: [Path: Census.Member], into members: inout [Census.Member]
    ) throws(CensusError) {
        let names = try attempt { () throws(DiskError) in try disk.names(in: root / directory) }
        for name in names {
            let place = directory / name
            guard
                let stamp = try attempt({ () throws(DiskError) in
                    try disk.stamp(root / place, followsLink: false)
                })
            else { throw .keepsChanging(root / place) }
            switch stamp.type {
            case .directory:
                members.append(Census.Member(path: place, content: .directory, stamp: settle(stamp)))
                try collect(root, below: place, known, into: &members)
            case .link:
                let target = try attempt { () throws(DiskError) in try disk.linkTarget(root / place) }
                let fingerprint = Fingerprint(digest: XXH3.digest(target), sizeBytes: UInt64(target.count))
                members.append(
                    Census.Member(path: place, content: Content(kind: .link, fingerprint: fingerprint), stamp: stamp))
            case .file:
                if let member = known[place], member.stamp == stamp {
                    members.append(member)
                } else {
                    let (content, settled, _) = try read(root / place, stamp)
                    members.append(Census.Member(path: place, content: content, stamp: settled))
                }
            case .other: throw .notAFile(root / place)
            }
        }
    }

    /// Reads a file until its stamp is the same before and after, and too old for an unseen change.
    ///
    /// - Parameter mostBytes: a file that has no more is also given as it is.
    private mutating func read(
        _ path: Path, _ first: Stamp, keeping mostBytes: Int = 0
    ) throws(CensusError) -> (Content, Stamp, [UInt8]?) {
        var stamp = first
        for _ in 0 ..< 4 {
            let settled = settle(stamp)
            let seen = try attempt { () throws(DiskError) in try disk.reading(path, keeping: mostBytes) }
            bytesHashed += seen.fingerprint.sizeBytes
            filesHashed += 1
            // What came since it was looked at may be of this very tick.
            if seen.before == seen.after, seen.before == stamp || !waitsForTick {
                let kind: Content.Kind = seen.after.isExecutable ? .executable : .file
                let content = Content(kind: kind, fingerprint: seen.fingerprint)
                return (content, waitsForTick ? settled : seen.after, seen.bytes)
            }
            stamp = seen.after
        }
        throw .keepsChanging(path)
    }

    /// Before something is read: in the tick of its stamp a writer could change bytes or names and leave it as it is.
    ///
    /// - Returns: the stamp; one that nothing has where it is no use to wait, so that what it is of is read again.
    private func settle(_ stamp: Stamp) -> Stamp {
        if !waitsForTick { return stamp }
        disk.waitPast(stamp.changedNanoseconds)
        return disk.isPast(stamp) ? stamp : Stamp()
    }

    private func attempt<Value>(_ body: () throws(DiskError) -> Value) throws(CensusError) -> Value {
        do throws(DiskError) { return try body() } catch { throw .disk(error) }
    }
}

extension Census {
    /// A tree's content: a hash over its sorted members' names, kinds and fingerprints.
    package static func treeContent(_ members: [Trace.Member]) -> Content {
        var packer = Packer()
        packer.list(members)
        let size = members.reduce(0 as UInt64) { $0 &+ $1.content.fingerprint.sizeBytes }
        return Content(
            kind: .tree, fingerprint: Fingerprint(digest: XXH3.digest(packer.bytes), sizeBytes: size))
    }
}

extension Content {
    /// A directory inside a tree: its name is all that it adds.
    package static let directory = Content(
        kind: .tree, fingerprint: Fingerprint(digest: Digest(high: 0, low: 0), sizeBytes: 0))
}

extension CensusTaker {
    /// What a path's last component itself is: links in a tree are members, not what they lead to.
    package func memberStamp(_ path: Path) throws(DiskError) -> Stamp? { try disk.stamp(path, followsLink: false) }

    /// A file that has just been looked at, and its bytes where it has no more than so many.
    package mutating func file(
        _ path: Path, _ stamp: Stamp, keeping mostBytes: Int
    ) throws(CensusError) -> (census: Census, bytes: [UInt8]?) {
        let (content, settled, bytes) = try read(path, stamp, keeping: mostBytes)
        return (Census(content: content, stamp: settled), bytes)
    }

    /// What lies at a path, read now, links not followed; nil where there is nothing.
    package mutating func content(_ path: Path) throws(CensusError) -> Content? {
        guard let stamp = try attempt({ () throws(DiskError) in try disk.stamp(path, followsLink: false) }) else {
            return nil
        }
        guard stamp.type == .link else { return try take(path, known: nil)?.content }
        let target = try attempt { () throws(DiskError) in try disk.linkTarget(path) }
        return Content(
            kind: .link, fingerprint: Fingerprint(digest: XXH3.digest(target), sizeBytes: UInt64(target.count)))
    }
}
