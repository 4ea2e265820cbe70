package import Artifact
package import Hashing

/// A snapshot in a file: the columns where they can be used as they lie, and what there is little of packed.
extension Snapshot {
    /// The columns in the order of a file; each begins at a multiple of eight bytes.
    package func forEachColumn(_ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        func whole(_ bytes: UnsafeRawBufferPointer) throws { try unsafe body(bytes) }
        try unsafe seen.withUnsafeBytes(whole)
        try unsafe stamps.withUnsafeBytes(whole)
        try unsafe published.withUnsafeBytes(whole)
        try unsafe keys.withUnsafeBytes(whole)
        try unsafe durationSeconds.withUnsafeBytes(whole)
        try unsafe peakBytes.withUnsafeBytes(whole)
        try unsafe inputBytes.withUnsafeBytes(whole)
        try unsafe failedRun.withUnsafeBytes(whole)
        try unsafe builtAtNanoseconds.withUnsafeBytes(whole)
        try unsafe staleSinceNanoseconds.withUnsafeBytes(whole)
        try unsafe isSettled.withUnsafeBytes(whole)
    }

    /// What may be otherwise than in a file that the columns lie in, or lay in, in its order.
    ///
    /// - Parameters:
    ///   - offset: where the first one lies.
    ///   - body: told where it lies in the file, and what is there now.
    /// - Returns: where the last column ends in it.
    package func forEachChange(
        since blob: Blob, at offset: Int, _ body: (Int, UnsafeRawBufferPointer) throws -> Void
    ) rethrows -> Int {
        var place = offset
        func tell<Value>(_ column: Column<Value>) throws {
            for range in column.changes(since: blob, at: place) {
                try unsafe column.withUnsafeBytes { bytes in
                    try unsafe body(place + range.lowerBound, UnsafeRawBufferPointer(rebasing: bytes[range]))
                }
            }
            place += Self.padded(column.byteCount)
        }
        try tell(seen)
        try tell(stamps)
        try tell(published)
        try tell(keys)
        try tell(durationSeconds)
        try tell(peakBytes)
        try tell(inputBytes)
        try tell(failedRun)
        try tell(builtAtNanoseconds)
        try tell(staleSinceNanoseconds)
        try tell(isSettled)
        return place
    }

    /// Takes up the columns where they lie.
    ///
    /// - Parameter offset: of the first one; afterwards behind the last one.
    /// - Returns: nil where they are not all there.
    package init?(_ plan: Plan, _ blob: Blob, at offset: inout Int) {
        var place = offset
        func column<Value>(_ count: Int, of _: Value.Type = Value.self) -> Column<Value>? {
            let column = Column<Value>(blob, at: place, count: count)
            place += Self.padded(column?.byteCount ?? 0)
            return column
        }
        let (artifacts, actions) = (plan.artifactCount, plan.actionCount)
        guard let seen = column(artifacts, of: Content?.self), let stamps = column(artifacts, of: Stamp.self),
            let published = column(artifacts, of: Content?.self), let keys = column(actions, of: Digest?.self),
            let durationSeconds = column(actions, of: Double.self), let peakBytes = column(actions, of: UInt64.self),
            let inputBytes = column(actions, of: UInt64.self), let failedRun = column(actions, of: Int64?.self),
            let builtAt = column(actions, of: Int64?.self), let staleSince = column(actions, of: Int64?.self),
            let isSettled = column(actions, of: Bool.self)
        else { return nil }
        (self.seen, self.stamps, self.published, self.keys) = (seen, stamps, published, keys)
        (self.durationSeconds, self.peakBytes, self.inputBytes) = (durationSeconds, peakBytes, inputBytes)
        (self.failedRun, builtAtNanoseconds, staleSinceNanoseconds) = (failedRun, builtAt, staleSince)
        self.isSettled = isSettled
        offset = place
    }

    /// How many bytes a column takes with what lies between it and the next one.
    package static func padded(_ byteCount: Int) -> Int { (byteCount + 7) / 8 * 8 }
}

// MARK: - What there is little of

extension Snapshot {
    package func packRest(into packer: inout Packer) {
        packer.bool(settledUnder != nil)
        packer.digest(settledUnder ?? Digest(high: 0, low: 0))
        packer.list(seenMembers.sorted { $0.key < $1.key }) { packer, entry in
            packer.number(entry.key.index)
            packer.list(entry.value)
        }
        packer.list(publishedMembers.sorted { $0.key < $1.key }) { packer, entry in
            packer.number(entry.key.index)
            packer.list(entry.value)
        }
        packer.list(lackedAtBytes.sorted { $0.key < $1.key }) { packer, entry in
            packer.number(entry.key.index)
            packer.number(entry.value)
        }
        packer.list(discovered.sorted { $0.key < $1.key }) { packer, entry in
            packer.number(entry.key.index)
            packer.list(entry.value)
        }
        packer.list(broken.sorted()) { packer, action in packer.number(action.index) }
        packer.list(adopted.sorted()) { packer, action in packer.number(action.index) }
        packer.list(missing.sorted { $0.key < $1.key }) { packer, entry in
            packer.number(entry.key.index)
            packer.list(entry.value)
        }
    }

    /// - Throws: also for numbers that no action or artifact has.
    package mutating func unpackRest(from unpacker: inout Unpacker) throws(UnpackError) {
        let isSettled = try unpacker.bool()
        let digest = try unpacker.digest()
        settledUnder = isSettled ? digest : nil
        let (artifacts, actions) = (seen.count, keys.count)
        func artifact(_ unpacker: inout Unpacker) throws(UnpackError) -> ArtifactID {
            ArtifactID(try Self.number(&unpacker, below: artifacts))
        }
        func action(_ unpacker: inout Unpacker) throws(UnpackError) -> ActionID {
            ActionID(try Self.number(&unpacker, below: actions))
        }
        for _ in 0 ..< (try unpacker.count()) {
            seenMembers[try artifact(&unpacker)] = try unpacker.list(of: Census.Member.self)
        }
        for _ in 0 ..< (try unpacker.count()) {
            publishedMembers[try artifact(&unpacker)] = try unpacker.list(of: Trace.Member.self)
        }
        for _ in 0 ..< (try unpacker.count()) { lackedAtBytes[try action(&unpacker)] = try unpacker.number() }
        for _ in 0 ..< (try unpacker.count()) {
            discovered[try action(&unpacker)] = try unpacker.list(of: Discovered.self)
        }
        for _ in 0 ..< (try unpacker.count()) { broken.insert(try action(&unpacker)) }
        for _ in 0 ..< (try unpacker.count()) { adopted.insert(try action(&unpacker)) }
        for _ in 0 ..< (try unpacker.count()) { missing[try action(&unpacker)] = try unpacker.list(of: Path.self) }
    }

    private static func number(_ unpacker: inout Unpacker, below limit: Int) throws(UnpackError) -> Int {
        guard let number = Int(exactly: try unpacker.number()), number < limit else { throw .malformed }
        return number
    }
}

extension Plan {
    /// Of all its bytes: what is kept by the numbers of one plan is of no use to another.
    package var digest: Digest {
        Digest(
            high: blob.load(PlanHeader.digestAt, as: UInt64.self),
            low: blob.load(PlanHeader.digestAt + 8, as: UInt64.self))
    }
}
