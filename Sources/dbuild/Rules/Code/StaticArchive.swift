/// The members of a static archive.
///
/// - Source: ar(5), the common format.
enum StaticArchive {
    /// - Returns: in the archive's order, without its own tables of symbols and long names.
    static func members(_ bytes: [UInt8]) throws(ELFError) -> [[UInt8]] {
        let magic = Array("!<arch>\n".utf8)
        guard bytes.starts(with: magic) else { throw .notAnArchive }
        var at = magic.count
        var members: [[UInt8]] = []
        while at < bytes.count {
            guard at + 60 <= bytes.count else { throw .damaged }
            let name = String(decoding: bytes[at ..< at + 16], as: UTF8.self).trimmed
            let sizeText = String(decoding: bytes[at + 48 ..< at + 58], as: UTF8.self).trimmed
            guard let size = Int(sizeText), size >= 0, size <= bytes.count - at - 60 else { throw .damaged }
            if !["/", "//", "/SYM64/"].contains(name) { members.append(Array(bytes[at + 60 ..< at + 60 + size])) }
            at += 60 + size + size % 2
        }
        return members
    }
}
