package import Hashing

/// Collects what a build looked at, and lays it out as a settled file.
package struct SettledWriter {
    private var directoryNames: [UInt32] = []
    private var directoryFirst: [UInt32] = []
    private var leafAt: [UInt32] = []
    private var flags: [UInt8] = []
    private var stamps: [SeenStamp] = []
    private var digests: [Digest] = []
    private var artifacts: [UInt32] = []
    private var names: [UInt8] = []
    private var lastDirectory: [UInt8]?
    /// How many entries nobody can be sure to see a change of.
    package private(set) var unknownStamps = 0

    package init() {}

    package mutating func reserve(_ count: Int) {
        flags.reserveCapacity(count)
        leafAt.reserveCapacity(count)
        stamps.reserveCapacity(count)
        digests.reserveCapacity(count)
        artifacts.reserveCapacity(count)
        names.reserveCapacity(24 * count)
    }

    /// What was seen in a directory; those of one are best added together, since each change of it costs an open.
    ///
    /// - Parameters:
    ///   - directory: relative to the workspace, or absolute; empty for the workspace itself.
    ///   - leaf: a name in it.
    ///   - stamp: nil where there was nothing; all zeros where it is not known.
    ///   - digest: of a file's bytes.
    ///   - artifact: which of the plan's it is.
    package mutating func add(
        directory: [UInt8], leaf: ArraySlice<UInt8>, _ stamp: SeenStamp?, follows: Bool, digest: Digest? = nil,
        artifact: UInt32? = nil
    ) {
        if lastDirectory.map({ !$0.elementsEqual(directory) }) ?? true {
            lastDirectory = Array(directory)
            directoryNames.append(place(directory))
            directoryFirst.append(UInt32(clamping: stamps.count))
        }
        leafAt.append(place(leaf))
        if stamp == SeenStamp() { unknownStamps += 1 }
        flags.append(
            (stamp == nil ? SettledFlag.absent : 0) | (follows ? 0 : SettledFlag.unfollowed)
                | (digest == nil ? 0 : SettledFlag.hashed))
        stamps.append(stamp ?? SeenStamp())
        digests.append(digest ?? Digest(high: 0, low: 0))
        artifacts.append(artifact ?? SettledLayout.noArtifact)
    }

    private mutating func place(_ name: some Collection<UInt8>) -> UInt32 {
        let at = UInt32(clamping: names.count)
        names.append(contentsOf: name)
        names.append(0)
        return at
    }

    /// The whole file; nil where it would be larger than its numbers can say.
    package func finish(_ facts: SettledFacts) -> [UInt8]? {
        guard names.count < Int(UInt32.max), stamps.count < Int(UInt32.max) else { return nil }
        let facts = facts.bytes
        var layout = SettledLayout()
        layout.directoryCount = UInt64(directoryNames.count)
        layout.entryCount = UInt64(stamps.count)
        layout.nameBytes = UInt64(names.count)
        layout.factBytes = UInt64(facts.count)
        var bytes = [UInt8](repeating: 0, count: Int(SettledLayout.headerBytes))
        bytes.reserveCapacity(Int(clamping: layout.end))
        func append<Element: BitwiseCopyable>(_ values: [Element], at place: UInt64) {
            bytes += [UInt8](repeating: 0, count: Int(place) - bytes.count)
            unsafe values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        }
        append(flags, at: SettledLayout.headerBytes)
        append(directoryFirst, at: layout.directoryFirstAt)
        append(directoryNames, at: layout.directoryNamesAt)
        append(leafAt, at: layout.leafAtAt)
        append(artifacts, at: layout.artifactsAt)
        append(names, at: layout.namesAt)
        let digest = unsafe bytes.withUnsafeBytes { bytes in
            unsafe SettledFile.digest(
                layout, UnsafeRawBufferPointer(rebasing: bytes[Int(SettledLayout.headerBytes)...]))
        }
        append(stamps, at: layout.stampsAt)
        append(digests, at: layout.digestsAt)
        bytes += facts
        bytes.replaceSubrange(..<Int(SettledLayout.headerBytes), with: layout.header(body: digest, facts: facts))
        return bytes
    }
}

extension SettledLayout {
    /// - Parameters:
    ///   - body: as `SettledFile.digest` says.
    ///   - facts: all their bytes.
    func header(body: Digest, facts: [UInt8]) -> [UInt8] {
        let digest = XXH3.digest(facts)
        var writer = WordWriter()
        for word in [
            Self.magic, Self.version, directoryCount, entryCount, nameBytes, factBytes, body.high, body.low,
            digest.high, digest.low,
        ] {
            writer.word(word)
        }
        return writer.bytes
    }
}
