import Artifact
import Hashing

/// The fingerprint of the code that recipes run: of the rules' source, and of the library that they link.
///
/// Neutral to comments, white space and line numbers in the rules, and to paths and debug information in the library.
/// It covers all rules at once: one changed function makes every recipe's key another.
enum CodeFingerprint {
    static func digest(sources: [[UInt8]], compilerVersion: [UInt8], archive: [UInt8]) throws(ELFError) -> Digest {
        var packer = Packer()
        packer.string(compilerVersion)
        packer.list(sources.map { SourceTokens.normalised($0) }.sorted { $0.lexicographicallyPrecedes($1) }) {
            packer, source in packer.string(source)
        }
        packer.digest(try archiveDigest(archive))
        return XXH3.digest(packer.bytes)
    }

    /// What is loaded of each object in an archive, whatever its debug information says.
    ///
    /// - Source: ar(5), the common format; ELF-64, System V ABI.
    private static func archiveDigest(_ bytes: [UInt8]) throws(ELFError) -> Digest {
        let magic = Array("!<arch>\n".utf8)
        guard bytes.starts(with: magic) else { throw .notAnArchive }
        var at = magic.count
        var digests: [[UInt8]] = []
        while at + 60 <= bytes.count {
            let header = bytes[at ..< at + 60]
            let name = String(decoding: header[at ..< (at + 16)], as: UTF8.self).trimmed
            let sizeText = String(decoding: header[(at + 48) ..< (at + 58)], as: UTF8.self).trimmed
            guard let size = Int(sizeText), size >= 0, size <= bytes.count - at - 60 else { throw .damaged }
            let member = Array(bytes[(at + 60) ..< (at + 60 + size)])
            at += 60 + size + size % 2
            // The archive's own tables of symbols and long names.
            if ["/", "//", "/SYM64/"].contains(name) { continue }
            let isObject = member.starts(with: [0x7F, 0x45, 0x4C, 0x46])
            var packer = Packer()
            packer.digest(isObject ? try ELFObject(member).codeDigest() : XXH3.digest(member))
            digests.append(packer.bytes)
        }
        return XXH3.digest(digests.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { $0 })
    }
}

enum ELFError: Error, Hashable {
    case notAnArchive
    case damaged
    case unsupported
}

/// A relocatable object file of 64 bits, the lowest byte first.
struct ELFObject {
    private let bytes: [UInt8]
    private var sections: [Section] = []

    private struct Section {
        var name: [UInt8]
        var type: UInt32
        var flags: UInt64
        /// In the file; empty of a section of zeros.
        var range: Range<Int>
        /// In memory.
        var sizeBytes: Int
        var link: Int
        var info: Int
    }

    init(_ bytes: [UInt8]) throws(ELFError) {
        self.bytes = bytes
        guard bytes.count >= 64, bytes[4] == 2, bytes[5] == 1 else { throw .unsupported }
        let table = try number(40, 8)
        let count = try number(60, 2)
        let names = try number(62, 2)
        guard table <= bytes.count else { throw .damaged }
        var found: [(name: Int, section: Section)] = []
        for index in 0 ..< count {
            let at = table + 64 * index
            let type = UInt32(truncatingIfNeeded: try number(at + 4, 4))
            let start = try number(at + 24, 8)
            let sizeInMemory = try number(at + 32, 8)
            // Sections of zeros take no bytes of the file.
            let size = type == 8 ? 0 : sizeInMemory
            guard start <= bytes.count, size <= bytes.count - start else { throw .damaged }
            found.append(
                (
                    try number(at, 4),
                    Section(
                        name: [], type: type, flags: UInt64(try number(at + 8, 8)), range: start ..< start + size,
                        sizeBytes: sizeInMemory, link: try number(at + 40, 4), info: try number(at + 44, 4))
                ))
        }
        guard names < found.count else { throw .damaged }
        let strings = found[names].section.range
        for entry in found {
            var section = entry.section
            section.name = try string(strings, entry.name)
            sections.append(section)
        }
    }

