import Artifact
import Planning
import Testing

@testable import dbuild

/// Outputs that are put back from the store, as one set.
struct RestorationTests {
    /// Large enough to be a file of its own.
    private static let long = String(repeating: "long ", count: 2000)
    private static let outputs: Stage.Entries = [
        "f": .file("small"), "g": .script(long), "t/a": .file(long), "t/sub/b": .script("b"), "t/link": .link("a"),
        "t/empty": .directory,
    ]

    /// An action's outputs, published and kept.
    private struct Example {
        let stage: Stage
        let store: Store
        let published: Publication
        var made: [Trace.Output] { published.outputs }

        init() throws {
            stage = try Stage(files: ["f", "g"], trees: ["t"])
            let database = try stage.database()
            store = Store(database: database, disk: stage.disk, run: 1)
            published = try stage.publication(RestorationTests.outputs, keptIn: store)
            try stage.publish(published, database, FaultyDisk(stage.disk))
            try stage.disk.removeTree(".dbuild/staging")
        }

        /// Everything is as it was published, and so says the database.
        func expectWhole(_ what: String = "") throws {
            try stage.expectWhole(published, RestorationTests.outputs, stage.database(), what)
        }

        func restore(_ trace: Trace?, _ outputs: [Trace.Output]? = nil) throws -> Publication {
            try stage.restoration(outputs ?? made, as: trace, published: made, from: store)
        }

        func publish(_ set: Publication, _ disk: (any Disk)? = nil) throws -> [Displaced] {
            try stage.publish(set, stage.database(), disk ?? FaultyDisk(stage.disk))
        }
    }

    @Test("what is missing comes back as it was, and what is in place is not touched", arguments: [true, false])
    func missing(keepsTrace: Bool) throws {
        let cases: [(removed: [Path], made: [Path])] = [
            ([], []), (["f"], ["f"]), (["g"], ["g"]), (["t/link"], ["t/link"]), (["t/sub"], ["t/sub/b"]),
            (["t/empty"], []), (["t"], ["t/a", "t/link", "t/sub/b"]),
            (["f", "g", "t"], ["f", "g", "t/a", "t/link", "t/sub/b"]),
        ]
        for (removed, made) in cases {
            let example = try Example()
            for path in removed { try example.stage.disk.removeTree(path) }
            let set = try example.restore(keepsTrace ? nil : example.published.trace)
            let put = set.changes.compactMap { change -> Path? in
                if case .put(let path, _, _, _, _) = change { path } else { nil }
            }
            #expect(put.sorted() == made.sorted(), "\(removed)")
            #expect(try example.publish(set).isEmpty)
            try example.expectWhole("\(removed)")
            #expect(example.store.counts.lost == 0)
        }
    }

    @Test("one of two outputs is put back by itself")
    func one() throws {
        let example = try Example()
        try example.stage.disk.remove("f")
        try example.stage.disk.remove("g")
        let set = try example.restore(nil, example.made.filter { $0.path == "g" })
        _ = try example.publish(set)
        #expect(try !example.stage.has("f"))
        #expect(try example.stage.entries("g") == ["g": .script(Self.long)])
        #expect(try example.stage.trace(in: example.stage.database())?.outputs == example.made)
    }

    @Test("what was edited, and what was put into a tree, goes aside")
    func edited() throws {
        let example = try Example()
        try example.stage.write(["f": .file("edited f"), "t/a": .file("edited a"), "t/foreign": .file("foreign")])
        let set = try example.restore(example.published.trace)
        #expect(Set(try example.publish(set).map(\.path)) == ["f", "t/a", "t/foreign"])
        try example.expectWhole()
        for text in ["edited f", "edited a", "foreign"] { try example.stage.expectKept(text, "restored") }
        #expect(set.run != set.trace?.run)
        #expect(try example.stage.has(Displaced.directory(run: set.run) / "f"))
    }

    @Test("what another build has put in place is replaced by what an earlier one gave, as that run's trace says")
    func earlier() throws {
        let example = try Example()
        let others: Stage.Entries = ["f": .file("other"), "g": .file("other"), "t/other": .file("other")]
        let other = try example.stage.publication(others, published: example.made, keptIn: example.store)
        _ = try example.publish(other)
        let set = try example.stage.restoration(
            example.made, as: example.published.trace, published: other.outputs, from: example.store)
        #expect(try example.publish(set).isEmpty)
        try example.expectWhole()
        #expect(try !example.stage.has("t/other"))
        #expect(try example.stage.trace(in: example.stage.database())?.run == example.published.run)
    }

