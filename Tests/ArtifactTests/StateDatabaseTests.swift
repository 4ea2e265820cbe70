import Dispatch
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Artifact

struct StateDatabaseTests {
    private func open(_ scratch: Scratch, boot: String = "one") throws -> StateDatabase {
        try #require(try StateDatabase(path: scratch.root + "/state.db", readOnly: false, boot: boot))
    }

    private func censuses(_ database: StateDatabase) throws -> [Path: Census] {
        var found: [Path: Census] = [:]
        try database.forEachCensus { found[$0] = $1 }
        return found
    }

    @Test("censuses come back as they were, by directory and name in byte order, after opening again")
    func censusRoundTrip() throws {
        let scratch = try Scratch()
        let paths =
            ["b", "a/z", "a", "a/b/c", "\u{E9}", "e\u{301}", "-", "ab/c"].map { Path($0) } + [Path([0xFF, 0x2F, 0xFE])]
        let expected = Dictionary(
            uniqueKeysWithValues: paths.enumerated().map { ($1, $0 % 2 == 0 ? Example.census($0) : Example.tree($0)) })
        try open(scratch).record(expected.map { ($0, $1) })
        let database = try open(scratch)
        var order: [Path] = []
        try database.forEachCensus { path, _ in order.append(path) }
        #expect(order == paths.sorted { ($0.directory, Path($0.leaf)) < ($1.directory, Path($1.leaf)) })
        #expect(try censuses(database) == expected)
        try database.record([("b", nil), ("a", Example.census(77))])
        let found = try censuses(try open(scratch))
        #expect(found["b"] == nil)
        #expect(found["a"] == Example.census(77))
        #expect(found.count == expected.count - 1)
    }