    /// A hash over every section that is loaded, with the names defined in it and those that its relocations point to.
    func codeDigest() throws(ELFError) -> Digest {
        let allocated: UInt64 = 2
        let withAddends: UInt32 = 4
        var parts: [[UInt8]] = []
        // The compiler's own hash of the module, which its debug information is part of; no code reads it.
        let moduleHash = Array(".swift_modhash".utf8)
        for section in sections where section.flags & allocated != 0 && section.name != moduleHash {
            var packer = Packer()
            packer.string(section.name)
            packer.number(section.sizeBytes)
            packer.string(bytes[section.range])
            parts.append(packer.bytes)
        }
        parts += try definitions { sections[$0].flags & allocated != 0 }
        for section in sections where section.type == withAddends && section.info < sections.count {
            guard sections[section.info].flags & allocated != 0 else { continue }
            var packer = Packer()
            packer.string(section.name)
            for at in stride(from: section.range.lowerBound, through: section.range.upperBound - 24, by: 24) {
                packer.number(try number(at, 8))
                let info = try number(at + 8, 8)
                packer.number(info & 0xFFFF_FFFF)
                packer.string(try symbolName(info >> 32, in: section.link))
                packer.string(bytes[(at + 16) ..< (at + 24)])
            }
            parts.append(packer.bytes)
        }
        var hash = XXH3()
        for part in parts.sorted(by: { $0.lexicographicallyPrecedes($1) }) { hash.update(part) }
        return hash.finish()
    }

    /// What the symbol table says of each name: without it two functions could change their names unseen.
    ///
    /// - Parameter isLoaded: of a section's number.
    private func definitions(where isLoaded: (Int) -> Bool) throws(ELFError) -> [[UInt8]] {
        let (symbolTable, sourceFile, reserved) = (UInt32(2), UInt8(4), 0xFF00)
        var parts: [[UInt8]] = []
        for section in sections where section.type == symbolTable {
            guard section.link < sections.count else { throw .damaged }
            for at in stride(from: section.range.lowerBound, through: section.range.upperBound - 24, by: 24) {
                let name = try string(sections[section.link].range, try number(at, 4))
                let place = try number(at + 6, 2)
                // The name of a source file is none of the program's.
                guard !name.isEmpty, bytes[at + 4] & 0xF != sourceFile else { continue }
                guard place >= reserved || place != 0 && place < sections.count && isLoaded(place) else { continue }
                var packer = Packer()
                packer.string(name)
                packer.string(place < reserved ? sections[place].name : [])
                // Kind, visibility, place and size.
                packer.string(bytes[(at + 4) ..< (at + 6)] + bytes[(at + 8) ..< (at + 24)])
                parts.append(packer.bytes)
            }
        }
        return parts
    }

    /// A section stands for itself by its own name.
    private func symbolName(_ index: Int, in table: Int) throws(ELFError) -> [UInt8] {
        guard table < sections.count, sections[table].link < sections.count else { throw .damaged }
        let at = sections[table].range.lowerBound + 24 * index
        guard index >= 0, at + 24 <= sections[table].range.upperBound else { throw .damaged }
        let name = try string(sections[sections[table].link].range, try number(at, 4))
        let section = try number(at + 6, 2)
        return name.isEmpty && section < sections.count ? sections[section].name : name
    }

    private func number(_ at: Int, _ size: Int) throws(ELFError) -> Int {
        guard at >= 0, at <= bytes.count - size else { throw .damaged }
        var value: UInt64 = 0
        for index in 0 ..< size { value |= UInt64(bytes[at + index]) << UInt64(8 * index) }
        // Addends are read as bytes; every other number is a place or a count.
        guard let result = Int(exactly: value) else { throw .damaged }
        return result
    }

    private func string(_ table: Range<Int>, _ offset: Int) throws(ELFError) -> [UInt8] {
        guard offset >= 0, offset < table.count else { throw .damaged }
        return Array(bytes[(table.lowerBound + offset) ..< table.upperBound].prefix { $0 != 0 })
    }
}
