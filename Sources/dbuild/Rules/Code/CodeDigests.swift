import Artifact
import Hashing

/// What keys take of the code fingerprints: a digest for each recipe.
struct CodeDigests: Hashable, Sendable {
    /// Of all code: for a recipe that is not found.
    let whole: Digest
    private let recipes: [Recipe]

    /// One recipe, by its type as the plan names it.
    struct Recipe: Hashable, Sendable {
        let type: [UInt8]
        let digest: Digest
        /// Why the whole is taken; empty where it is not.
        let widening: String
    }

    init(_ code: CodeFingerprints) {
        whole = code.whole.digest
        recipes = code.ofRecipe.sorted { $0.key < $1.key }.map { name, code in
            let reason: String
            switch code.widened {
            case .lookup(let function)?: reason = function
            case .unresolved(let place)?: reason = place
            case nil: reason = ""
            }
            return Recipe(type: Array(name.utf8), digest: code.digest, widening: reason)
        }
    }

    var byType: [[UInt8]: Digest] {
        Dictionary(recipes.map { ($0.type, $0.digest) }, uniquingKeysWith: { first, _ in first })
    }

    /// Recipes whose code is taken to be all code, and what of it cannot be told.
    var widened: [Recipe] { recipes.filter { !$0.widening.isEmpty } }
}

extension CodeDigests: Packable {
    func pack(into packer: inout Packer) {
        packer.digest(whole)
        packer.list(recipes) { packer, recipe in
            packer.string(recipe.type)
            packer.digest(recipe.digest)
            packer.string(recipe.widening)
        }
    }

    init(from unpacker: inout Unpacker) throws(UnpackError) {
        whole = try unpacker.digest()
        recipes = try unpacker.list { unpacker throws(UnpackError) in
            Recipe(type: try unpacker.string(), digest: try unpacker.digest(), widening: try unpacker.text())
        }
    }
}
