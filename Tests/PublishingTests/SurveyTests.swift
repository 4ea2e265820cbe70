import Artifact
import Foundation
import Planning
import Settled
import Testing

@testable import dbuild

/// What a run sees of files: each once, and of an earlier look no more than holds.
@Suite struct SurveyTests {
    private let stage: Stage
    private let plan: Plan
    private let survey: Survey

    init() throws {
        stage = try Stage(files: ["out"])
        try stage.write(["a": .file("one"), "b": .file("two")])
        var builder = PlanBuilder()
        for (line, source): (Int, Path) in [(1, "a"), (2, "b")] {
            try builder.addSource(source, mayBeAbsent: false, place: Place(file: [], line: line))
        }
        plan = try builder.finish(isWhole: true)
        survey = Survey(disk: stage.disk, threads: Threads())
    }

    private func snapshot() throws -> Snapshot {
        let database = try #require(try StateDatabase(path: stage.root + "/state", readOnly: false, boot: "boot"))
        defer { database.close() }
        var taker = CensusTaker(disk: stage.disk)
        for path: Path in ["a", "b"] { try database.record([(path, try taker.take(path, known: nil))]) }
        return try Remembered(plan, from: database).snapshot
    }

    private func request() throws -> Request {
        Request(
            plan, actions: [], sources: [try #require(plan.artifact(at: "a")), try #require(plan.artifact(at: "b"))])
    }

    @Test func `each file is looked at once`() async throws {
        let snapshot = try snapshot()
        _ = try await survey.look(plan, try request(), snapshot)
        #expect(survey.counts == Survey.Counts(pathsStamped: 2))
        _ = try await survey.look(plan, try request(), snapshot)
        #expect(survey.counts == Survey.Counts(pathsStamped: 2))
    }

    @Test func `of a plan it says what is as it was seen last, and what is known otherwise`() async throws {
        let snapshot = try snapshot()
        try stage.write(["b": .file("three")])
        _ = try await survey.look(plan, try request(), snapshot)
        let (a, b) = (try #require(plan.artifact(at: "a")), try #require(plan.artifact(at: "b")))
        let known = survey.asSeen([a, b], plan)
        #expect(known.files == [a])
        #expect(known.others == [b])
        let before = try #require(known.before)
        #expect(before.unchanged([a, b], stage.disk) == [a])
        #expect(before.census(of: a) == survey.census("a"))
        try await survey.lookAgain(["a"], plan)
        #expect(survey.asSeen([a], plan).files.isEmpty)
    }

    @Test func `a tree is looked at again with what lies in it`() async throws {
        try stage.write(["tree/a": .file("one")])
        var builder = PlanBuilder()
        try builder.addSource("tree", mayBeAbsent: false, place: Place(file: [], line: 1))
        let plan = try builder.finish(isWhole: true)
        let request = Request(plan, actions: [], sources: Array(plan.artifacts))
        let snapshot = Snapshot(plan)
        let before = try await survey.look(plan, request, snapshot)[0]
        try stage.write(["tree/b": .file("two")])
        try await survey.lookAgain(["tree/b"], plan)
        let after = try await survey.look(plan, request, snapshot)[0]
        #expect(before != after && before != .nothing && after != .nothing)
    }

    @Test func `what came together is seen together, and nothing else is read`() async throws {
        try stage.write(["moved": .file("1"), "other": .file("2"), "same": .file("3"), "tree/a": .file("4")])
        var builder = PlanBuilder()
        for name: Path in ["absent", "moved", "other", "same", "tree"] {
            try builder.addSource(name, mayBeAbsent: name == "absent", place: Place(file: [], line: 1))
        }
        let plan = try builder.finish(isWhole: true)
        let request = Request(plan, actions: [], sources: Array(plan.artifacts))
        let snapshot = Snapshot(plan)
        let before = try await survey.look(plan, request, snapshot)
        // What an action has discovered beside them.
        #expect(survey.sight("header", known: nil) == .nothing)
        let hashed = survey.counts.filesHashed
        try stage.write([
            "moved": .file("one"), "other": .file("two"), "absent": .file("zero"), "tree/b": .file("five"),
            "header": .file("six"),
        ])
        try await survey.lookAgain(["moved"], plan)
        let after = try await survey.look(plan, request, snapshot)
        for artifact in plan.artifacts {
            let isSame = plan.path(of: artifact) == "same"
            #expect((before[artifact.index] == after[artifact.index]) == isSame, "\(plan.path(of: artifact))")
        }
        #expect(survey.sight("header") != .nothing)
        #expect(survey.counts.filesHashed == hashed + 5)
    }

    @Test func `a directory of which nobody has read anything is not read again`() async throws {
        _ = try await survey.look(plan, try request(), try snapshot())
        try stage.write(["more/huge": .file("four"), "file": .file("five")])
        let before = survey.counts
        try await survey.lookAgain(["more"], plan)
        #expect(survey.counts == before)
        #expect(survey.sight("more") == nil)
        // What an action has only now discovered is.
        try await survey.lookAgain(["file", "more/absent"], plan)
        #expect(survey.counts.filesHashed == before.filesHashed + 1)
        #expect(survey.sight("more/absent") == .nothing)
    }
}
