import Artifact
import Hashing
import Planning

/// What the database remembers of one plan, as a file that is mapped and read where it lies: `.dbuild/snapshot`.
///
/// It is a cache of the database, and never believed where that has changed since: its header holds the stamp of
/// `state.db`, taken after the last commit with nothing left beside it. Whoever may write to the database moves the file
/// aside first, so that a crash leaves none; a build puts it back when the database is closed. After another boot, of
/// another plan, or with a byte of it changed, the rows are read.
struct SnapshotFile: Sendable {
    private static let place = Path(".dbuild/snapshot")
    /// Where it lies while somebody may write to the database.
    private static let aside = Path(".dbuild/snapshot-aside")

    private let disk: WorkspaceDisk
    private let boot: Digest

    init(_ disk: WorkspaceDisk) {
        self.disk = disk
        boot = XXH3.digest(Array(Machine.bootIdentity.utf8))
    }

    /// A file that the database confirms.
    struct Confirmed: Sendable {
        fileprivate let blob: Blob
        fileprivate let header: Header
    }

    /// For who only reads: nil where there is none that the database confirms. It stays as it is while it is used.
    func find() -> Confirmed? { find(.shared) }

    private func find(_ keeping: Blob.Keeping) -> Confirmed? {
        guard let blob = Blob(mapping: disk.root / Self.place, keeping), let header = Header(blob),
            header.boot == boot, let state = stateStamp(), header.state == state
        else { return nil }
        return Confirmed(blob: blob, header: header)
    }

    /// For who may write to the database, before it is opened.
    ///
    /// - Throws: where the file stays in its place, since it would be believed after a crash.
    func take() throws -> Confirmed? {
        guard let found = find(.open) else {
            // Whatever lies there, even a directory, is of no use to anybody.
            try disk.removeTree(Self.place)
            if try disk.stamp(Self.aside, followsLink: false)?.type == .directory { try disk.removeTree(Self.aside) }
            return nil
        }
        try disk.rename(Self.place, to: Self.aside)
        return found
    }

    /// Nil where the database is not there, or not all of it is in its one file.
    private func stateStamp() -> Stamp? {
        for beside in [".dbuild/state.db-wal", ".dbuild/state.db-journal"] {
            guard let stamp = try? disk.stamp(Path(beside), followsLink: true) else { continue }
            if stamp.sizeBytes > 0 { return nil }
        }
        return try? disk.stamp(Path(".dbuild/state.db"), followsLink: true)
    }

    /// Puts the file in its place, once the database is closed and while nobody else may open it.
    ///
    /// - Parameters:
    ///   - taken: what this command has taken.
    ///   - isUnchanged: whether nothing but the database's own stamp has changed since: it is moved back.
    /// - Throws: where it cannot be written; then there is none.
    func write(_ remembered: Remembered, of plan: Plan, taken before: Confirmed?, isUnchanged: Bool) throws {
        guard let state = stateStamp() else { return }
        if isUnchanged, let before, before.header.plan == plan.digest {
            var header = before.header
            header.state = state
            return try disk.putBack(Self.aside, header.bytes, to: Self.place)
        }
        let rest = remembered.rest
        var hash = XXH3()
        var count = 0
        unsafe remembered.forEachPiece(rest) { piece in
            unsafe hash.update(piece)
            count += piece.count
        }
        let header = Header(
            body: hash.finish(), bodyBytes: UInt64(count), plan: plan.digest,
            artifacts: UInt64(plan.artifactCount), actions: UInt64(plan.actionCount), state: state, boot: boot)
        if let before, try patch(before, header, remembered, rest) {
            return try disk.rename(Self.aside, to: Self.place)
        }
        try unsafe disk.write(Self.aside) { write in
            try unsafe header.bytes.withUnsafeBytes { try unsafe write($0) }
            try unsafe remembered.forEachPiece(rest) { try unsafe write($0) }
        }
        try disk.rename(Self.aside, to: Self.place)
    }

