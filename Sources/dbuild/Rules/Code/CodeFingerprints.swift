import Artifact
import Hashing

/// The fingerprints of the code that recipes can reach.
struct CodeFingerprints: Hashable, Sendable {
    /// By the recipe's type, as the plan names it.
    private(set) var ofRecipe: [String: Code] = [:]
    /// Of all there is: for a recipe that is not found, or whose code cannot be told.
    private(set) var whole = Code(digest: Digest(high: 0, low: 0), atoms: [])

    struct Code: Hashable, Sendable {
        let digest: Digest
        /// Sorted by name.
        let atoms: [CodeAtom]
        /// Why the whole is taken, if it is.
        var widened: Widening?
    }

    enum Widening: Hashable, Sendable {
        /// A function that finds others by their names.
        case lookup(String)
        /// A reference that leads nowhere, or of an unknown kind.
        case unresolved(in: String)
    }

    /// - Parameters:
    ///   - rules: what the rules were compiled to.
    ///   - archive: the library that they link.
    ///   - compilerVersion: part of every fingerprint.
    init(rules: [[UInt8]], archive: [UInt8], compilerVersion: [UInt8]) throws(ELFError) {
        var objects: [ObjectFile] = []
        for bytes in rules { objects.append(try ObjectFile(bytes)) }
        for bytes in try StaticArchive.members(archive) { objects.append(try ObjectFile(bytes)) }
        var graph = CodeGraph(Atoms(objects))
        let conformances = Conformances(&graph)
        var walk = CodeWalk(graph: graph, conformances: conformances, compilerVersion: compilerVersion)
        whole = walk.whole()
        for recipe in conformances.recipes {
            let stem = String(recipe.name.dropLast(2))
            ofRecipe[String(stem.dropFirst(2))] = walk.code(from: [recipe.descriptor], whole: whole)
            for (name, atom) in walk.bound(stem) {
                ofRecipe[name] = walk.code(from: [recipe.descriptor, atom], whole: whole)
            }
        }
    }

    /// Of files that are not of a form whose references are known: every byte counts, for every recipe.
    init(unknown files: [[UInt8]], compilerVersion: [UInt8]) {
        var packer = Packer()
        packer.string(compilerVersion)
        packer.list(files) { packer, file in packer.digest(XXH3.digest(file)) }
        whole = Code(digest: XXH3.digest(packer.bytes), atoms: [])
    }

    func digest(of type: String) -> Digest { ofRecipe[type]?.digest ?? whole.digest }
}

/// Walks from a recipe's type to everything that it can reach.
struct CodeWalk {
    var graph: CodeGraph
    let conformances: Conformances
    let compilerVersion: [UInt8]
    private let common: [Int]
    private let bounds: [(name: String, atom: Int)]

    init(graph: CodeGraph, conformances: Conformances, compilerVersion: [UInt8]) {
        (self.graph, self.conformances, self.compilerVersion) = (graph, conformances, compilerVersion)
        let atoms = graph.atoms
        // What reads a recipe's fields, and what runs before anything else or in another's place.
        let decoders = conformances.ofType.keys.filter { $0.hasPrefix("$s5Rules13RecipeDecoder") }.sorted()
        let early = atoms.all.indices.filter {
            [".init_array", ".preinit_array", ".ctors", "swift5_replace", "swift5_replac2"].contains(
                atoms.section(of: $0).name)
        }
        common = decoders.compactMap { atoms.exported($0)?.atom } + conformances.elsewhere + early
        bounds = atoms.objects.enumerated().flatMap { number, object in
            object.symbols.compactMap { symbol in
                guard let section = symbol.section, symbol.name.hasSuffix("GMD"),
                    let atom = atoms.atom(number, section, symbol.offset)
                else { return nil }
                return (symbol.name, atom)
            }
        }
    }

    /// A generic recipe with its arguments: the plan's name of it, and the atom that names both.
    func bound(_ stem: String) -> [(name: String, atom: Int)] {
        bounds.filter { $0.name.hasPrefix(stem + "y") }.map { (String($0.name.dropFirst(2).dropLast(2)), $0.atom) }
    }

    mutating func code(from roots: [Int], whole: CodeFingerprints.Code) -> CodeFingerprints.Code {
        let (reached, widened) = reach(roots + common)
        if let widened {
            return CodeFingerprints.Code(digest: whole.digest, atoms: whole.atoms, widened: widened)
        }
        return code(reached)
    }

    /// What says how the sources are laid out, and not what the code does: how the stack is unwound, function by
    /// function, and what the compiler takes a module for.
    private static let ofSources: Set = [".eh_frame", ".swift_modhash"]

    mutating func whole() -> CodeFingerprints.Code {
        // Those without a name, too: who refers to them may be what cannot be told.
        code(graph.atoms.all.indices.filter { !Self.ofSources.contains(graph.atoms.section(of: $0).name) })
    }

    private mutating func code(_ reached: [Int]) -> CodeFingerprints.Code {
        var found: Set<CodeAtom> = []
        for atom in reached {
            // What has no name is part of what refers to it, and is here for the sake of circles and of roots.
            found.insert(CodeAtom(name: graph.atoms.all[atom].name, digest: graph.content(of: atom).digest))
        }
        let atoms = found.sorted {
            $0.name == $1.name
                ? ($0.digest.high, $0.digest.low) < ($1.digest.high, $1.digest.low) : $0.name < $1.name
        }
        var packer = Packer()
        packer.string(compilerVersion)
        packer.list(atoms) { packer, atom in
            packer.string(atom.name)
            packer.digest(atom.digest)
        }
        return CodeFingerprints.Code(digest: XXH3.digest(packer.bytes), atoms: atoms)
    }

    private mutating func reach(_ roots: [Int]) -> ([Int], CodeFingerprints.Widening?) {
        var isSeen = Array(repeating: false, count: graph.atoms.all.count)
        var (reached, todo): ([Int], [Int]) = ([], roots)
        var widened: CodeFingerprints.Widening?
        while let atom = todo.popLast() {
            if isSeen[atom] { continue }
            isSeen[atom] = true
            reached.append(atom)
            let content = graph.content(of: atom)
            let name = graph.atoms.all[atom].name
            if content.isUnresolved { widened = .unresolved(in: name) }
            if let lookup = content.lookup { widened = .lookup(lookup) }
            todo += content.references
            // The run time finds these by lookup.
            if name.hasSuffix("Mn") { todo += conformances.ofType[name] ?? [] }
            if name.hasSuffix("Mp") { todo += conformances.ofProtocol[name] ?? [] }
        }
        return (reached, widened)
    }
}
