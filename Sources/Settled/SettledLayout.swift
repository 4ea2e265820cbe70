/// Where the parts of a settled file lie.
///
/// Ten words: magic, version, how many directories, entries, bytes of names and bytes of facts there are, a digest of 16
/// bytes of the first three of those and of all that follows up to the end of the names, and one of the facts. Then the
/// flags (a byte an entry), the first entry of each directory, where its name lies, where each entry's does, and which of
/// the plan's artifacts it is (4 bytes each, from a multiple of 4 on), the names, each ended by a NUL, and from a multiple
/// of 8 on the stamps (48 bytes an entry) and digests (16), and the facts. Stamps and digests need no digest of their own:
/// damaged ones fit no file, and they are put right where they stand. So are the facts, which have no fixed length: the
/// file may be longer.
struct SettledLayout {
    var directoryCount: UInt64 = 0
    var entryCount: UInt64 = 0
    var nameBytes: UInt64 = 0
    var factBytes: UInt64 = 0

    static let magic: UInt64 = 0x6465_6C74_7465_7364
    /// One more whenever the layout, the facts or what they mean change.
    static let version: UInt64 = 4
    static let headerWords = 10
    static let headerBytes = UInt64(8 * headerWords)
    /// An entry that is no artifact of the plan.
    static let noArtifact = UInt32.max

    init() {}

    /// Nil where the words say something else than a settled file does, or one that is longer.
    init?(words: [UInt64], fileBytes: UInt64) {
        guard words.count == Self.headerWords, words[0] == Self.magic, words[1] == Self.version else { return nil }
        (directoryCount, entryCount, nameBytes, factBytes) = (words[2], words[3], words[4], words[5])
        // No sum of these overflows.
        guard [directoryCount, entryCount, nameBytes].allSatisfy({ $0 < UInt64(UInt32.max) }), factBytes < 1 << 32,
            end <= fileBytes
        else { return nil }
    }

    var directoryFirstAt: UInt64 { (Self.headerBytes + entryCount + 3) / 4 * 4 }
    var directoryNamesAt: UInt64 { directoryFirstAt + 4 * directoryCount }
    var leafAtAt: UInt64 { directoryNamesAt + 4 * directoryCount }
    var artifactsAt: UInt64 { leafAtAt + 4 * entryCount }
    var namesAt: UInt64 { artifactsAt + 4 * entryCount }
    var namesEnd: UInt64 { namesAt + nameBytes }
    var stampsAt: UInt64 { (namesEnd + 7) / 8 * 8 }
    var digestsAt: UInt64 { stampsAt + 48 * entryCount }
    var factsAt: UInt64 { digestsAt + 16 * entryCount }
    var end: UInt64 { factsAt + factBytes }

    func stampPlace(_ entry: Int) -> UInt64 { stampsAt + 48 * UInt64(entry) }
    func digestPlace(_ entry: Int) -> UInt64 { digestsAt + 16 * UInt64(entry) }

    var counts: [UInt64] { [directoryCount, entryCount, nameBytes] }
}
