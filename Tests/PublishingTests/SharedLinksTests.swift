import Artifact
import Foundation
import Planning
import Testing

@testable import dbuild

/// Directories of links that actions and runs share.
@Suite struct SharedLinksTests {
    private static let wanted = InputLinks.Shared(directory: "data/in", names: ["a/1", "a/2", "b"])

    private static func stage() throws -> Stage {
        let stage = try Stage(files: ["x"])
        try stage.write([
            "data/in/a/1": .file("one"), "data/in/a/2": .file("two"), "data/in/b": .file("three"),
            "data/in/a/undeclared": .file("nobody's"), "rules/Rulesfile.swift": .file(""),
        ])
        return stage
    }

    private static func links(_ stage: Stage, boot: String = "now") -> SharedLinks {
        SharedLinks(stage.disk, root: stage.root, boot: boot)
    }

    @Test("what is declared is there, and nothing else")
    func declared() throws {
        let stage = try Self.stage()
        let place = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        #expect(try stage.disk.names(in: place) == ["a", "b"])
        #expect(try stage.disk.names(in: place / "a") == ["1", "2"])
        #expect(try stage.disk.read(place / "a/2") == Array("two".utf8))
        #expect(try stage.disk.read(place / "b") == Array("three".utf8))
    }

    @Test("the next run uses the same links again, and one after another boot does not")
    func usedAgain() throws {
        let stage = try Self.stage()
        let first = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        let made = try stage.disk.stamp(first / "a", followsLink: false)
        let links = Self.links(stage)
        #expect(try links.take(Self.wanted, for: "gather") == first)
        #expect(try links.take(Self.wanted, for: "gather") == first)
        #expect(try links.giveBack(Self.wanted) == nil)
        #expect(try stage.disk.stamp(first / "a", followsLink: false) == made)
        #expect(try Self.links(stage, boot: "another").take(Self.wanted, for: "gather") == first)
        #expect(try stage.disk.stamp(first / "a", followsLink: false) != made)
        #expect(try stage.disk.read(first / "a/1") == Array("one".utf8))
    }

    @Test("links that lead up from `.dbuild` are made anew where that has gone elsewhere")
    func movedAway() throws {
        let stage = try Self.stage()
        let first = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        #expect(try stage.disk.linkTarget(first / "b").starts(with: Array("../".utf8)))
        let away = try #require(FileManager.default.temporaryDirectory as URL?).appending(path: "away-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: away) }
        try FileManager.default.moveItem(atPath: stage.root + "/.dbuild", toPath: away)
        try stage.disk.makeLink(".dbuild", to: Array(away.utf8))
        let place = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        #expect(try stage.disk.read(place / "b") == Array("three".utf8))
        #expect(try stage.disk.read(place / "a/1") == Array("one".utf8))
    }

    @Test("what was changed is not believed, in this run or in a later one", arguments: [("a/stray", "a"), ("b", "b")])
    func spoilt(name: String, told: String) throws {
        let stage = try Self.stage()
        let links = Self.links(stage)
        let place = try #require(try links.take(Self.wanted, for: "gather"))
        #expect(try links.take(Self.wanted, for: "gather") == place)
        try stage.disk.remove(place / Path(name))
        try stage.disk.write([1], to: place / Path(name))
        let changed = Self.wanted.directory / Path(told)
        #expect(try links.giveBack(Self.wanted) == changed)
        #expect(try links.take(Self.wanted, for: "gather") == nil)
        // Whoever had it beside that one.
        #expect(try links.giveBack(Self.wanted) == changed)
        #expect(try Self.links(stage).take(Self.wanted, for: "gather") == nil)
    }

