public import Artifact

extension Plan {
    @inlinable public var artifactCount: Int { artifactFlags.count }
    @inlinable public var artifacts: Numbers<ArtifactID> { Numbers(0 ..< artifactCount) }

    // MARK: Names

    package func path(of artifact: ArtifactID) -> Path {
        let (directory, leaf) = (directoryRange(directoryIndex(of: artifact)), leafRange(of: artifact))
        return Path(
            unsafe [UInt8](unsafeUninitializedCapacity: directory.count + 1 + leaf.count) { bytes, count in
                count = 0
                func append(_ range: Range<Int>) {
                    unsafe blob.withUnsafeBytes(range) { part in
                        unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(bytes)[count...])
                            .copyMemory(from: part)
                        count += part.count
                    }
                }
                append(directory)
                if !directory.isEmpty {
                    unsafe bytes[count] = UInt8(ascii: "/")
                    count += 1
                }
                append(leaf)
            })
    }

    package func directory(of artifact: ArtifactID) -> Path { directory(directoryIndex(of: artifact)) }

    package func leaf(of artifact: ArtifactID) -> [UInt8] { blob.bytes(leafRange(of: artifact)) }

    /// The directories of artifacts, by number, sorted by their bytes.
    package var directoryCount: Int { directoryFirst.count - 1 }

    @inlinable
    public func directoryIndex(of artifact: ArtifactID) -> Int { Int(artifactDirectory[artifact.index]) }

    package func directory(_ index: Int) -> Path { Path(blob.bytes(directoryRange(index))) }

    /// Whether a path is a directory, or above one, of artifacts.
    package func hasArtifacts(below path: Path) -> Bool {
        // Between a directory and those below it others may lie, as `a-b` between `a` and `a/b`.
        let below = path.bytes + [UInt8(ascii: "/")]
        let next = firstDirectory(from: Path(below))
        if next < directoryCount, directory(next).bytes.starts(with: below) { return true }
        let own = firstDirectory(from: path)
        return own < directoryCount && directory(own) == path
    }

    /// The first directory in their order that does not come before a path.
    private func firstDirectory(from path: Path) -> Int {
        var (low, high) = (0, directoryCount)
        while low < high {
            let middle = (low + high) / 2
            if directory(middle) < path { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The artifacts that lie in a directory, not below it, sorted by name.
    package func artifacts(inDirectory index: Int) -> Numbers<ArtifactID> {
        Numbers(Int(directoryFirst[index]) ..< Int(directoryFirst[index + 1]))
    }

    /// Where in `blob` a directory's path lies; empty for the workspace itself. A NUL follows.
    package func directoryRange(_ index: Int) -> Range<Int> { range(directoryBytes, directoryAt, index) }

    /// Where in `blob` an artifact's name in its directory lies. A NUL follows.
    package func leafRange(of artifact: ArtifactID) -> Range<Int> { range(leafBytes, leafAt, artifact.index) }

    /// An artifact's name in its directory, as system calls take it, where it lies.
    package func withUnsafeLeaf<Result, Failure: Error>(
        of artifact: ArtifactID, _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeName(leafRange(of: artifact), body)
    }

    /// A directory's path, as system calls take it, where it lies.
    package func withUnsafeDirectory<Result, Failure: Error>(
        _ index: Int, _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe withUnsafeName(directoryRange(index), body)
    }

    private func withUnsafeName<Result, Failure: Error>(
        _ range: Range<Int>, _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe blob.withUnsafeBytes(range.lowerBound ..< range.upperBound + 1) { bytes throws(Failure) in
            // Not empty: its NUL is there (`isWellFormed`).
            try unsafe body(bytes.baseAddress!.assumingMemoryBound(to: CChar.self))
        }
    }

    /// The names lie one after another, each with its NUL.
    private func range(_ section: Range<Int>, _ offsets: PackedArray<UInt32>, _ index: Int) -> Range<Int> {
        section.lowerBound + Int(offsets[index]) ..< section.lowerBound + Int(offsets[index + 1]) - 1
    }

    /// Found without a copy of any name.
    package func artifact(at path: Path) -> ArtifactID? {
        let slash = path.bytes.lastIndex(of: UInt8(ascii: "/"))
        // An absolute path would be looked for in the workspace.
        if slash == 0 { return nil }
        return unsafe path.bytes.withUnsafeBytes { bytes in
            let directory = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<(slash ?? 0)])
            let leaf = unsafe UnsafeRawBufferPointer(rebasing: bytes[(slash.map { $0 + 1 } ?? 0)...])
            guard let index = find(in: 0 ..< directoryCount, { unsafe order(directoryRange($0), directory) })
            else { return nil }
            return find(in: Int(directoryFirst[index]) ..< Int(directoryFirst[index + 1])) {
                unsafe order(leafRange(of: ArtifactID($0)), leaf)
            }.map { ArtifactID($0) }
        }
    }

    /// - Returns: below 0 where the bytes in the blob come before the others, 0 where they are the same.
    private func order(_ range: Range<Int>, _ other: UnsafeRawBufferPointer) -> Int {
        unsafe blob.withUnsafeBytes(range) { unsafe compareBytes($0, other) }
    }

    /// Binary search; `order` as above.
    private func find(in range: Range<Int>, _ order: (Int) -> Int) -> Int? {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            let found = order(middle)
            if found == 0 { return middle }
            if found < 0 { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    // MARK: What they are

    @inlinable
    public func isTree(_ artifact: ArtifactID) -> Bool { artifactFlags[artifact.index] & ArtifactFlag.tree != 0 }
    @inlinable
    public func isSource(_ artifact: ArtifactID) -> Bool { artifactFlags[artifact.index] & ArtifactFlag.source != 0 }
    @inlinable
    public func mayBeAbsent(_ artifact: ArtifactID) -> Bool {
        artifactFlags[artifact.index] & ArtifactFlag.mayBeAbsent != 0
    }

    /// Where in the rules a source was declared.
    package func place(ofSource artifact: ArtifactID) -> Place? {
        let file = artifactPlace[2 * artifact.index]
        return file < textAt.count - 1 ? Place(file: text(file), line: Int(artifactPlace[2 * artifact.index + 1])) : nil
    }

    /// The action that makes it, or makes the tree that it is a member of.
    @inlinable
    public func maker(of artifact: ArtifactID) -> ActionID? {
        let maker = artifactMaker[artifact.index]
        return maker == Self.none ? nil : ActionID(maker)
    }

    /// The tree that an action makes and in which this artifact lies.
    @inlinable
    public func tree(of artifact: ArtifactID) -> ArtifactID? {
        let tree = artifactTree[artifact.index]
        return tree == Self.none ? nil : ArtifactID(tree)
    }

    @inlinable
    public func consumers(of artifact: ArtifactID) -> NumberList<ActionID> {
        NumberList(consumerAction, range(consumerAt, artifact.index))
    }
}
