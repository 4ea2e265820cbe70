import Artifact
import Hashing

/// What refers to what, and what each atom says, whatever its place and its neighbours'.
struct CodeGraph {
    let atoms: Atoms
    private var contents: [Content?]
    private var isInProgress: [Bool]
    /// Functions of other libraries, by name: whether they find code by a name that is made at run time. Most are called
    /// from many places.
    private var lookups: [String: Bool] = [:]

    /// Of an atom, without what it refers to; what has no name of its own is part of what refers to it.
    struct Content {
        var digest: Digest
        /// Atoms.
        var references: [Int]
        /// A function of another library that finds code by a name that is made at run time, if it calls one.
        var lookup: String?
        /// References that lead nowhere.
        var isUnresolved = false
        /// In the order of their places.
        var places: [(offset: Int, target: Target)] = []
    }

    enum Target {
        case atom(Int, offset: Int)
        case outside(String)
        case nowhere
    }

    init(_ atoms: Atoms) {
        self.atoms = atoms
        contents = Array(repeating: nil, count: atoms.all.count)
        isInProgress = Array(repeating: false, count: atoms.all.count)
    }

    mutating func content(of atom: Int) -> Content {
        if let known = contents[atom] { return known }
        isInProgress[atom] = true
        let content = read(atom)
        isInProgress[atom] = false
        contents[atom] = content
        return content
    }

    private mutating func read(_ atom: Int) -> Content {
        let (own, section) = (atoms.all[atom], atoms.section(of: atom))
        var raw = Array(atoms.bytes(of: atom))
        var content = Content(digest: Digest(high: 0, low: 0), references: [])
        var packer = Packer()
        let isDescriptor = !section.isCode && Self.isDescriptor(own.name)
        var covered: Set<Int> = []
        var floor = 0
        for relocation in atoms.relocations(of: atom) {
            let offset = relocation.offset - own.range.lowerBound
            guard let width = Self.width(relocation.type) else {
                content.isUnresolved = true
                continue
            }
            for index in offset ..< max(offset, min(offset + width, raw.count)) { raw[index] = 0 }
            covered.insert(offset)
            if isDescriptor, Self.isSaidByName(own.name, offset) { continue }
            let before = raw[..<max(0, min(offset, raw.count))].suffix(AddressedInstruction.lookedAtBytes)
            let (target, also) = resolve(relocation, from: atom, behind: section.isCode ? before : nil)
            if section.isCode {
                if case .outside(let name) = target {
                    LineNumbers.blank(&raw, call: offset, floor: floor, function: name)
                }
                if offset >= 1, offset <= raw.count, raw[offset - 1] == 0xE8 || raw[offset - 1] == 0xE9 {
                    floor = offset + width
                }
            }
            packer.number(UInt64(relocation.type))
            add(target, at: offset, to: &content, &packer)
            content.references += also
            for other in also {
                let name = atoms.all[other].name
                if !name.isEmpty {
                    packer.string(name)
                } else if !isInProgress[other] {
                    packer.digest(self.content(of: other).digest)
                }
            }
        }
        if isDescriptor { readOffsets(atom, &raw, covered, &content, &packer) }
        if section.range.isEmpty { packer.number(UInt64(own.range.count)) }
        // Between an unnamed constant and its neighbour lie zeros, as many as the neighbour's place needs.
        if own.name.isEmpty { while raw.last == 0 { raw.removeLast() } }
        packer.string(raw)
        content.digest = XXH3.digest(packer.bytes)
        return content
    }

    private mutating func add(_ target: Target, at offset: Int, to content: inout Content, _ packer: inout Packer) {
        packer.number(UInt64(offset))
        content.places.append((offset, target))
        switch target {
        case .outside(let name):
            packer.byte(0)
            packer.string(name)
            if content.lookup == nil, isLookup(name) { content.lookup = name }
        case .atom(let atom, let delta):
            content.references.append(atom)
            packer.number(UInt64(bitPattern: Int64(delta)))
            if !atoms.all[atom].name.isEmpty {
                packer.byte(1)
                packer.string(atoms.all[atom].name)
            } else {
                packer.byte(2)
                // A cycle of nameless ones is closed by its first member.
                packer.digest(
                    isInProgress[atom] ? Digest(high: 0, low: 0) : self.content(of: atom).digest)
            }
        case .nowhere:
            packer.byte(3)
            content.isUnresolved = true
        }
    }

    private mutating func isLookup(_ name: String) -> Bool {
        if let known = lookups[name] { return known }
        let isOne =
            ["dlsym", "dlvsym", "dlopen", "dlmopen"].contains(name)
            || ["_typeByName", "NSClassFromString", "_getTypeByName"].contains { name.contains($0) }
        lookups[name] = isOne
        return isOne
    }

    /// Descriptors point within their section by offsets that the assembler has settled: they have no relocation.
    private mutating func readOffsets(
        _ atom: Int, _ raw: inout [UInt8], _ covered: Set<Int>, _ content: inout Content, _ packer: inout Packer
    ) {
        let own = atoms.all[atom]
        // First come flags, but for a conformance, which begins with its protocol.
        let first = own.name.hasSuffix("Mc") ? 0 : 4
        for offset in stride(from: first, through: raw.count - 4, by: 4) where !covered.contains(offset) {
            let word = (0 ..< 4).reduce(UInt32(0)) { $0 | UInt32(raw[offset + $1]) << UInt32(8 * $1) }
            if Self.isSaidByName(own.name, offset) {
                for index in offset ..< offset + 4 { raw[index] = 0 }
                continue
            }
            // The description of a generic parameter, which looks like a distance.
            if word == 0x80 { continue }
            let distance = Int(Int32(bitPattern: word))
            let place = (own.range.lowerBound + offset + distance) & ~1
            guard distance != 0, let target = atoms.atom(own.object, own.section, place),
                atoms.all[target].range.lowerBound == place, target != atom
            else { continue }
            // The lowest bit says that there is a pointer between.
            for index in offset ..< offset + 4 {
                raw[index] = index == offset ? UInt8(truncatingIfNeeded: distance & 1) : 0
            }
            add(.atom(target, offset: 0), at: offset, to: &content, &packer)
        }
    }

    private static func isDescriptor(_ name: String) -> Bool {
        ["Mn", "Mc", "Mp", "MXM", "MXX", "MXE"].contains { name.hasSuffix($0) }
    }

    /// A type's surroundings and its name.
    private static func isSaidByName(_ name: String, _ offset: Int) -> Bool {
        if name.hasSuffix("Mc") { return false }
        return offset == 4 || offset == 8 && !name.hasSuffix("MXE") && !name.hasSuffix("MXX")
    }

    /// Bytes that a relocation fills in; nil of one that is not known.
    ///
    /// - Source: System V ABI of x86-64, table 4.9.
    private static func width(_ type: UInt32) -> Int? {
        switch type {
        case 1, 24, 25: 8
        case 2, 4, 9, 10, 11, 26, 41, 42, 19, 20, 21, 22, 23: 4
        default: nil
        }
    }
}
