/// The pieces of all objects that code can refer to: a function, a table, a text.
struct Atoms: Sendable {
    let objects: [ObjectFile]
    private(set) var all: [Atom] = []
    /// By object and section: the first of its atoms, which lie beside one another in `all`.
    private var ranges: [[Range<Int>]] = []
    /// What other objects find by a name.
    private var exported: [String: Place] = [:]

    struct Atom: Sendable {
        let object: Int
        let section: Int
        let range: Range<Int>
        /// Empty of one whose content stands for it: a constant, or a helper that the compiler numbers.
        let name: String
    }

    /// Where a symbol is: in one atom there may be several.
    struct Place {
        let atom: Int
        let offset: Int
    }

    init(_ objects: [ObjectFile]) {
        self.objects = objects
        var localNames: [String: Int] = [:]
        for (number, object) in objects.enumerated() {
            for symbol in object.symbols where symbol.isLocal && !symbol.isSection && symbol.section != nil {
                // -1: in more than one object, so that the name says too little.
                localNames[symbol.name] = localNames[symbol.name].map { $0 == number ? number : -1 } ?? number
            }
        }
        for number in objects.indices { split(number) { localNames[$0] == -1 } }
    }

    private mutating func split(_ number: Int, isAmbiguous: (String) -> Bool) {
        let object = objects[number]
        var bySection: [[ObjectFile.Symbol]] = Array(repeating: [], count: object.sections.count)
        for symbol in object.symbols where !symbol.isSection && !symbol.isFile && !symbol.name.isEmpty {
            if let section = symbol.section { bySection[section].append(symbol) }
        }
        var found: [Range<Int>] = []
        for (index, section) in object.sections.enumerated() {
            let start = all.count
            if section.isLoaded, section.sizeBytes > 0 {
                for (range, symbol) in Self.pieces(section, bySection[index], in: object.bytes) {
                    let isNamed =
                        symbol.map { Self.isStable($0.name) && !($0.isLocal && isAmbiguous($0.name)) } ?? false
                    all.append(
                        Atom(object: number, section: index, range: range, name: isNamed ? symbol?.name ?? "" : ""))
                }
            }
            found.append(start ..< all.count)
        }
        ranges.append(found)
        for symbol in object.symbols where !symbol.isLocal {
            guard let section = symbol.section, exported[symbol.name] == nil else { continue }
            exported[symbol.name] = atom(number, section, symbol.offset).map {
                Place(atom: $0, offset: symbol.offset - all[$0].range.lowerBound)
            }
        }
    }

    /// Numbers behind a point, and texts, depend on what else is in the module.
    private static func isStable(_ name: String) -> Bool {
        name.utf8.starts(with: "$s".utf8) && !name.utf8.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: " ") }
    }

    private static func pieces(
        _ section: ObjectFile.Section, _ symbols: [ObjectFile.Symbol], in bytes: [UInt8]
    ) -> [(Range<Int>, ObjectFile.Symbol?)] {
        let whole = 0 ..< section.sizeBytes
        if section.isCode {
            // Of several functions in one section the calls between them are settled already: they are one piece.
            let first = symbols.filter { $0.sizeBytes > 0 }.min { ($0.offset, $0.name) < ($1.offset, $1.name) }
            return [(whole, first)]
        }
        if section.isMerged || section.name == fieldNames, !section.range.isEmpty {
            return members(section, bytes).map { ($0, nil) }
        }
        var pieces: [(Range<Int>, ObjectFile.Symbol?)] = []
        var end = 0
        for symbol in symbols.sorted(by: { ($0.offset, -$0.sizeBytes, $0.name) < ($1.offset, -$1.sizeBytes, $1.name) })
        {
            guard symbol.sizeBytes > 0, symbol.offset >= end, symbol.offset + symbol.sizeBytes <= section.sizeBytes
            else { continue }
            if symbol.offset > end { pieces.append((end ..< symbol.offset, nil)) }
            end = symbol.offset + symbol.sizeBytes
            pieces.append((symbol.offset ..< end, symbol))
        }
        if end < section.sizeBytes { pieces.append((end ..< section.sizeBytes, nil)) }
        return pieces
    }

    /// Texts, one behind the other, although the section does not say so.
    private static let fieldNames = "swift5_reflstr"

    private static func members(_ section: ObjectFile.Section, _ bytes: [UInt8]) -> [Range<Int>] {
        let size = section.memberBytes
        if section.isMerged, !section.isText, size > 0, section.sizeBytes % size == 0 {
            return stride(from: 0, to: section.sizeBytes, by: size).map { $0 ..< $0 + size }
        }
        guard section.isText && size == 1 || section.name == fieldNames else { return [0 ..< section.sizeBytes] }
        var found: [Range<Int>] = []
        var start = 0
        for at in 0 ..< section.sizeBytes where bytes[section.range.lowerBound + at] == 0 {
            found.append(start ..< at + 1)
            start = at + 1
        }
        if start < section.sizeBytes { found.append(start ..< section.sizeBytes) }
        return found
    }

    /// The atom at a place.
    func atom(_ object: Int, _ section: Int, _ offset: Int) -> Int? {
        let range = ranges[object][section]
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if all[middle].range.upperBound <= offset { low = middle + 1 } else { high = middle }
        }
        return low < range.upperBound && all[low].range.contains(offset) ? low : nil
    }

    func exported(_ name: String) -> Place? { exported[name] }

    func section(of atom: Int) -> ObjectFile.Section { objects[all[atom].object].sections[all[atom].section] }

    /// Empty of zeros.
    func bytes(of atom: Int) -> ArraySlice<UInt8> {
        let section = section(of: atom)
        guard !section.range.isEmpty else { return [] }
        let start = section.range.lowerBound
        return objects[all[atom].object].bytes[
            start + all[atom].range.lowerBound ..< start + all[atom].range.upperBound]
    }

    /// The relocations of an atom's bytes.
    func relocations(of atom: Int) -> ArraySlice<ObjectFile.Relocation> {
        let list = objects[all[atom].object].relocations[all[atom].section]
        func first(from offset: Int) -> Int {
            var (low, high) = (0, list.count)
            while low < high {
                let middle = (low + high) / 2
                if list[middle].offset < offset { low = middle + 1 } else { high = middle }
            }
            return low
        }
        return list[first(from: all[atom].range.lowerBound) ..< first(from: all[atom].range.upperBound)]
    }
}
