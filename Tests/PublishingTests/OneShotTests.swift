import Artifact
import Testing

@testable import dbuild

/// A recipe in a process of its own gives what it gives in a worker.
@Suite(.timeLimit(.minutes(5)), .enabled(if: RecipeStage.isPossible)) struct OneShotTests {
    @Test func itMakesTheSameBytes() async throws {
        let stage = try RecipeStage()
        let alone = try await stage.run("", oneShot: true)
        let worker = try await stage.run("", oneShot: false)
        #expect(alone.report.ending == .succeeded)
        #expect(alone.made["out/text"] == "one\nx\nz\n3 77 [\"parts\": [\"q\"]]\n")
        #expect(alone.made == worker.made && alone.made["made/m"] == "member")
        #expect(alone.log == "begins\n" && worker.log == alone.log)
        // What it leaves there is its own: nothing else is left of what was said to it.
        #expect(alone.left == ["files"])
        #expect(alone.report.wallSeconds > 0 && alone.report.peakBytes > 0)
    }

    @Test(arguments: ["throws", "passes", "crashes", "leaves", "reads"])
    func itEndsInTheSameWords(mode: String) async throws {
        let stage = try RecipeStage()
        let alone = try await stage.run(mode, oneShot: true)
        let worker = try await stage.run(mode, oneShot: false)
        #expect(alone.report.ending == worker.report.ending)
        #expect(alone.report.ending.inWords == worker.report.ending.inWords)
        switch mode {
        case "throws": #expect(alone.report.ending == .threw("this went\nwrong", isRetryable: false))
        case "passes": #expect(alone.report.ending == .threw("Passing(what: 3)", isRetryable: true))
        case "crashes": #expect(alone.report.ending == .signalled(6))
        case "leaves": #expect(alone.report.ending == .exited(0))
        default: #expect(alone.report.ending.inWords?.contains("extra/never") == true)
        }
        // Its words are told once: they do not stand in the log as well.
        if mode != "crashes" { #expect(alone.log == "begins\n" && worker.log == alone.log) }
    }

    @Test func whatItReadsUndeclaredMeansTheSame() async throws {
        let stage = try RecipeStage()
        let alone = try await stage.run("reads", oneShot: true)
        let worker = try await stage.run("reads", oneShot: false)
        let outside = Set<ReadPlaces.Place>([
            .at("extra/a.txt"), .at("parts/x.csv"), .at("data/one.csv"), .at("extra/none"), .at("extra/never"),
        ])
        #expect(Set(alone.places).subtracting([.own]) == outside)
        #expect(Set(worker.places).subtracting([.own]) == outside)
        #expect(alone.places.contains(.own) && worker.places.contains(.own))
        #expect(alone.report.reads.map(\.wasThere) == worker.report.reads.map(\.wasThere))
    }

    @Test func whatItLeavesRunningIsEndedAndCounted() async throws {
        let stage = try RecipeStage()
        let alone = try await stage.run("forks", oneShot: true)
        #expect(alone.report.ending == .succeeded)
        #expect(alone.report.survivors == 1)
        #expect(alone.log == "begins\n[dbuild: a process that it left running was ended]\n")
    }

    @Test func itsLimitsAreItsOwn() async throws {
        let stage = try RecipeStage()
        let ended = try await stage.run("sleeps", oneShot: true, limits: ActionTask.Limits(timeoutSeconds: 2))
        #expect(ended.report.ending == .timedOut(limitSeconds: 2))
        #expect(
            try await stage.run("", oneShot: true, limits: ActionTask.Limits(timeoutSeconds: 600)).report.ending
                == .succeeded)
    }
}
