import Artifact
import Hashing
import Planning

/// What recipes do in these tests: a function of their parameters, the bytes that they read and the rules' code.
///
/// The property `does` says which: `mix` tells any two inputs apart; `parity` gives one of two results, so that most
/// changes end there; `split` makes of lines `name=text` a tree. An input that holds `!` makes any of them fail.
enum Craft {
    struct Failure: Error {}

    /// What an input or output holds.
    enum Material: Hashable {
        case file([UInt8])
        /// By path below the tree.
        case tree([Path: [UInt8]])
        case names([Path])

        var bytes: [UInt8] {
            var packer = Packer()
            switch self {
            case .file(let bytes): return bytes
            case .tree(let files):
                packer.list(files.sorted { $0.key < $1.key }) { packer, file in
                    file.key.pack(into: &packer)
                    packer.string(file.value)
                }
            case .names(let names): packer.list(names.sorted())
            }
            return packer.bytes
        }
    }

    /// - Parameters:
    ///   - outputs: by ordinal, whether it is a tree.
    ///   - read: what an input holds, by its ordinal; nil for one that is absent.
    static func run(
        _ recipe: RecipeValue, outputs: [Bool], code: UInt64, read: (Int) -> Material?
    ) throws(Failure) -> [Material] {
        var given: [Material] = []
        let said = describe(recipe) { ordinal in
            guard let material = read(ordinal) else { return [0] }
            given.append(material)
            return [1] + material.bytes
        }
        let bytes = given.flatMap(\.bytes)
        if bytes.contains(UInt8(ascii: "!")) { throw Failure() }
        return outputs.enumerated().map { ordinal, isTree in
            if isTree { return .tree(lines(bytes)) }
            if name(recipe) == Array("parity".utf8) {
                return .file([UInt8(ascii: "0") + UInt8(bytes.reduce(0) { ($0 + Int($1)) % 2 })])
            }
            var packer = Packer()
            packer.string(said)
            packer.number(code)
            packer.number(ordinal)
            return .file(Array("\(XXH3.digest(packer.bytes))".utf8))
        }
    }

    private static func name(_ recipe: RecipeValue) -> [UInt8] {
        guard case .object(let fields) = recipe,
            case .string(let text)? = fields.first(where: { $0.name == Array("does".utf8) })?.value
        else { return [] }
        return text
    }

    private static func lines(_ bytes: [UInt8]) -> [Path: [UInt8]] {
        var files: [Path: [UInt8]] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let sides = line.split(separator: UInt8(ascii: "="), maxSplits: 1)
            if sides.count == 2 { files[Path(sides[0])] = Array(sides[1]) }
        }
        return files
    }

    /// A recipe with what it reads in the place of its artifacts.
    private static func describe(_ value: RecipeValue, _ read: (Int) -> [UInt8]) -> [UInt8] {
        var packer = Packer()
        switch value {
        case .input(let ordinal):
            packer.string("input")
            packer.string(read(ordinal))
        case .output: packer.string("output")
        case .object(let fields):
            packer.list(fields) { packer, field in
                packer.string(field.name)
                packer.string(describe(field.value, read))
            }
        case .list(let values): packer.list(values) { packer, value in packer.string(describe(value, read)) }
        default:
            packer.string("value")
            value.pack(into: &packer)
        }
        return packer.bytes
    }
}
