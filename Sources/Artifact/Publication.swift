package import Hashing

/// What it takes to put one action's outputs in place as one set.
package struct Publication: Sendable {
    package let identity: Digest
    package let rule: [UInt8]
    package var changes: [Change]
    /// Of files that were there before, and may stay: the stamp under which their content is known. It is not stored,
    /// since after a crash everything is read.
    package var seen: [Path: Stamp]
    package var record: Record
    /// The run that publishes it; the trace may be of an earlier one. 0 after a crash, where nobody asks.
    package let run: Int64

    /// What transaction 1 writes beside the changes.
    package enum Record: Sendable {
        /// The trace, since the action was built; and a store entry with these objects, or nil where its rule has no use
        /// for one.
        case built(Trace, StoreCopies?)
        /// The trace, taken from a store entry.
        case restored(Trace)
        /// Nothing: these outputs are put back as the recorded trace says, and its other ones stay as they are.
        case putBack([Trace.Output])
        /// Nothing any more: a crash came after transaction 1.
        case interrupted([Trace.Output])
    }

    package var isPutBack: Bool { if case .putBack = record { true } else { false } }

    /// What it gives the action's trace; nil where that is recorded already.
    package var trace: Trace? {
        switch record {
        case .built(let trace, _), .restored(let trace): trace
        case .putBack, .interrupted: nil
        }
    }

    /// What is in place when it is over.
    package var outputs: [Trace.Output] {
        switch record {
        case .built(let trace, _), .restored(let trace): trace.outputs
        case .putBack(let outputs), .interrupted(let outputs): outputs
        }
    }

    package enum Change: Hashable, Sendable {
        /// The staged file becomes the file at `path`; its stamp is that under which it was hashed. What it replaces
        /// is dbuild's own: what else is found there after a crash is somebody's.
        case put(Path, Content, replacing: Content?, staged: Path, Stamp)
        case makeDirectory(Path)
        /// A tree's member that is no longer written, and what it holds.
        case remove(Path, Content)
        case removeDirectory(Path)
        /// Something that dbuild did not make, or that was edited since, goes aside.
        case displace(Path, to: Path)
    }

    package init(
        identity: Digest, rule: [UInt8], _ record: Record, changes: [Change], seen: [Path: Stamp] = [:], run: Int64
    ) {
        self.identity = identity
        self.rule = rule
        self.changes = changes
        self.seen = seen
        self.record = record
        self.run = run
    }
}

extension Publication {
    private enum Tag: UInt8 { case put, makeDirectory, remove, removeDirectory, displace }

    func packChanges(into packer: inout Packer) {
        packer.list(changes) { packer, change in
            switch change {
            case .put(let path, let content, let old, let staged, let stamp):
                packer.byte(Tag.put.rawValue)
                path.pack(into: &packer)
                content.pack(into: &packer)
                packer.list(old.map { [$0] } ?? [])
                staged.pack(into: &packer)
                stamp.pack(into: &packer)
            case .makeDirectory(let path):
                packer.byte(Tag.makeDirectory.rawValue)
                path.pack(into: &packer)
            case .remove(let path, let content):
                packer.byte(Tag.remove.rawValue)
                path.pack(into: &packer)
                content.pack(into: &packer)
            case .removeDirectory(let path):
                packer.byte(Tag.removeDirectory.rawValue)
                path.pack(into: &packer)
            case .displace(let path, let target):
                packer.byte(Tag.displace.rawValue)
                path.pack(into: &packer)
                target.pack(into: &packer)
            }
        }
        packer.list(outputs)
        packer.bool(isPutBack)
    }

    /// As it is read back after a crash: what is needed to complete the set.
    init(identity: Digest, changesFrom unpacker: inout Unpacker) throws(UnpackError) {
        let changes = try unpacker.list { unpacker throws(UnpackError) -> Change in
            guard let tag = Tag(rawValue: try unpacker.byte()) else { throw .malformed }
            let path = try Path(from: &unpacker)
            return switch tag {
            case .put:
                .put(
                    path, try Content(from: &unpacker), replacing: try unpacker.list(of: Content.self).first,
                    staged: try Path(from: &unpacker), try Stamp(from: &unpacker))
            case .makeDirectory: .makeDirectory(path)
            case .remove: .remove(path, try Content(from: &unpacker))
            case .removeDirectory: .removeDirectory(path)
            case .displace: .displace(path, to: try Path(from: &unpacker))
            }
        }
        let outputs = try unpacker.list(of: Trace.Output.self)
        // The first version had no way to put back.
        let isPutBack = unpacker.isAtEnd ? false : try unpacker.bool()
        self.init(
            identity: identity, rule: [], isPutBack ? .putBack(outputs) : .interrupted(outputs), changes: changes,
            run: 0)
    }
}
