import Artifact
import Foundation
import Planning
import Rules
import Testing

@testable import dbuild

/// One recipe, compiled as dbuild compiles rules, to be run in a worker and in a process of its own.
final class RecipeStage: Sendable {
    let root: String
    /// Where both layouts have their actions.
    static let staging: Path = ".dbuild/staging/1/1"

    static var isPossible: Bool { Tool.areThere && FingerprintedRules.isBuilt }

    static let rulesfile = """
        import Glibc
        import Rules

        struct Thrown: Error, CustomStringConvertible { let description: String }
        struct Passing: Retryable { let what: Int }

        func bytes(_ path: String) throws -> String {
            guard let file = fopen(path, "r") else { throw Thrown(description: "no file, error \\(errno)") }
            defer { fclose(file) }
            var bytes = [UInt8](repeating: 0, count: 4096)
            return String(decoding: bytes[..<fread(&bytes, 1, bytes.count, file)], as: UTF8.self)
        }

        func put(_ text: String, in path: String) throws {
            guard let file = fopen(path, "w") else { throw Thrown(description: "cannot write, error \\(errno)") }
            defer { fclose(file) }
            fputs(text, file)
        }

        struct Gather: Recipe {
            @Input var one: Artifact
            @Input var parts: Tree
            @Output var text: Artifact
            @Output var made: Tree
            var mode: String

            func run(_ step: Step) throws {
                step.log("begins")
                switch mode {
                case "throws": throw Thrown(description: "this went\\nwrong")
                case "passes": throw Passing(what: 3)
                case "crashes": abort()
                case "leaves": exit(0)
                case "sleeps": sleep(600)
                case "forks": _ = system("sleep 300.77 &")
                case "reads":
                    try put("inside", in: step.scratch + "/own")
                    for path in ["extra/a.txt", "parts/x.csv", "data/one.csv", step.scratch + "/own"] {
                        try put(try bytes(try step.read(path)), in: made.path + "/read")
                    }
                    guard try step.readIfPresent("extra/none") == nil else { throw Thrown(description: "there") }
                    _ = try step.read("extra/never")
                default: break
                }
                let said = try parts.members().map { try bytes(parts.path + "/" + $0) }.joined()
                try put("\\(try bytes(one.path))\\(said)\\(step.cpus) \\(step.seed) \\(step.missing)\\n", in: text.path)
                try put("member", in: made.path + "/m")
                try put("more", in: step.scratch + "/x")
            }
        }

        @main struct Example: Rulesfile {
            func rules(_ build: Build) throws {
                build.action(
                    "gather", Gather(one: "data/one.csv", parts: "parts", text: "out/text", made: "made", mode: ""))
            }
        }
        """

    private static let compiled = Result { () -> String in
        let built = FingerprintedRules.built
        let place = FileManager.default.temporaryDirectory.appending(path: "one-shot-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try rulesfile.write(toFile: place + "/Rulesfile.swift", atomically: false, encoding: .utf8)
        try Tool.swiftc.run(
            Toolchain.options + [
                "-module-cache-path", built.appending(path: "FingerprintedRules.cache").path(), "-module-name",
                "rules", "-I", built.appending(path: "Modules").path(), place + "/Rulesfile.swift",
                built.appending(path: "libDbuildRules.a").path(), "-lxgboost", "-lgomp", "-lxxhash", "-lzstd", "-lz",
                "-o", place + "/binary",
            ])
        return place + "/binary"
    }

    init() throws {
        root =
            try #require(resolved(FileManager.default.temporaryDirectory.path()))
            + "/stage-\(UUID().uuidString)"
        for (path, text) in [
            ("data/one.csv", "one\n"), ("parts/x.csv", "x\n"), ("parts/y/z.csv", "z\n"), ("extra/a.txt", "a\n"),
            ("rules/Rulesfile.swift", ""), (".dbuild/logs/l", ""),
        ] { try write(text, to: path) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    func write(_ text: String, to path: String) throws {
        let place = URL(filePath: root + "/" + path)
        try FileManager.default.createDirectory(
            at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: place)
    }

    /// What came of an action.
    struct Came {
        let report: ActionReport
        /// The bytes that it made, by path.
        var made: [String: String] = [:]
        var log = ""
        /// What the reads that it reported mean, in their order.
        var places: [ReadPlaces.Place] = []
        /// What was left of its place beside what it made.
        var left: [String] = []
    }

    /// Runs it once, and clears its place away.
    func run(_ mode: String, oneShot: Bool, limits: ActionTask.Limits = .init()) async throws -> Came {
        let disk = try WorkspaceDisk(root: Path(root))
        let staging = Self.staging
        for name in [".dbuild-scratch", "out", "made"] { try disk.makeDirectory(staging / Path(name)) }
        if oneShot { try disk.makeDirectory(staging / "data") }
        func output(_ path: Path) -> String { oneShot ? "\(path)" : "\(staging / path)" }
        let fields = Value.object([
            Value.Field("one", .reference(.file("data/one.csv"))),
            Value.Field("parts", .reference(.tree("parts"))),
            Value.Field("text", .reference(.file(output("out/text")))),
            Value.Field("made", .reference(.tree(output("made")))),
            Value.Field("mode", .string(mode)),
        ])
        let inputs = ["data/one.csv", "parts"].map { ActionTask.Input(path: $0, content: nil) }
        let type = "5rules6GatherV"
        let task = ActionTask(
            action: ActionID(0), name: "gather",
            work: oneShot
                ? .oneShot(ActionTask.OneShot(type: type, fields: fields, inputs: inputs))
                : .recipe(type: type, fields: fields),
            cpus: 3, seed: 77, staging: staging, scratch: staging / ".dbuild-scratch", log: ".dbuild/logs/l",
            missing: ["parts": ["q"]], limits: limits)
        let executor = try executor(disk, oneShot: oneShot)
        let report: ActionReport
        do { report = try #require(try await executor.run(task, Turn(begins: { true }, isOver: {}))) } catch {
            try await executor.close()
            throw error
        }
        try await executor.close()
        var came = Came(report: report)
        for path in ["out/text", "made/m", "made/read"] {
            came.made[path] = FileManager.default.contents(atPath: root + "/\(staging)/" + path)
                .map { String(decoding: $0, as: UTF8.self) }
        }
        came.log = String(
            decoding: FileManager.default.contents(atPath: root + "/.dbuild/logs/l") ?? Data(), as: UTF8.self)
        let places = ReadPlaces(root: Path(root), staging: staging, disk: disk)
        came.places = try report.reads.map { try places.place(of: $0.path, from: $0.base) }
        came.left = try disk.names(in: staging / ".dbuild-scratch").map { "\($0)" }
        try disk.removeTree(staging)
        try disk.remove(".dbuild/logs/l")
        return came
    }

    private func executor(_ disk: WorkspaceDisk, oneShot: Bool) throws -> LocalExecutor {
        Signal.ignoreBrokenPipes()
        let workspace = try Workspace(directory: root, rules: nil)
        return LocalExecutor(
            helpers: Helpers(
                jobs: 1, executable: Array((Bundle.main.bundlePath + "/dbuild-helper").utf8),
                marker: RunMarker(workspace)),
            rules: try Self.compiled.get(), disk: disk, root: root, keptLinks: ".dbuild/staging/links",
            threads: Threads(),
            oneShot: oneShot)
    }
}
