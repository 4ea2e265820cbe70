/// Which protocols a type conforms to, as the run time finds out: by lookup, without a reference in the code.
struct Conformances {
    /// By the name of the type's descriptor.
    private(set) var ofType: [String: [Int]] = [:]
    /// Of types that other libraries declare: by the name of our protocol's descriptor.
    private(set) var ofProtocol: [String: [Int]] = [:]
    /// Of types and protocols both declared elsewhere: nobody refers to them.
    private(set) var elsewhere: [Int] = []
    /// Types that conform to `Recipe`: names and descriptors.
    private(set) var recipes: [(name: String, descriptor: Int)] = []

    private static let recipe = "$s5Rules6RecipeMp"

    init(_ graph: inout CodeGraph) {
        let atoms = graph.atoms
        for (number, object) in atoms.objects.enumerated() {
            for (index, section) in object.sections.enumerated()
            where section.name == "swift5_protocol_conformances" {
                for relocation in object.relocations[index] {
                    let symbol = object.symbols[relocation.symbol]
                    guard let place = symbol.section,
                        let record = atoms.atom(
                            number, place, symbol.offset + (symbol.isSection ? relocation.addend : 0))
                    else { continue }
                    add(record, &graph)
                }
            }
        }
    }

    private mutating func add(_ record: Int, _ graph: inout CodeGraph) {
        let places = graph.content(of: record).places
        let (conformedTo, _) = name(at: 0, places, &graph)
        let (type, descriptor) = name(at: 4, places, &graph)
        let isOurs = conformedTo.map { graph.atoms.exported($0) != nil } ?? false
        if let type, descriptor != nil {
            ofType[type, default: []].append(record)
            if conformedTo == Self.recipe, let descriptor { recipes.append((type, descriptor)) }
        } else if let conformedTo, isOurs {
            ofProtocol[conformedTo, default: []].append(record)
        } else {
            elsewhere.append(record)
        }
    }

    /// The descriptor that a record names, at once or by a pointer.
    ///
    /// - Returns: its name, and its atom where it is among ours.
    private func name(
        at offset: Int, _ places: [(offset: Int, target: CodeGraph.Target)], _ graph: inout CodeGraph
    ) -> (String?, Int?) {
        guard let target = places.first(where: { $0.offset == offset })?.target else { return (nil, nil) }
        switch target {
        case .outside(let name): return (name, nil)
        case .nowhere: return (nil, nil)
        case .atom(let atom, _):
            let name = graph.atoms.all[atom].name
            if name.hasSuffix("Mn") || name.hasSuffix("Mp") { return (name, atom) }
            let inner = graph.content(of: atom).places
            guard inner.count == 1 else { return (nil, nil) }
            switch inner[0].target {
            case .outside(let name): return (name, nil)
            case .nowhere: return (nil, nil)
            case .atom(let atom, _):
                let name = graph.atoms.all[atom].name
                return (name.isEmpty ? nil : name, name.isEmpty ? nil : atom)
            }
        }
    }
}