    @Test(
        "what is named is what has changed",
        arguments: [
            ("mkdir a/more; touch a/more/x", "data/in/a"), ("ln -sf elsewhere a/2", "data/in/a/2"),
            ("rm b", "data/in/b"), ("rm -r a", "data/in/a"), ("touch a/x; rm a/x", "data/in/a"),
            ("touch x; rm x", "data/in"), ("rm -r ../tree", "data/in/a"), ("touch z; rm a/1", "data/in"),
        ])
    func named(script: String, path: Path) throws {
        let stage = try Self.stage()
        let links = Self.links(stage)
        let place = try #require(try links.take(Self.wanted, for: "gather"))
        let shell = Process()
        shell.executableURL = URL(filePath: "/bin/sh")
        shell.arguments = ["-c", script]
        shell.currentDirectoryURL = URL(filePath: "\(stage.root)/\(place)")
        try shell.run()
        shell.waitUntilExit()
        #expect(try links.giveBack(Self.wanted) == path)
    }

    @Test("damaged notes are not believed")
    func damaged() throws {
        let stage = try Self.stage()
        let place = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        let notes = place.directory / "stamps"
        let bytes = try stage.disk.read(notes)
        let made = try stage.disk.stamp(place, followsLink: false)
        for count in [0, 1, bytes.count / 2, bytes.count - 1] {
            try stage.disk.write(Array(bytes.prefix(count)), to: notes)
            #expect(try Self.links(stage).take(Self.wanted, for: "gather") == place)
            #expect(try stage.disk.stamp(place, followsLink: false) != made)
            #expect(try stage.disk.read(place / "a/1") == Array("one".utf8))
        }
        try stage.disk.remove(notes)
        try stage.makeFIFO(notes)
        #expect(throws: DiskError.self) { try stage.disk.read(notes) }
        #expect(try Self.links(stage).take(Self.wanted, for: "gather") == place)
        #expect(try stage.disk.stamp(notes, followsLink: false)?.type == .file)
    }

    @Test("of many that are made only the last are kept")
    func few() throws {
        let stage = try Self.stage()
        for number in 0 ..< 12 {
            let other = InputLinks.Shared(directory: Path("data/\(number)"), names: ["a"])
            #expect(try Self.links(stage).take(other, for: "gather") != nil)
        }
        #expect(try stage.disk.names(in: ".dbuild/links").count == 8)
    }

    // MARK: - From one run to the next

    /// What is wanted once a day has come.
    private static let next = InputLinks.Shared(directory: "data/in", names: ["a/1", "a/3", "c/1", "d"])

    private static func links(in place: Path, _ stage: Stage) throws -> [Path] {
        try stage.disk.names(in: place).flatMap { name -> [Path] in
            guard try stage.disk.stamp(place / name, followsLink: false)?.type == .directory else { return [name] }
            return try links(in: place / name, stage).map { name / $0 }
        }.sorted()
    }

    @Test("what an action had becomes what it wants: only that is linked which is new, and nothing else is left")
    func becomes() throws {
        let stage = try Self.stage()
        try stage.write([
            "data/in/a/3": .file("new"), "data/in/c/1": .file("there"), "data/in/d": .file("too"),
        ])
        let first = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        let kept = try stage.disk.stamp(first / "a/1", followsLink: false)
        let second = try #require(try Self.links(stage).take(Self.next, for: "gather"))
        #expect(second != first)
        #expect(try Self.links(in: second, stage) == Self.next.names)
        #expect(try stage.disk.stamp(second / "a/1", followsLink: false) == kept)
        #expect(try stage.disk.read(second / "a/3") == Array("new".utf8))
        #expect(try stage.disk.read(second / "c/1") == Array("there".utf8))
        #expect(try stage.disk.names(in: ".dbuild/links") == [Path(Array(second.directory.leaf))])
        let links = Self.links(stage)
        #expect(try links.take(Self.next, for: "another") == second)
        #expect(try links.giveBack(Self.next) == nil)
        #expect(try stage.disk.stamp(second / "a/1", followsLink: false) == kept)
    }