    /// Writes what has changed over a file that was taken, as it lies aside.
    ///
    /// - Returns: false where it is of another layout, or somebody is reading it.
    private func patch(
        _ before: Confirmed, _ header: Header, _ remembered: Remembered, _ rest: [UInt8]
    ) throws -> Bool {
        guard before.header.artifacts == header.artifacts, before.header.actions == header.actions else { return false }
        return try unsafe disk.patch(Self.aside, byteCount: Header.byteCount + Int(header.bodyBytes)) { write in
            let end = try unsafe remembered.snapshot.forEachChange(since: before.blob, at: Header.byteCount) {
                try unsafe write($0, $1)
            }
            try unsafe rest.withUnsafeBytes { try unsafe write(end, $0) }
            try unsafe header.bytes.withUnsafeBytes { try unsafe write(0, $0) }
        }
    }
}

extension SnapshotFile.Confirmed {
    /// What it says of a plan; nil where it is of another one, or damaged.
    func remembered(of plan: Plan) -> Remembered? {
        guard header.plan == plan.digest, header.artifacts == UInt64(plan.artifactCount),
            header.actions == UInt64(plan.actionCount),
            header.bodyBytes == UInt64(blob.count - SnapshotFile.Header.byteCount),
            blob.digest(from: SnapshotFile.Header.byteCount) == header.body
        else { return nil }
        return Remembered(plan, blob, at: SnapshotFile.Header.byteCount)
    }
}

extension Remembered {
    /// All that a file holds behind its header.
    fileprivate func forEachPiece(_ rest: [UInt8], _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try unsafe snapshot.forEachColumn { column in
            try unsafe body(column)
            let filler = [UInt8](repeating: 0, count: Snapshot.padded(column.count) - column.count)
            if !filler.isEmpty { try unsafe filler.withUnsafeBytes { try unsafe body($0) } }
        }
        try unsafe rest.withUnsafeBytes { try unsafe body($0) }
    }
}

// MARK: - The header

extension SnapshotFile {
    /// Numbers of eight bytes each, in the machine's order.
    struct Header: Sendable {
        private static let magic: UInt64 = 0x7061_6E73_6462_7569
        /// Raised with every change of what is in the file or how: another one is never read.
        private static let version: UInt64 = 2
        private static let digestAt = 16
        private static let fieldsAt = 32
        static let byteCount = 256

        /// Of all that follows the header.
        let body: Digest
        let bodyBytes: UInt64
        /// Of the plan's bytes.
        let plan: Digest
        let artifacts: UInt64
        let actions: UInt64
        /// Of `state.db`.
        var state: Stamp
        /// Of the boot identity.
        let boot: Digest

        init(
            body: Digest, bodyBytes: UInt64, plan: Digest, artifacts: UInt64, actions: UInt64, state: Stamp,
            boot: Digest
        ) {
            (self.body, self.bodyBytes, self.plan) = (body, bodyBytes, plan)
            (self.artifacts, self.actions, self.state, self.boot) = (artifacts, actions, state, boot)
        }

        /// - Returns: nil for what is no header of this version, or damaged.
        init?(_ blob: Blob) {
            guard blob.count >= Self.byteCount, blob.load(0, as: UInt64.self) == Self.magic,
                blob.load(8, as: UInt64.self) == Self.version
            else { return nil }
            var unpacker = Unpacker(blob.bytes(Self.digestAt ..< Self.byteCount))
            do throws(UnpackError) {
                let digest = try unpacker.digest()
                guard digest == XXH3.digest(blob.bytes(Self.fieldsAt ..< Self.byteCount)) else { return nil }
                (body, bodyBytes) = (try unpacker.digest(), try unpacker.fixed())
                (plan, artifacts, actions) = (try unpacker.digest(), try unpacker.fixed(), try unpacker.fixed())
                state = try Stamp(from: &unpacker)
                boot = try unpacker.digest()
            } catch { return nil }
        }

        var bytes: [UInt8] {
            var fields = Packer()
            fields.digest(body)
            fields.fixed(bodyBytes)
            fields.digest(plan)
            fields.fixed(artifacts)
            fields.fixed(actions)
            state.pack(into: &fields)
            fields.digest(boot)
            let padded =
                fields.bytes + [UInt8](repeating: 0, count: Self.byteCount - Self.fieldsAt - fields.bytes.count)
            var header = Packer()
            header.fixed(Self.magic)
            header.fixed(Self.version)
            header.digest(XXH3.digest(padded))
            header.append(padded)
            return header.bytes
        }
    }
}
