import Glibc
import Rules

// What every action of these worlds does is `Craft`, of which the tests put a copy beside this file. No recipe has a
// list that is left empty: where an axis is empty, that would be taken for what gathers over it.

struct Work: Recipe {
    @Input var fixed: [Artifact]
    @Output var outputs: [Artifact]
    var said: Said
    func run(_ step: Step) throws { try said.run(["fixed": fixed], to: outputs, step) }
}

struct Gather: Recipe {
    @Input var fixed: [Artifact]
    @Input var gathered: [Artifact]
    @Output var outputs: [Artifact]
    var said: Said
    func run(_ step: Step) throws { try said.run(["fixed": fixed, "gathered": gathered], to: outputs, step) }
}

/// Of all that a family makes.
struct GatherEach: Recipe {
    @Input var fixed: [Artifact]
    @Input var each: [Artifact]
    @Output var outputs: [Artifact]
    var said: Said
    func run(_ step: Step) throws { try said.run(["fixed": fixed, "each": each], to: outputs, step) }
}

/// One of a family.
struct Cell: Recipe {
    @Input var fixed: [Artifact]
    @Output var output: Artifact
    var said: Said
    func run(_ step: Step) throws { try said.run(["fixed": fixed], to: [output], step) }
}

struct Split: Recipe {
    @Input var fixed: [Artifact]
    @Output var tree: Tree
    var said: Said
    func run(_ step: Step) throws { try said.run(["fixed": fixed], to: tree, step) }
}

struct SplitGathered: Recipe {
    @Input var fixed: [Artifact]
    @Input var gathered: [Artifact]
    @Output var tree: Tree
    var said: Said
    func run(_ step: Step) throws { try said.run(["fixed": fixed, "gathered": gathered], to: tree, step) }
}

/// A recipe's parameters.
struct Said: Codable {
    var name: String
    var does: String
    var level: Int
    var code: Int
    var library: Int
    var peeks: [String]

    func run(_ inputs: [String: [Artifact]], to outputs: [Artifact], _ step: Step) throws {
        let made = try run(inputs, outputs.indices.map { "\($0)" }, step)
        for (index, output) in outputs.enumerated() {
            if case .file(let bytes)? = made["\(index)"] { try Files.write(bytes, to: output.path) }
        }
    }

    func run(_ inputs: [String: [Artifact]], to tree: Tree, _ step: Step) throws {
        guard case .tree(let files)? = try run(inputs, ["0"], step)["0"] else { return }
        for (name, bytes) in files { try Files.write(bytes, to: tree.path + "/" + name) }
    }

    private func run(
        _ inputs: [String: [Artifact]], _ outputs: [String], _ step: Step
    ) throws -> [String: Craft.Stuff] {
        var given: [(property: String, stuff: Craft.Stuff?)] = []
        for property in ["fixed", "gathered", "each"] {
            for (index, artifact) in (inputs[property] ?? []).enumerated() {
                let name = property == "fixed" ? "fixed-\(index)" : property
                given.append((name, .file(try Files.read(artifact.path))))
            }
        }
        let job = Craft.Job(
            name: name, does: Craft(rawValue: does) ?? .mix, level: level, code: code, given: given, outputs: outputs,
            peeks: peeks)
        // What cannot be read is not there: then the outputs are other ones, and the tests say so.
        return try Craft.run(job) { path in
            (try? step.readIfPresent(path)).flatMap { $0 }.flatMap { try? Files.read($0) }.map { .file($0) }
        }.made
    }
}

struct FileError: Error { let path: String }

enum Files {
    static func read(_ path: String) throws -> [UInt8] {
        guard let file = fopen(path, "r") else { throw FileError(path: path) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    static func write(_ bytes: [UInt8], to path: String) throws {
        for end in path.indices.dropFirst() where path[end] == "/" { mkdir(String(path[..<end]), 0o777) }
        guard let file = fopen(path, "w") else { throw FileError(path: path) }
        defer { fclose(file) }
        guard fwrite(bytes, 1, bytes.count, file) == bytes.count else { throw FileError(path: path) }
    }
}