    @Test("a link becomes a directory, and a directory a link")
    func otherKinds() throws {
        let stage = try Self.stage()
        let other = InputLinks.Shared(directory: "data/in", names: ["a", "b/1/2", "b/1/3"])
        _ = try Self.links(stage).take(Self.wanted, for: "gather")
        let place = try #require(try Self.links(stage).take(other, for: "gather"))
        #expect(try Self.links(in: place, stage) == other.names)
        let back = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        #expect(try Self.links(in: back, stage) == Self.wanted.names)
        #expect(try stage.disk.read(back / "a/2") == Array("two".utf8))
        #expect(try stage.disk.names(in: ".dbuild/links").count == 1)
    }

    @Test("what others have, or somebody of this run has had, stays as it is")
    func stays() throws {
        let stage = try Self.stage()
        let first = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        let links = Self.links(stage)
        let others = try #require(try links.take(Self.next, for: "another"))
        #expect(try Self.links(in: first, stage) == Self.wanted.names)
        #expect(try links.take(InputLinks.Shared(directory: "data/in", names: ["d"]), for: "another") != nil)
        #expect(try Self.links(in: others, stage) == Self.next.names)
        // Of the same action, below another directory.
        #expect(try links.take(InputLinks.Shared(directory: "data", names: ["in/d"]), for: "gather") != nil)
        #expect(try Self.links(in: first, stage) == Self.wanted.names)
        #expect(try stage.disk.names(in: ".dbuild/links").count == 4)
    }

    @Test("nothing becomes of what was changed, is of another boot, or was left unfinished")
    func notTaken() throws {
        let stage = try Self.stage()
        let first = try #require(try Self.links(stage).take(Self.wanted, for: "gather"))
        try stage.disk.write([1], to: first / "a/stray")
        let second = try #require(try Self.links(stage).take(Self.next, for: "gather"))
        #expect(try Self.links(in: second, stage) == Self.next.names)
        #expect(try stage.has(first / "a/stray"))
        let third = try #require(try Self.links(stage, boot: "another").take(Self.wanted, for: "gather"))
        #expect(try Self.links(in: third, stage) == Self.wanted.names)
        #expect(try Self.links(in: second, stage) == Self.next.names)
        // Killed before anything of it was changed, and its notes were gone.
        try stage.disk.rename(second.directory, to: ".dbuild/links/new")
        let again = try #require(try Self.links(stage).take(Self.next, for: "gather"))
        #expect(again == second)
        #expect(try Self.links(in: again, stage) == Self.next.names)
        #expect(try !stage.has(".dbuild/links/new"))
    }

    // MARK: - Commands

    /// Runs a shell's command in a place of its own.
    private static func run(
        _ script: String, number: Int, _ stage: Stage, _ executor: LocalExecutor
    ) async throws -> ActionReport {
        let staging = Path(".dbuild/staging/1/\(number)")
        for name in [".dbuild-scratch", "out"] { try stage.disk.makeDirectory(staging / Path(name)) }
        try stage.disk.makeDirectory(".dbuild/logs")
        let paths = wanted.names.map { wanted.directory / $0 }
        let task = ActionTask(
            action: ActionID(0), name: "gather",
            work: .command(
                ActionTask.CommandLine(
                    program: "/bin/sh", arguments: ["sh", "-ec", script].map { Array($0.utf8) },
                    environment: [(name: "PATH", value: "/usr/bin:/bin")],
                    inputs: paths.map { ActionTask.Input(path: $0, content: nil) }, dependencies: nil)),
            cpus: 1, seed: 0, staging: staging, scratch: staging / ".dbuild-scratch", log: ".dbuild/logs/l",
            missing: [:], links: InputLinks(paths, beside: ["out/text"], leastShared: 3))
        #expect(task.links?.shared == [InputLinks.Shared(directory: "data", names: ["in/a/1", "in/a/2", "in/b"])])
        return try #require(try await executor.run(task, Turn(begins: { true }, isOver: {})))
    }

