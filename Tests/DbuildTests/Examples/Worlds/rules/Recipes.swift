import Glibc
import Rules

/// What every action of these worlds does: `Craft`, of which the tests put a copy beside this file.
struct Work: Recipe {
    @Input var fixed: [Artifact]
    @Input var gathered: [Artifact]
    @Input var each: [Artifact]
    @Output var outputs: [Artifact]
    var said: Said

    func run(_ step: Step) throws {
        let made = try said.run(fixed, gathered, each, outputs.indices.map { "\($0)" }, step)
        for (index, output) in outputs.enumerated() {
            if case .file(let bytes)? = made["\(index)"] { try Files.write(bytes, to: output.path) }
        }
    }
}

/// One of a family.
struct Cell: Recipe {
    @Input var fixed: [Artifact]
    @Output var output: Artifact
    var said: Said

    func run(_ step: Step) throws {
        if case .file(let bytes)? = try said.run(fixed, [], [], ["0"], step)["0"] {
            try Files.write(bytes, to: output.path)
        }
    }
}

struct Split: Recipe {
    @Input var fixed: [Artifact]
    @Input var gathered: [Artifact]
    @Output var tree: Tree
    var said: Said

    func run(_ step: Step) throws {
        guard case .tree(let files)? = try said.run(fixed, gathered, [], ["0"], step)["0"] else { return }
        for (name, bytes) in files { try Files.write(bytes, to: tree.path + "/" + name) }
    }
}

/// A recipe's parameters.
struct Said: Codable {
    var name: String
    var does: String
    var level: Int
    var code: Int
    var library: Int
    var peeks: [String]

    func run(
        _ fixed: [Artifact], _ gathered: [Artifact], _ each: [Artifact], _ outputs: [String], _ step: Step
    ) throws -> [String: Craft.Stuff] {
        var given: [(property: String, stuff: Craft.Stuff?)] = []
        for (index, artifact) in fixed.enumerated() {
            given.append(("fixed-\(index)", .file(try Files.read(artifact.path))))
        }
        for artifact in gathered { given.append(("gathered", .file(try Files.read(artifact.path)))) }
        for artifact in each { given.append(("each", .file(try Files.read(artifact.path)))) }
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
