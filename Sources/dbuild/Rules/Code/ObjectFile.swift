/// What a compiler wrote, as far as the code fingerprint goes by it.
///
/// - Source: ELF-64, the lowest byte first; System V ABI, chapter 4.
struct ObjectFile: Sendable {
    let bytes: [UInt8]
    private(set) var sections: [Section] = []
    private(set) var symbols: [Symbol] = []
    /// By section, in the order of their places.
    private(set) var relocations: [[Relocation]] = []

    struct Section: Sendable {
        var name: String
        let type: UInt32
        let flags: UInt64
        /// In the file; empty of a section of zeros.
        let range: Range<Int>
        /// In memory.
        let sizeBytes: Int
        let link: Int
        let info: Int
        /// Of one member; 0 where they differ.
        let memberBytes: Int

        var isWritable: Bool { flags & 1 != 0 }
        var isLoaded: Bool { flags & 2 != 0 }
        var isCode: Bool { flags & 4 != 0 }
        /// Equal members become one.
        var isMerged: Bool { flags & 0x10 != 0 }
        /// Members end with a zero.
        var isText: Bool { flags & 0x20 != 0 }
    }

    struct Symbol: Sendable {
        let name: String
        let kind: UInt8
        let isLocal: Bool
        /// nil where it is another object's.
        let section: Int?
        let offset: Int
        let sizeBytes: Int

        var isSection: Bool { kind == 3 }
        var isFile: Bool { kind == 4 }
    }

    struct Relocation: Sendable {
        let offset: Int
        let type: UInt32
        let symbol: Int
        let addend: Int
    }

    private enum SectionType {
        static let symbols: UInt32 = 2
        static let relocationsWithAddends: UInt32 = 4
        static let zeros: UInt32 = 8
        static let relocations: UInt32 = 9
    }

    static let x86: Int = 62