    @Test("an object that is gone or damaged is said, and nothing is changed")
    func lost() throws {
        for damage in ["missing", "damaged"] {
            let example = try Example()
            for path: Path in ["f", "t/a"] { try example.stage.disk.remove(path) }
            for path in try objects(example) {
                if damage == "missing" {
                    try example.stage.disk.remove(path)
                } else {
                    try example.stage.disk.write(Array("damaged".utf8), to: path)
                }
            }
            #expect(throws: Restoration.Failure.objectLost("t/a")) { try example.restore(nil) }
            #expect(example.store.counts.lost == 1)
            #expect(try !example.stage.has("f") && !example.stage.has("t/a"))
            #expect(try example.stage.database().openPublications().isEmpty)
            // Both large files hold the same bytes: the object is forgotten for either.
            let large = try #require(example.made.first { $0.path == "g" })
            #expect(try !example.store.isStored(large.content))
        }
    }

    private func objects(_ example: Example) throws -> [Path] {
        let root = Path(".dbuild/store")
        let found = try example.stage.disk.names(in: root).flatMap { shard in
            try example.stage.disk.names(in: root / shard).map { root / shard / $0 }
        }
        #expect(found.count == 1)
        return found
    }

    @Test("whichever call is the last, the next start puts everything back", arguments: [true, false])
    func crash(keepsTrace: Bool) throws {
        func damaged() throws -> (Example, Publication) {
            let example = try Example()
            for path: Path in ["f", "g", "t/sub"] { try example.stage.disk.removeTree(path) }
            try example.stage.write(["t/a": .file("somebody's")])
            return (example, try example.restore(keepsTrace ? nil : example.published.trace))
        }
        let (example, set) = try damaged()
        let counting = FaultyDisk(example.stage.disk)
        _ = try example.publish(set, counting)
        for calls in 0 ..< counting.calls {
            let (example, set) = try damaged()
            #expect(throws: DiskError.self) {
                try example.publish(set, FaultyDisk(example.stage.disk, .stops(after: calls)))
            }
            let outcome = try Recovery.run(example.stage.database(), FaultyDisk(example.stage.disk))
            #expect(outcome.broken.isEmpty && Set(outcome.completed) == ["f", "g", "t"], "\(calls)")
            try example.expectWhole("\(calls)")
            try example.stage.expectKept("somebody's", "\(calls)")
        }
    }

    @Test("staged files that are lost after a crash come from the store")
    func lostStaging() throws {
        let example = try Example()
        for path: Path in ["f", "g", "t"] { try example.stage.disk.removeTree(path) }
        let set = try example.restore(nil)
        #expect(throws: DiskError.self) {
            try example.publish(set, FaultyDisk(example.stage.disk, .stops(after: 0)))
        }
        try example.stage.disk.removeTree(".dbuild/staging")
        let outcome = try Recovery.run(example.stage.database(), FaultyDisk(example.stage.disk))
        #expect(outcome.broken.isEmpty && outcome.completed.count == 3)
        try example.expectWhole()
    }

    @Test("a put-back that cannot be completed leaves the trace, a restored set that cannot be is broken")
    func abandoned() throws {
        for keepsTrace in [true, false] {
            let example = try Example()
            try example.stage.disk.remove("g")
            let set = try example.restore(keepsTrace ? nil : example.published.trace)
            #expect(throws: DiskError.self) {
                try example.publish(set, FaultyDisk(example.stage.disk, .stops(after: 0)))
            }
            try example.stage.disk.removeTree(".dbuild/staging")
            for path in try objects(example) { try example.stage.disk.remove(path) }
            let database = try example.stage.database()
            let outcome = try Recovery.run(database, FaultyDisk(example.stage.disk))
            #expect(outcome.completed.isEmpty && outcome.broken.isEmpty == keepsTrace)
            #expect(try (example.stage.trace(in: database) == nil) == !keepsTrace)
            #expect(try database.broken().isEmpty == keepsTrace)
        }
    }
}
