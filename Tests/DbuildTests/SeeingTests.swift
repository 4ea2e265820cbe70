import Foundation
import Glibc
import Testing

/// Events, and who reads them.
@Suite struct SeeingTests {
    @Test func theEventsAreAllThatACopyAndAProgramGet() async throws {
        try await withWorkspace(.wide) { workspace in
            let ended = try await workspace.dbuild("-j", "4", "--events", "copy.jsonl", "--progress", "json")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            let recorded = try workspace.read(".dbuild/runs/1/events.jsonl")
            #expect(try workspace.read("copy.jsonl") == recorded)
            #expect(ended.errors == recorded)
            let lines = recorded.split(separator: "\n")
            #expect(lines.first?.hasPrefix(#"{"event":"format""#) == true)
            #expect(lines.last?.hasPrefix(#"{"event":"summary""#) == true)
            let times = try lines.map { line -> Int in
                let members = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(members?["t"] as? Int, "\(line)")
            }
            #expect(times == times.sorted())
            let record = try #require(try workspace.lastRun())
            #expect(record.started.count == 61)
            #expect(Set(record.events.filter { $0.event == "start" }.compactMap(\.lane)) == [0, 1, 2, 3])
            #expect(record.events.allSatisfy { $0.event != "verdict" || $0.causes == ["never built"] })
        }
    }