    init(_ bytes: [UInt8]) throws(ELFError) {
        self.bytes = bytes
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46]), bytes.count >= 64, bytes[4] == 2, bytes[5] == 1,
            try number(16, 2) == 1, try number(18, 2) == Self.x86
        else { throw .unsupported }
        try readSections()
        for index in sections.indices where sections[index].type == SectionType.symbols { try readSymbols(index) }
        relocations = Array(repeating: [], count: sections.count)
        for section in sections {
            // Without addends: not of this architecture.
            if section.type == SectionType.relocations { throw .unsupported }
            if section.type == SectionType.relocationsWithAddends { try readRelocations(section) }
        }
    }

    private mutating func readSections() throws(ELFError) {
        let table = try number(40, 8)
        let entryBytes = 64
        guard try number(58, 2) == entryBytes else { throw .unsupported }
        var count = try number(60, 2)
        var names = try number(62, 2)
        // More than fit into the header: the first section says how many.
        if count == 0, table != 0 { count = try number(try sum(table, 32), 8) }
        if names == 0xFFFF { names = try number(try sum(table, 40), 4) }
        guard table <= bytes.count, count <= (bytes.count - table) / entryBytes, names < count else { throw .damaged }
        var places: [Int] = []
        for at in stride(from: table, to: table + entryBytes * count, by: entryBytes) {
            let type = UInt32(truncatingIfNeeded: try number(at + 4, 4))
            let start = try number(at + 24, 8)
            let sizeInMemory = try number(at + 32, 8)
            let size = type == SectionType.zeros ? 0 : sizeInMemory
            guard start <= bytes.count, size <= bytes.count - start, sizeInMemory <= 1 << 40 else { throw .damaged }
            places.append(try number(at, 4))
            sections.append(
                Section(
                    name: "", type: type, flags: UInt64(try number(at + 8, 8)), range: start ..< start + size,
                    sizeBytes: sizeInMemory, link: try number(at + 40, 4), info: try number(at + 44, 4),
                    memberBytes: try number(at + 56, 8)))
        }
        for index in sections.indices { sections[index].name = try text(sections[names].range, places[index]) }
    }

    private mutating func readSymbols(_ table: Int) throws(ELFError) {
        guard symbols.isEmpty, sections[table].link < sections.count else { throw .unsupported }
        let strings = sections[sections[table].link].range
        let range = sections[table].range
        symbols.reserveCapacity(range.count / 24)
        for at in Self.entries(range) {
            let (place, info) = (try number(at + 6, 2), bytes[at + 4])
            // More sections than sixteen bits can name, as every large object would have: said elsewhere.
            if place == 0xFFFF { throw .unsupported }
            let isHere = place != 0 && place < 0xFF00
            guard !isHere || place < sections.count else { throw .damaged }
            let offset = try number(at + 8, 8)
            let size = try number(at + 16, 8)
            guard !isHere || offset <= 1 << 40 && size <= 1 << 40 else { throw .damaged }
            symbols.append(
                Symbol(
                    name: try text(strings, try number(at, 4)), kind: info & 15, isLocal: info >> 4 == 0,
                    section: isHere ? place : nil, offset: offset, sizeBytes: size))
        }
    }

    /// The pointer to a constant text of more than 15 bytes leads so far before it.
    ///
    /// - Source: StringObject.swift of the Swift standard library 6.3, `nativeBias`.
    static let bytesBeforeText = 32

    private mutating func readRelocations(_ section: Section) throws(ELFError) {
        guard section.info < sections.count else { throw .damaged }
        guard sections[section.info].isLoaded else { return }
        var found: [Relocation] = []
        found.reserveCapacity(section.range.count / 24)
        for at in Self.entries(section.range) {
            let info = try unsigned(at + 8, 8)
            let symbol = Int(info >> 32)
            let offset = try number(at, 8)
            var addend = Int(Int64(bitPattern: try unsigned(at + 16, 8)))
            // A constant text of more than 15 bytes: its pointer carries a mark in the highest bit, and leads before it.
            if addend.magnitude > 1 << 40 { addend = addend &+ Int.min &+ Self.bytesBeforeText }
            guard symbol < symbols.count, offset < sections[section.info].sizeBytes, addend.magnitude <= 1 << 40
            else { throw .damaged }
            found.append(
                Relocation(offset: offset, type: UInt32(truncatingIfNeeded: info), symbol: symbol, addend: addend))
        }
        relocations[section.info] += found
        relocations[section.info].sort { $0.offset < $1.offset }
    }

    private static func entries(_ range: Range<Int>) -> StrideThrough<Int> {
        stride(from: range.lowerBound, through: range.upperBound - 24, by: 24)
    }

    private func sum(_ one: Int, _ other: Int) throws(ELFError) -> Int {
        let (result, overflow) = one.addingReportingOverflow(other)
        guard !overflow else { throw .damaged }
        return result
    }

    private func unsigned(_ at: Int, _ size: Int) throws(ELFError) -> UInt64 {
        guard at >= 0, at <= bytes.count - size else { throw .damaged }
        var value: UInt64 = 0
        for index in 0 ..< size { value |= UInt64(bytes[at + index]) << UInt64(8 * index) }
        return value
    }

    private func number(_ at: Int, _ size: Int) throws(ELFError) -> Int {
        guard let result = Int(exactly: try unsigned(at, size)) else { throw .damaged }
        return result
    }

    private func text(_ table: Range<Int>, _ offset: Int) throws(ELFError) -> String {
        guard offset < table.count else { throw .damaged }
        let start = table.lowerBound + offset
        var end = start
        while end < table.upperBound, bytes[end] != 0 { end += 1 }
        return String(decoding: bytes[start ..< end], as: UTF8.self)
    }
}

enum ELFError: Error, Hashable {
    case notAnArchive
    case damaged
    /// Not of this architecture, or a form that no compiler of ours writes.
    case unsupported
}
