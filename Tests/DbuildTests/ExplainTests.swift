import Foundation
import Testing

/// Views that say why.
@Suite struct ExplainTests {
    @Test func `what is stale is grouped by what changed, and each file says where it comes from`() async throws {
        try await withWorkspace(.training) { workspace in
            var screens = ""
            func say(_ arguments: String..., exit: Int32 = 0) async throws {
                let ended = try await workspace.start(arguments).ended()
                #expect(ended.exit == exit, "\(ended.testDescription)")
                screens += transcript(ended, in: workspace) + "\n"
            }
            #expect(try await workspace.dbuild().exit == 0)
            try await say("why", "out/models/a.txt")
            try workspace.write(try workspace.read("data/rows.csv") + "c,1\n", to: "data/rows.csv")
            try workspace.remove("out/notes.txt")
            try await say("--explain")
            try await say("--explain", "--all", "total")
            try await say("--explain", "--set", "boost-rounds=20", "models")
            for path in ["out/models/a.txt", "out/parts/a.csv", "data/rows.csv", "data/late.csv"] {
                try await say("why", path)
            }
            for path in ["out/notez.txt", "nothing"] { try await say("why", path, exit: 64) }
            #expect(workspace.runs == [1])
            #expect(try await workspace.dbuild().exit == 0)
            #expect(try await workspace.dbuild("--set", "boost-rounds=11", "models").exit == 0)
            for runs in [["1"], ["last~1"], ["last"], ["3", "1"]] {
                try await say("diff", runs[0], runs.count > 1 ? runs[1] : "last")
            }
            try await say("diff", "9", exit: 64)
            try await say("diff", "yesterday", exit: 64)
            try await say("graph")
            try await say("graph", "--format", "mermaid", "models")
            try await say("graph", "--unfolded", "models")
            try expectGolden("explain", screens.replacing(#/\d{4}-\d\d-\d\dT[\d:]+Z/#, with: "INSTANT"))
        }
    }

    @Test func `what a policy holds is told with its instant, and what has changed for it`() async throws {
        try await withWorkspace(.policies) { workspace in
            var screens = ""
            func say(_ arguments: String...) async throws {
                let ended = try await workspace.start(arguments).ended()
                #expect(ended.exit == 0, "\(ended.testDescription)")
                screens += transcript(ended, in: workspace) + "\n"
            }
            #expect(try await workspace.dbuild("--now", "2013-12-01T11:00:00Z").exit == 0)
            try workspace.write(
                "name,observed_at\na,2013-12-03T11:00:00Z\nb,2013-12-03T10:00:00Z\n", to: "data/rows.csv")
            try workspace.write("another seed\n", to: "data/seed.txt")
            let now = ["--now", "2013-12-03T12:00:00Z"]
            try await say("--explain", now[0], now[1], "plain")
            try await say("status", now[0], now[1], "plain")
            try await say("--explain", now[0], now[1], "--skip", "settled", "settled")
            try await say("why", now[0], now[1], "out/settled.txt")
            try await say("why", now[0], now[1], "out/kept.txt")
            try expectSchema("explain", try await workspace.dbuild("--explain", "--json", now[0], now[1], "plain"))
            try expectSchema("why", try await workspace.dbuild("why", "--json", now[0], now[1], "out/settled.txt"))
            try await say(now[0], now[1], "plain")
            try expectGolden(
                "policies", screens.replacing(#/built      .*Z in run/#, with: "built      INSTANT in run"))
            let record = try #require(try workspace.lastRun())
            #expect(record.summary?.exit == 0)
            #expect(try workspace.read(".dbuild/runs/2/events.jsonl").contains("\"waiting\":1"))
        }
    }

    @Test func `every view for programs is as its schema says`() async throws {
        try await withWorkspace(.training) { workspace in
            try expectSchema("explain", try await workspace.dbuild("--explain", "--json"))
            try expectSchema("status", try await workspace.dbuild("status", "--json"))
            #expect(try await workspace.dbuild().exit == 0)
            try expectSchema("explain", try await workspace.dbuild("--explain", "--json"))
            try workspace.replace("b,9", by: "b,8", in: "data/rows.csv")
            try workspace.remove("data/notes/1.txt")
            try workspace.remove("out/report.txt")
            try expectSchema("explain", try await workspace.dbuild("--explain", "--json", "--set", "boost-rounds=12"))
            try expectSchema("status", try await workspace.dbuild("status", "--json"))
            for path in ["out/models/a.txt", "out/parts/a.csv", "data/rows.csv", "data/late.csv", "out/totol.txt"] {
                try expectSchema("why", try await workspace.dbuild("why", "--json", path))
            }
            _ = try await workspace.dbuild()
            try expectSchema("diff", try await workspace.dbuild("diff", "--json", "1"))
            try expectSchema("diff", try await workspace.dbuild("diff", "--json", "1", "last"))
            try expectSchema("graph", try await workspace.dbuild("graph", "--json"))
            try expectSchema("graph", try await workspace.dbuild("graph", "--json", "--unfolded"))
            let views = try await (workspace.dbuild("--explain", "--json"), workspace.dbuild("--explain", "--json"))
            #expect(views.0.output == views.1.output)
        }
    }

    @Test func `events of an earlier dbuild, and lines that nobody can read, do not stop a diff`() async throws {
        try await withWorkspace(.training) { workspace in
            try workspace.write(
                """
                {"event":"format","version":1}
                {"event":"run","now":0,"parameters":["rounds=1"],"run":1,"targets":[]}
                {"event":"verdict","action":"split","line":12,"reasons":["never built"]}
                {"event":"summary","built":1,"failed":0,"exit":0}

                """, to: ".dbuild/runs/1/events.jsonl")
            try workspace.write(
                """
                {"event":"format","version":99}
                {"event":"run","now":1000000000,"parameters":["rounds=2"],"run":2,"targets":[]}
                {"event":17,"what":{}}
                not JSON
                {"event":"verdict","action":"split","line":12,"reas
                """, to: ".dbuild/runs/2/events.jsonl")
            let first = try await workspace.dbuild("diff", "1")
            #expect(first.exit == 0, "\(first.testDescription)")
            #expect(first.output.contains("never built: 1 action\n"))
            let both = try await workspace.dbuild("diff", "last")
            #expect(both.exit == 0, "\(both.testDescription)")
            #expect(both.output.contains("rounds 1 -> 2"))
        }
    }

    @Test func `a graph of more actions than anybody can look at is refused`() async throws {
        try await withWorkspace(.wide) { workspace in
            try workspace.replace("0 ..< 20", by: "0 ..< 300", in: "rules/Rulesfile.swift")
            let folded = try await workspace.dbuild("graph")
            #expect(folded.exit == 0, "\(folded.testDescription)")
            let ended = try await workspace.dbuild("graph", "--unfolded")
            #expect(ended.exit == 64, "\(ended.testDescription)")
            #expect(ended.errors.contains("actions are more than a graph can show (500)"))
        }
    }
}