    @Test("what another boot has recorded keeps its content and has no stamp to trust")
    func otherBoot() throws {
        let scratch = try Scratch()
        try scratch.write("x", "f")
        try scratch.write("y", "t/g")
        let (file, tree) = (try #require(try scratch.census("f")), try #require(try scratch.census("t")))
        try open(scratch).record([("f", file), ("t", tree)])
        let found = try censuses(try open(scratch, boot: "two"))
        #expect(found["f"]?.content == file.content)
        #expect(found["f"]?.stamp == Stamp())
        #expect(found["t"]?.members.map(\.stamp) == [Stamp()])
        var taker = CensusTaker(disk: scratch.disk)
        #expect(try taker.take("f", known: found["f"]) == file)
        #expect(try taker.take("t", known: found["t"]) == tree)
        #expect(taker.filesHashed == 2)
    }

    @Test(
        "a view of one moment sees no later writing and delays none, and leaves no transaction open",
        arguments: [false, true], [false, true])
    func oneMoment(isStopped: Bool, isAskedByTwo: Bool) throws {
        struct Stopped: Error {}
        let scratch = try Scratch()
        let writer = try open(scratch)
        let (digest, other) = (Example.publication(5).identity, Example.publication(6).identity)
        try writer.recordFailure(digest, Example.failure(run: 3))
        let reader = try #require(
            try StateDatabase(path: scratch.root + "/state.db", readOnly: true, boot: "one"))
        func count() throws -> Int? {
            try reader.look { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM failure") }
        }
        let ended = Result {
            try reader.asOfOneMoment(isAskedByTwo: isAskedByTwo) {
                #expect(try count() == 1)
                try writer.recordFailure(other, Example.failure(run: 4))
                #expect(try writer.failures().count == 2)
                #expect(try count() == 1)
                if isStopped { throw Stopped() }
            }
        }
        if isStopped { #expect(throws: Stopped.self) { try ended.get() } } else { try ended.get() }
        #expect(try reader.look { !$0.isInsideTransaction })
        #expect(try count() == 2)
        // And it can be asked again.
        #expect(try reader.asOfOneMoment { try count() } == 2)
    }

    @Test("two threads that ask at once see the same moment, and neither waits for the other")
    func oneMomentForTwo() throws {
        let scratch = try Scratch()
        let writer = try open(scratch)
        try writer.recordFailure(Example.publication(5).identity, Example.failure(run: 3))
        let path = scratch.root + "/state.db"
        let reader = try #require(try StateDatabase(path: path, readOnly: true, boot: "one"))
        @Sendable func count(_ database: Database) throws -> Int? {
            try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM failure")
        }
        let (asked, answered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let found = Mutex<Int?>(nil)
        try reader.asOfOneMoment(isAskedByTwo: true) {
            try writer.recordFailure(Example.publication(6).identity, Example.failure(run: 4))
            Thread.detachNewThread {
                asked.wait()
                let counted = try? reader.look { try count($0) }
                found.withLock { $0 = counted }
                answered.signal()
            }
            let own = try reader.look { database in
                asked.signal()
                // It does not wait for this question to be answered.
                #expect(answered.wait(timeout: .now() + 60) == .success)
                return try count(database)
            }
            #expect(own == 1)
        }
        #expect(found.withLock(\.self) == 1)
        #expect(try reader.look { try count($0) } == 2)
        // Nobody looks at what was any more.
        writer.fold()
        #expect(try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int == 0)
    }

    @Test("a second connection that may not see the same is none")
    func secondConnection() throws {
        let scratch = try Scratch()
        let writer = try open(scratch)
        var configuration = Configuration()
        configuration.readonly = true
        configuration.allowsUnsafeTransactions = true
        for isWritten in [false, true] {
            let second = try SecondConnection(path: scratch.root + "/state.db", configuration)
            if isWritten { try writer.recordFailure(Example.publication(5).identity, Example.failure(run: 3)) }
            #expect(try second.begin() == !isWritten)
            second.close()
        }
    }

    @Test("a publication's trace is there from transaction 1, its row until transaction 2")
    func publishing() throws {
        let scratch = try Scratch()
        let sent = Example.publication(5)
        do {
            let database = try open(scratch)
            let failure = Example.failure(run: 3)
            try database.recordFailure(sent.identity, failure)
            #expect(try database.failureRecords() == [sent.identity: failure])
            #expect(try database.failures() == [sent.identity: 3])
            try database.removeFailures([Example.publication(6).identity])
            #expect(try database.failures().count == 1)
            try database.removeFailures([sent.identity])
            #expect(try database.failureRecords().isEmpty)
            try database.recordFailure(sent.identity, failure)
            _ = try database.open([sent, Example.publication(6)])
            #expect(try database.failures().isEmpty)
        }
        let database = try open(scratch)
        let rows = try database.openPublications()
        #expect(rows.count == 2)
        let row = try #require(rows.first)
        #expect(row.identity == sent.identity)
        #expect(row.publication.changes == sent.changes)
        #expect(row.publication.outputs == sent.outputs)
        try database.close([(row.id, [("out/5", Example.census(5))])])
        #expect(try database.openPublications().map(\.identity) == [Example.publication(6).identity])
        #expect(try censuses(database) == ["out/5": Example.census(5)])
        try expectTrace(sent, in: database)
        try database.abandon(try #require(rows.last))
        #expect(try database.openPublications().isEmpty)
        var identities: [Bool] = []
        try database.forEachTrace { identities.append($0.identity == sent.identity) }
        #expect(identities == [true])
        try database.removeTraces([sent.identity])
        try database.forEachTrace { _ in Issue.record("a removed trace") }
        #expect(try database.parts(of: sent.identity).isEmpty)
    }

    private func expectTrace(_ sent: Publication, in database: StateDatabase) throws {
        var found: StateDatabase.TraceHead?
        try database.forEachTrace { if $0.identity == sent.identity { found = $0 } }
        let head = try #require(found)
        let trace = try #require(sent.trace)
        #expect(head.rule == sent.rule)
        #expect(head.key == trace.key)
        #expect(head.outputs == trace.outputs)
        #expect(head.missing == trace.missing)
        #expect(head.durationSeconds == trace.durationSeconds)
        #expect(head.builtAtNanoseconds == trace.builtAtNanoseconds)
        #expect(head.run == trace.run)
        #expect(try database.parts(of: sent.identity) == trace.parts)
    }

    @Test("runs and answers come back as they were")
    func runsAndAnswers() throws {
        let scratch = try Scratch()
        let values = [Array("JFK-LAX".utf8), [], [0xFF, 0]]
        do {
            let database = try open(scratch)
            #expect(try database.lastRun() == nil)
            _ = try database.beginRun(atLeast: 1, nowNanoseconds: 1, parameters: [], targets: [])
            let id = try database.beginRun(atLeast: 1, nowNanoseconds: -5, parameters: values, targets: [[0x61]])
            #expect(try database.lastRun()?.exitCode == nil)
            try database.endRun(id, exitCode: 137)
            try database.recordAnswer("r", Array("route".utf8), of: Example.content(1), [])
            try database.recordAnswer("r", Array("route".utf8), of: Example.content(2), values)
        }
        let database = try open(scratch)
        let run = try #require(try database.lastRun())
        #expect((run.id, run.nowNanoseconds, run.exitCode) == (2, -5, 137))
        #expect(run.parameters == values)
        #expect(run.targets == [[0x61]])
        let answer = try #require(try database.answer("r", Array("route".utf8)))
        #expect(answer.content == Example.content(2))
        #expect(answer.values == values)
        #expect(try database.answer("r", Array("day".utf8)) == nil)
    }

    @Test("a run takes the next number, or a higher one that it is told")
    func runNumbers() throws {
        let database = try open(Scratch())
        let numbers = try [1, 1, 7, 2, -1, 9].map { least in
            try database.beginRun(atLeast: least, nowNanoseconds: 0, parameters: [], targets: [])
        }
        #expect(numbers == [1, 2, 7, 8, 9, 10])
    }

    @Test("a view of a workspace that was never built has no database, and makes none")
    func readOnly() throws {
        let scratch = try Scratch()
        #expect(try StateDatabase(path: scratch.root + "/state.db", readOnly: true, boot: "one") == nil)
        #expect(try scratch.disk.names(in: Path([UInt8]())).isEmpty)
        try open(scratch).record([("f", Example.census(1))])
        let view = try #require(try StateDatabase(path: scratch.root + "/state.db", readOnly: true, boot: "one"))
        #expect(try censuses(view) == ["f": Example.census(1)])
        #expect(throws: StateDatabase.Failure.self) { try view.record([("g", Example.census(2))]) }
    }

    @Test("a view sees what a build has committed beside it")
    func besideABuild() throws {
        let scratch = try Scratch()
        let build = try open(scratch)
        let view = try #require(try StateDatabase(path: scratch.root + "/state.db", readOnly: true, boot: "one"))
        for seed in 0 ..< 50 { try build.record([(Path("f\(seed)"), Example.census(seed))]) }
        #expect(try censuses(view).count == 50)
    }

    @Test("what was folded is in the file itself, and who still looks at it is not waited for")
    func folding() throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        func bytesBeside() throws -> Int {
            try #require(
                FileManager.default.attributesOfItem(atPath: scratch.root + "/state.db-wal")[.size] as? Int)
        }
        try database.record([("a", Example.census(1))])
        #expect(try bytesBeside() > 0)
        database.fold()
        #expect(try bytesBeside() == 0)
        let view = try DatabaseQueue(path: scratch.root + "/state.db")
        try view.inTransaction(.deferred) { reading in
            let before = try Int.fetchOne(reading, sql: "SELECT COUNT(*) FROM census")
            try database.record([("b", Example.census(2))])
            database.fold()
            #expect(try bytesBeside() > 0)
            #expect(try Int.fetchOne(reading, sql: "SELECT COUNT(*) FROM census") == before)
            return .commit
        }
        try view.close()
        try database.record([("c", Example.census(3))])
        database.fold()
        #expect(try bytesBeside() == 0)
        #expect(try censuses(database).count == 3)
        database.close()
        #expect(try censuses(try open(scratch)).count == 3)
    }

    @Test("which directories were made and which links were used is known from transaction 1, until they are gone")
    func ways() throws {
        let scratch = try Scratch()
        let ways: [Path: Way] = [
            "out": .made, Path([0xFF, 0x2F, 0x61]): .made, "linked": .link(target: Array("../x".utf8)),
        ]
        _ = try open(scratch).open([Example.publication(1)], ways: ways)
        _ = try open(scratch).open([Example.publication(2)], ways: ["out": .link(target: [])])
        let database = try open(scratch)
        #expect(try database.ways() == ways.merging(["out": .link(target: [])]) { $1 })
        try database.forgetDirectories(["out", "never"])
        #expect(try database.ways()["out"] == nil)
        #expect(try database.ways().count == 2)
        try scratch.disk.makeDirectory("there/a")
        try scratch.disk.makeLink("link", to: Array("there".utf8))
        let outputs = ["there/a/b/c/x", "link/a/y", "there/a/z", "t/u"].map {
            Trace.Output(path: Path($0), content: Example.content(1, $0 == "t/u" ? .tree : .file))
        }
        #expect(
            try scratch.disk.ways(to: outputs) == [
                "there/a/b/c": .made, "there/a/b": .made, "link": .link(target: Array("there".utf8)), "t": .made,
                "t/u": .made,
            ])
    }

    @Test("what an action made is forgotten with what was seen there")
    func forgetting() throws {
        let scratch = try Scratch()
        let database = try open(scratch)
        let (gone, left) = (Example.publication(5), Example.publication(6))
        let rows = try database.open([gone, left])
        try database.close([
            (rows[0], [("out/5", Example.census(5))]), (rows[1], [("out/6", Example.census(6))]),
        ])
        try database.forget([gone.identity], gone: ["out/5"])
        #expect(try database.trace(of: gone.identity) == nil && database.parts(of: gone.identity).isEmpty)
        #expect(try database.trace(of: left.identity) != nil)
        #expect(try censuses(database) == ["out/6": Example.census(6)])
    }

    @Test("a database of the release before is taken over as it is")
    func earlier() throws {
        let scratch = try Scratch()
        do {
            let database = try open(scratch)
            let rows = try database.open([Example.publication(5)])
            try database.close([(rows[0], [("out/5", Example.census(5))])])
            try database.write {
                try $0.execute(
                    sql: """
                        DROP TABLE way; DROP TABLE unstable; DROP TABLE contentSHA256; DROP TABLE keyBase;
                        ALTER TABLE keyParts DROP COLUMN base; PRAGMA user_version = 3
                        """)
            }
            database.close()
        }
        #expect(throws: StateDatabase.Failure.olderSchema(found: 3, known: StateDatabase.schemaVersion)) {
            try StateDatabase(path: scratch.root + "/state.db", readOnly: true, boot: "one")
        }
        let database = try open(scratch)
        #expect(try database.trace(of: Example.publication(5).identity)?.run == 5)
        #expect(try database.ways().isEmpty)
        _ = try database.open([Example.publication(6)], ways: ["out": .made])
        #expect(try database.ways() == ["out": .made])
    }