    /// With an executor that runs one command at a time.
    private static func withExecutor(_ stage: Stage, _ body: (LocalExecutor) async throws -> Void) async throws {
        Signal.ignoreBrokenPipes()
        let executor = LocalExecutor(
            helpers: Helpers(
                jobs: 1, executable: Array((Bundle.main.bundlePath + "/dbuild-helper").utf8),
                marker: RunMarker(try Workspace(directory: stage.root, rules: nil))),
            rules: "/nonexistent", disk: stage.disk, root: stage.root, keptLinks: ".dbuild/staging/links",
            threads: Threads())
        do { try await body(executor) } catch {
            try await executor.close()
            throw error
        }
        try await executor.close()
    }

    @Test("a command finds its inputs, and what it writes beside them comes neither into the workspace nor to others")
    func command() async throws {
        let stage = try Self.stage()
        try await Self.withExecutor(stage) { executor in
            let reading = "cat data/in/a/1 data/in/b data/in/../in/a/2; ls data/in/a"
            let read = try await Self.run("{ \(reading); } > out/text", number: 1, stage, executor)
            #expect(read.ending == .succeeded)
            #expect(read.movedInput == nil)
            let text = try stage.disk.read(".dbuild/staging/1/1/out/text")
            #expect(String(decoding: text, as: UTF8.self) == "onethreetwo1\n2\n")
            let wrote = try await Self.run("echo x > data/in/a/stray", number: 2, stage, executor)
            #expect(wrote.ending == .succeeded)
            #expect(wrote.movedInput == "data/in/a")
            let again = try await Self.run(
                "ls data/in/a > out/text; echo x > data/in/a/stray", number: 3, stage, executor)
            #expect(again.movedInput == nil)
            #expect(try stage.disk.read(".dbuild/staging/1/3/out/text") == Array("1\n2\n".utf8))
            #expect(try !stage.has("data/in/a/stray"))
        }
    }

    /// A directory of dbuild's own that lies elsewhere, and is found through a link.
    enum Elsewhere: CaseIterable {
        case nothing, links, staging
        /// The short way leads to what looks like the links, and is not.
        case stagingBesideOthers

        var moved: (directory: Path, target: Path)? {
            switch self {
            case .nothing: nil
            case .links: (".dbuild/links", "elsewhere/links")
            case .staging, .stagingBesideOthers: (".dbuild/staging", "elsewhere/staging")
            }
        }
    }

    @Test("the short way to shared links is gone only where it leads to them", arguments: Elsewhere.allCases)
    func shortWay(elsewhere: Elsewhere) async throws {
        let stage = try Self.stage()
        if let (directory, target) = elsewhere.moved {
            try stage.disk.makeDirectory(target)
            try stage.disk.makeDirectory(directory.directory)
            try stage.disk.makeLink(directory, to: directory.way(to: target))
        }
        let shared = InputLinks.Shared(directory: "data", names: ["in/a/1", "in/a/2", "in/b"])
        let place = try #require(try Self.links(stage, boot: Machine.bootIdentity).take(shared, for: "gather"))
        if case .stagingBesideOthers = elsewhere {
            let name = try #require(place.below(".dbuild"))
            try stage.write(["elsewhere" / name / "in/a/1": .file("another one")])
        }
        try await Self.withExecutor(stage) { executor in
            let report = try await Self.run("cat data/in/a/1 data/in/b > out/text", number: 1, stage, executor)
            #expect(report.ending == .succeeded)
            #expect(report.movedInput == nil)
        }
        #expect(try stage.disk.read(".dbuild/staging/1/1/out/text") == Array("onethree".utf8))
        let link = Path(".dbuild/staging/1/1/data")
        switch elsewhere {
        case .nothing, .links: #expect(try stage.disk.linkTarget(link) == link.way(to: place))
        case .staging, .stagingBesideOthers:
            #expect(try stage.disk.linkTarget(link) == Array("\(stage.root)/\(place)".utf8))
        }
    }
}
