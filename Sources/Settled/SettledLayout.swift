import Hashing

/// Where the parts of a settled file lie.
///
/// Eight words: magic, version, a digest of 16 bytes of what follows up to the stamps, how many directories, entries,
/// bytes of names and bytes of facts there are. Then the facts; at the next multiple of 8 the stamps (48 bytes an entry),
/// digests (16), the first entry of each directory, where its name lies and where each entry's does (4 each), and the
/// names, each ended by a NUL. Stamps and names need no digest: damaged ones fit no file.
struct SettledLayout {
    var directoryCount: UInt64 = 0
    var entryCount: UInt64 = 0
    var nameBytes: UInt64 = 0
    var factBytes: UInt64 = 0

    static let magic: UInt64 = 0x6465_6C74_7465_7364
    /// One more whenever the layout, the facts or what they mean change.
    static let version: UInt64 = 2
    static let headerBytes: UInt64 = 64

    init() {}

    /// Nil where the words say something else than a settled file does, or one that is longer or shorter.
    init?(words: [UInt64], fileBytes: UInt64) {
        guard words.count == 8, words[0] == Self.magic, words[1] == Self.version else { return nil }
        (directoryCount, entryCount, nameBytes, factBytes) = (words[4], words[5], words[6], words[7])
        // No sum of these overflows.
        guard [directoryCount, entryCount, nameBytes].allSatisfy({ $0 < UInt64(UInt32.max) }), factBytes < 1 << 32,
            end == fileBytes
        else { return nil }
    }

    var stampsAt: UInt64 { (Self.headerBytes + factBytes + 7) / 8 * 8 }
    var digestsAt: UInt64 { stampsAt + 48 * entryCount }
    var directoryFirstAt: UInt64 { digestsAt + 16 * entryCount }
    var directoryNamesAt: UInt64 { directoryFirstAt + 4 * directoryCount }
    var leafAtAt: UInt64 { directoryNamesAt + 4 * directoryCount }
    var namesAt: UInt64 { leafAtAt + 4 * entryCount }
    var end: UInt64 { namesAt + nameBytes }

    private var counts: [UInt64] { [directoryCount, entryCount, nameBytes, factBytes] }

    func digest(_ facts: [UInt8]) -> Digest {
        var writer = WordWriter()
        for count in counts { writer.word(count) }
        return XXH3.digest(writer.bytes + facts)
    }

    func header(digest: Digest) -> [UInt8] {
        var writer = WordWriter()
        for word in [Self.magic, Self.version, digest.high, digest.low] + counts { writer.word(word) }
        return writer.bytes
    }
}
