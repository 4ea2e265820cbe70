package import Artifact
import Hashing

/// What of the code that a recipe can reach is not as it was.
package struct CodeChange: Hashable, Sendable {
    package enum Kind: Hashable, Sendable { case changed, added, removed }
    /// A function or type: as the compiler spells it, or as people do.
    package var name: String
    /// The file of the rules that declares it, where it is known.
    package var file: String?
    package var kind: Kind

    package init(name: String, file: String? = nil, kind: Kind) {
        self.name = name
        self.file = file
        self.kind = kind
    }
}

/// What differs between two lists of atoms, by name; what has no name is part of what refers to it.
package func codeChanges(from old: [CodeAtom], to new: [CodeAtom]) -> [CodeChange] {
    func index(_ atoms: [CodeAtom]) -> [String: Set<Digest>] {
        var found: [String: Set<Digest>] = [:]
        for atom in atoms where !atom.name.isEmpty { found[atom.name, default: []].insert(atom.digest) }
        return found
    }
    let (before, after) = (index(old), index(new))
    return Set(before.keys).union(after.keys).sorted().compactMap { name in
        switch (before[name], after[name]) {
        case (nil, _): CodeChange(name: name, kind: .added)
        case (_, nil): CodeChange(name: name, kind: .removed)
        case (let from, let to): from == to ? nil : CodeChange(name: name, kind: .changed)
        }
    }
}
