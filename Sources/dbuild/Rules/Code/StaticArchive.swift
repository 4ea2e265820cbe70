/// The members of a static archive.
///
/// - Source: ar(5), the common format; its table of symbols as GNU's and LLVM's `ar` write it.
enum StaticArchive {
    /// - Returns: in the archive's order, without its own tables of symbols and long names.
    static func members(_ bytes: [UInt8]) throws(ELFError) -> [[UInt8]] {
        try entries(bytes).filter { !["/", "//", "/SYM64/"].contains($0.name) }.map { Array(bytes[$0.place]) }
    }

    /// The names that its members define for others, as its table of symbols has them.
    static func symbols(_ bytes: [UInt8]) throws(ELFError) -> [String] {
        guard let table = try entries(bytes).first(where: { ["/", "/SYM64/"].contains($0.name) }) else { return [] }
        // How many there are, where the member of each lies, then their names, each ended by a zero.
        let width = table.name == "/" ? 4 : 8
        let content = bytes[table.place]
        guard content.count >= width else { throw .damaged }
        let count = content.prefix(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard count <= (content.count - width) / width else { throw .damaged }
        let names = content.dropFirst(width * (1 + Int(count))).split(separator: 0, omittingEmptySubsequences: true)
        guard names.count >= Int(count) else { throw .damaged }
        return names.prefix(Int(count)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func entries(_ bytes: [UInt8]) throws(ELFError) -> [(name: String, place: Range<Int>)] {
        let magic = Array("!<arch>\n".utf8)
        guard bytes.starts(with: magic) else { throw .notAnArchive }
        var at = magic.count
        var entries: [(name: String, place: Range<Int>)] = []
        while at < bytes.count {
            guard at + 60 <= bytes.count else { throw .damaged }
            let name = String(decoding: bytes[at ..< at + 16], as: UTF8.self).trimmed
            let sizeText = String(decoding: bytes[at + 48 ..< at + 58], as: UTF8.self).trimmed
            guard let size = Int(sizeText), size >= 0, size <= bytes.count - at - 60 else { throw .damaged }
            entries.append((name, at + 60 ..< at + 60 + size))
            at += 60 + size + size % 2
        }
        return entries
    }
}
