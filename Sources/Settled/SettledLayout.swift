/// Where the parts of a settled file lie.
///
/// Eight words: magic, version, a digest of 16 bytes of all that follows it up to the end of the names, how many
/// directories, entries, bytes of names and bytes of facts there are. Then the facts, the flags (a byte an entry), the first
/// entry of each directory, where its name lies and where each entry's does (4 bytes each, from a multiple of 4 on), the
/// names, each ended by a NUL, and from a multiple of 8 on the stamps (48 bytes an entry) and digests (16). Those need no
/// digest of their own: damaged ones fit no file, and a stamp is put right where it stands.
struct SettledLayout {
    var directoryCount: UInt64 = 0
    var entryCount: UInt64 = 0
    var nameBytes: UInt64 = 0
    var factBytes: UInt64 = 0

    static let magic: UInt64 = 0x6465_6C74_7465_7364
    /// One more whenever the layout, the facts or what they mean change.
    static let version: UInt64 = 3
    static let headerBytes: UInt64 = 64
    /// Behind magic, version and digest.
    static let digestedFrom: UInt64 = 32

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

    var flagsAt: UInt64 { Self.headerBytes + factBytes }
    var directoryFirstAt: UInt64 { (flagsAt + entryCount + 3) / 4 * 4 }
    var directoryNamesAt: UInt64 { directoryFirstAt + 4 * directoryCount }
    var leafAtAt: UInt64 { directoryNamesAt + 4 * directoryCount }
    var namesAt: UInt64 { leafAtAt + 4 * entryCount }
    var digestedTo: UInt64 { namesAt + nameBytes }
    var stampsAt: UInt64 { (digestedTo + 7) / 8 * 8 }
    var digestsAt: UInt64 { stampsAt + 48 * entryCount }
    var end: UInt64 { digestsAt + 16 * entryCount }

    var counts: [UInt64] { [directoryCount, entryCount, nameBytes, factBytes] }
}