    @Test("the SHA-256 of a content is remembered by its digest and its size")
    func contentSHA256() throws {
        let scratch = try Scratch()
        let (first, second) = (Example.content(1).fingerprint, Example.content(2).fingerprint)
        let longer = Fingerprint(digest: first.digest, sizeBytes: first.sizeBytes + 1)
        try open(scratch).recordSHA256([first: SHA256.hash([1]), second: SHA256.hash([2])])
        let database = try open(scratch)
        #expect(try database.sha256(of: [first, longer]) == [first: SHA256.hash([1])])
        try database.recordSHA256([second: SHA256.hash([3])])
        #expect(try database.sha256(of: [first, second]) == [first: SHA256.hash([1]), second: SHA256.hash([3])])
    }

    @Test("what every earlier dbuild has recorded is taken over, and a view waits for that")
    func upgrade() throws {
        for version in 1 ..< StateDatabase.schemaVersion {
            let scratch = try Scratch()
            let path = scratch.root + "/state.db"
            try open(scratch).record([("f", Example.census(1))])
            try Self.takeBack(path, to: version)
            #expect(
                throws: StateDatabase.Failure.olderSchema(found: version, known: StateDatabase.schemaVersion)
            ) { try StateDatabase(path: path, readOnly: true, boot: "one") }
            let database = try open(scratch)
            #expect(try censuses(database) == ["f": Example.census(1)], "from \(version)")
            // What was added since is there, and empty.
            #expect(try database.rowCount(of: Example.content(1)) == nil)
            #expect(try database.failureHeads().isEmpty)
            try database.forEachTrace { _ in Issue.record("a trace from nowhere") }
            try database.recordSHA256([Example.content(1).fingerprint: SHA256.hash([1])])
            #expect(try database.sha256(of: [Example.content(1).fingerprint]).count == 1)
            _ = try database.open([Example.publication(3)])
            database.close()
            let view = try #require(try StateDatabase(path: path, readOnly: true, boot: "one"))
            #expect(try view.openPublications().count == 1)
        }
    }

    /// As a dbuild of an earlier version would have left it: without what later ones added.
    private static func takeBack(_ path: String, to version: Int) throws {
        var steps = ["DROP TABLE keyBase", "ALTER TABLE keyParts DROP COLUMN base"]
        if version < 5 { steps += ["DROP TABLE contentSHA256"] }
        if version < 4 { steps += ["DROP TABLE way", "DROP TABLE unstable"] }
        if version < 3 {
            steps += ["ALTER TABLE trace DROP COLUMN inputBytes", "ALTER TABLE failure DROP COLUMN record"]
        }
        if version < 2 {
            steps += ["discovered", "isAdopted", "startedAt"].map { "ALTER TABLE trace DROP COLUMN \($0)" }
            steps += ["rowCount", "code", "broken", "staleSince", "object", "entry", "storeSize"].map {
                "DROP TABLE \($0)"
            }
        }
        let queue = try DatabaseQueue(path: path)
        try queue.write { database in
            for step in steps { try database.execute(sql: step) }
            try database.execute(sql: "PRAGMA user_version = \(version)")
        }
        try queue.close()
    }
}
