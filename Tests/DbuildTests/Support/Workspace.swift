import Foundation
import Glibc
import Testing

/// An example in a directory of its own, to be edited and built.
struct ExampleWorkspace: Sendable {
    /// Without links in it.
    let root: URL

    func place(_ path: String) -> URL { root.appending(path: path) }
    func exists(_ path: String) -> Bool { (try? FileManager.default.attributesOfItem(atPath: place(path).path)) != nil }
    func read(_ path: String) throws -> String { try String(contentsOf: place(path), encoding: .utf8) }

    func write(_ text: String, to path: String) throws {
        try FileManager.default.createDirectory(
            at: place(path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place(path))
    }

    func remove(_ path: String) throws { try FileManager.default.removeItem(at: place(path)) }

    struct NothingToReplace: Error { let text: String, path: String }

    /// - Throws: where there is nothing to replace, so that no test edits in vain.
    func replace(_ old: String, by new: String, in path: String) throws {
        let text = try read(path)
        guard text.contains(old) else { throw NothingToReplace(text: old, path: path) }
        try write(text.replacingOccurrences(of: old, with: new), to: path)
    }

    /// The relative paths of all files and links below a directory, sorted; directories end with a slash.
    func names(below directory: String) -> [String] {
        (FileManager.default.enumerator(atPath: place(directory).path)?.allObjects ?? [])
            .compactMap { $0 as? String }
            .map { isDirectory("\(directory)/\($0)") ? $0 + "/" : $0 }.sorted()
    }

    private func isDirectory(_ path: String) -> Bool {
        (try? FileManager.default.attributesOfItem(atPath: place(path).path)[.type]) as? FileAttributeType
            == .typeDirectory
    }

    /// The bytes of every file below a directory, by its relative path.
    func files(below directory: String) throws -> [String: Data] {
        var found: [String: Data] = [:]
        for name in names(below: directory) where !name.hasSuffix("/") {
            found[name] = try Data(contentsOf: place("\(directory)/\(name)"))
        }
        return found
    }
}

// MARK: - Commands

extension ExampleWorkspace {
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningCommand {
        try RunningCommand(arguments, in: root, environment: environment)
    }

    func dbuild(_ arguments: String..., environment: [String: String] = [:]) async throws -> EndedCommand {
        try await start(arguments, environment: environment).ended()
    }

    /// The actions that said behind dbuild's back that they ran, since it was last asked, sorted.
    func takeWitnesses() throws -> [String] {
        guard exists("witness") else { return [] }
        defer { try? remove("witness") }
        return try read("witness").split(separator: "\n").map(String.init).sorted()
    }

    /// The numbers of the runs that have written something, oldest first.
    var runs: [Int] {
        names(below: ".dbuild/runs").compactMap { Int($0.dropLast()) }
            .filter { exists(".dbuild/runs/\($0)/events.jsonl") }.sorted()
    }

    /// What the last run wrote down; nil before the first.
    func lastRun() throws -> RunRecord? {
        try runs.last.map { try RunRecord(number: $0, in: self) }
    }
}

// MARK: - Making

/// Runs a test in a new copy of an example, with its rules compiled already.
///
/// - Parameter isCompiled: false: nothing of dbuild is there.
func withWorkspace<Value>(
    _ example: Example, isCompiled: Bool = true, _ body: (ExampleWorkspace) async throws -> Value
) async throws -> Value {
    let compiled = isCompiled ? try await CompiledExamples.shared.rules(of: example) : nil
    return try await Gate.shared.pass {
        let files = FileManager.default
        let name = "dbuild-\(example.rawValue)-\(UUID().uuidString)"
        let root = files.temporaryDirectory.resolvingSymlinksInPath().appending(path: name)
        defer { try? files.removeItem(at: root) }
        try files.copyItem(at: example.original, to: root)
        try example.addShared(to: root.appending(path: "rules"))
        if let compiled {
            let rules = root.appending(path: ".dbuild/rules")
            try files.createDirectory(at: rules, withIntermediateDirectories: true)
            // Binaries are named by what they were made of, 32 digits.
            for name in try files.contentsOfDirectory(atPath: compiled.path) where name.count == 32 {
                try files.copyItem(at: compiled.appending(path: name), to: rules.appending(path: name))
            }
        }
        return try await body(ExampleWorkspace(root: root))
    }
}

/// Lets few tests through at once: each starts processes enough for the machine.
actor Gate {
    static let shared = Gate(width: 2)
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(width: Int) { free = width }

    nonisolated func pass<Value>(_ body: () async throws -> Value) async throws -> Value {
        await enter()
        do {
            let value = try await body()
            await leave()
            return value
        } catch {
            await leave()
            throw error
        }
    }

    private func enter() async {
        if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
    }

    private func leave() {
        if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
    }
}

/// Whether it becomes true, looked at again and again for as long as a loaded machine may take.
func eventually(_ condition: () throws -> Bool) async throws -> Bool {
    for _ in 0 ..< 4000 {
        if try condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return try condition()
}