    @Test func laterVerdictsNameTheCauseThatTheyGoBackTo() async throws {
        try await withWorkspace(.wide) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            try workspace.write("another seed\n", to: "data/seed.txt")
            #expect(try await workspace.dbuild().exit == 0)
            let last = try #require(
                try workspace.lastRun()?.events.last { $0.event == "verdict" && $0.action == "last" })
            #expect(last.line == 12)
            #expect(last.causes?.count == 1)
            #expect(last.causes?.first?.hasPrefix("`data/seed.txt` changed") == true, "\(last)")
        }
    }

    @Test(
        "whoever reads may go away, and the build goes on",
        arguments: [
            "{ dbuild --events -; echo $? >code; } | head -1 >read",
            "mkfifo pipe; head -c 10 pipe >read & dbuild --events pipe; echo $? >code; wait",
            "dbuild --events - 2>/dev/full >/dev/null; echo $? >code",
            "dbuild --events /dev/full; echo $? >code",
            "dbuild 2>&- >&-; echo $? >code",
            "mkfifo pipe; dbuild --events pipe; echo $? >code",
        ])
    func readersLeave(script: String) async throws {
        try await withWorkspace(.wide) { workspace in
            let program = try Built.program().path
            let said = try await python(
                "import subprocess, sys; subprocess.run(['bash', '-c', sys.argv[1]], timeout=120)",
                [script.replacingOccurrences(of: "dbuild ", with: "\(program) ")], in: workspace.root)
            #expect(try workspace.read("code") == "0\n", "\(said)")
            #expect(try workspace.lastRun()?.summary?.built == 61)
            // Nor has anything been written where it does not belong.
            let again = try await workspace.dbuild()
            #expect(again.errors.hasSuffix("61 current, 0 failed   \(again.errors.split(separator: "   ").last ?? "")"))
            #expect(again.exit == 0, "\(again.testDescription)")
        }
    }

    @Test func whoComesLateSeesHowItStandsAndHowItEnds() async throws {
        try await withWorkspace(.wide) { workspace in
            let before = try await workspace.dbuild("status", "--watch")
            #expect(before.errors == "nothing runs, and nothing was built here\n")
            try workspace.write("60", to: "pause")
            let build = try workspace.start(["-j", "2"])
            // What has finished can be read while it goes on.
            #expect(try await eventually { (try workspace.lastRun()?.finished.count ?? 0) >= 5 })
            let watch = try workspace.start(["status", "--watch"])
            let history = try await workspace.dbuild("history")
            #expect(history.output.contains("running"), "\(history.testDescription)")
            let (built, watched) = (try await build.ended(), try await watch.ended())
            #expect(built.exit == 0)
            #expect(watched.exit == 0)
            #expect(watched.output.hasPrefix("plan     61 actions"), "\(watched.testDescription)")
            let last = watched.output.split(separator: "\n").last
            #expect(last == built.errors.split(separator: "\n").last, "\(watched.testDescription)")
            let after = try await workspace.dbuild("status", "--watch")
            #expect(after.errors == "nothing runs: run 1, the last one, ended with exit 0\n")
        }
    }

    @Test func aRunThatWasKilledIsToldAsSuch() async throws {
        try await withWorkspace(.wide) { workspace in
            try workspace.write("60000", to: "pause")
            let build = try workspace.start(["-j", "2"])
            #expect(try await eventually { try workspace.lastRun()?.started.count == 2 })
            let watch = try workspace.start(["status", "--watch"])
            #expect(try await eventually { try watch.outputSoFar().contains("plan") })
            build.send(SIGKILL)
            _ = try await build.ended()
            let watched = try await watch.ended()
            #expect(watched.output.hasSuffix("killed   run 1 ended without a summary\n"), "\(watched.testDescription)")
            #expect(try await workspace.dbuild("history").output.contains("killed"))
            #expect(try await workspace.dbuild("history", "1").output.contains("killed"))
            let after = try await workspace.dbuild("status", "--watch")
            #expect(after.errors == "nothing runs: run 1, the last one, was killed\n")
        }
    }

    @Test func historySaysWhatRunsWereAndWhatOneDid() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild("--set", "boost-rounds=11").exit == 0)
            try workspace.replace("b,9", by: "b,8", in: "data/rows.csv")
            #expect(try await workspace.dbuild("train").exit == 0)
            let list = try await workspace.dbuild("history")
            #expect(list.output.split(separator: "\n").count == 3, "\(list.testDescription)")
            #expect(list.output.contains("train"))
            let detail = try await workspace.dbuild("history", "1")
            for word in ["boost-rounds=11", "slowest", "train[entity=a]", "done     8 built"] {
                #expect(detail.output.contains(word), "\(word): \(detail.testDescription)")
            }
            #expect(try await workspace.dbuild("history", "--memory").output.contains("used at most"))
            try expectSchema("history", try await workspace.dbuild("history", "--json"))
            try expectSchema("history", try await workspace.dbuild("history", "--json", "last"))

            #expect(try await workspace.dbuild("history", "--trace", "trace.json", "1").exit == 0)
            let counts = try await python(
                """
                import json; events = json.load(open("trace.json"))["traceEvents"]
                slices = [e for e in events if e["ph"] == "X"]
                lanes = {e["tid"] for e in events if e["name"] == "thread_name"}
                assert all(e["tid"] in lanes and e["dur"] >= 0 and e["args"]["causes"] for e in slices)
                by_lane = {}
                for e in sorted(slices, key=lambda e: e["ts"]):
                    assert e["ts"] >= by_lane.get(e["tid"], 0), "two at once in a lane"
                    by_lane[e["tid"]] = e["ts"] + e["dur"]
                print(len(slices))
                """, [], in: workspace.root)
            #expect(counts == "8\n")
        }
    }

    @Test func runsOfAnEarlierDbuildAreReadAsFarAsTheyGo() async throws {
        try await withWorkspace(.training) { workspace in
            try workspace.write(
                """
                {"event":"format","version":2}
                {"event":"run","now":1385892131000000000,"parameters":["a=1"],"run":1,"targets":["train"]}
                {"action":"train[entity=a]","event":"start"}
                {"action":"train[entity=a]","cpuSeconds":0.5,"event":"finish","missing":0,"peakBytes":31000000,"seconds":0.6}
                {"blocked":0,"built":1,"current":0,"cutOff":0,"event":"summary","exit":0,"failed":0,"seconds":0.7}
                {"event":"fin
                """, to: ".dbuild/runs/1/events.jsonl")
            let list = try await workspace.dbuild("history")
            #expect(list.output.contains("2013-12-01T10:02:11Z"), "\(list.testDescription)")
            #expect(try await workspace.dbuild("history", "1").output.contains("train[entity=a]"))
            let trace = try await workspace.dbuild("history", "1", "--trace", "trace.json")
            #expect(trace.exit == 64)
            #expect(trace.errors.contains("no times"))
            #expect(try await workspace.dbuild("diff", "1").exit == 0)
        }
    }

    @Test func logsAreShownAsTheyAre() async throws {
        try await withWorkspace(.training) { workspace in
            #expect(try await workspace.dbuild().exit == 0)
            let log = try await workspace.dbuild("log", "train[entity=a]")
            #expect(log.output == "training with 10 rounds\n", "\(log.testDescription)")
            #expect(try await workspace.dbuild("log", "out/models/a.txt").output == log.output)
            let all = try await workspace.dbuild("log", "train")
            #expect(
                all.output.hasPrefix("==> train[entity=a], run 1 <==\ntraining with 10 rounds\n\n==> train[entity=b]"))
            let quiet = try await workspace.dbuild("log", "split")
            #expect(quiet.errors == "`split` left no log in run 1\n", "\(quiet.testDescription)")
            // As it is to a program; to a person without what would disturb the terminal.
            try workspace.write("a\u{1B}[2J\tb", to: ".dbuild/logs/1/train[entity=a].log")
            #expect(try await workspace.dbuild("log", "train[entity=a]").output == "a\u{1B}[2J\tb")
            let shown = try await PseudoTerminal.run(["log", "train[entity=a]"], in: workspace)
            #expect(shown.output == "a\\x1b[2J\tb\r\n", "\(shown.testDescription)")
            let source = try await workspace.dbuild("log", "data/rows.csv")
            #expect(source.exit == 64)
            #expect(source.errors == "error: `data/rows.csv` is a source: nothing is run to make it\n")
            let none = try await workspace.dbuild("log", "notes", "--run", "7")
            #expect(none.exit == 64)
        }
    }
}
