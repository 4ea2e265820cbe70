import Artifact
import Testing

@testable import dbuild

struct CollectionTests {
    @Test("an action that has not left what it declares is told apart by what is wrong")
    func failures() throws {
        let cases: [(Stage.Entries, Collected.Failure)] = [
            (["t": .directory], .missing("f")), (["f": .file("")], .missing("t")),
            (["f": .file(""), "t": .file("")], .notADirectory("t")),
            (["f": .directory, "t": .directory], .notAFile("f")),
            (["f": .link("g"), "t": .directory], .isLink("f")), (["f": .file(""), "t": .link("g")], .isLink("t")),
        ]
        for (entries, failure) in cases {
            let stage = try Stage(files: ["f"], trees: ["t"])
            try stage.disk.makeDirectory("staging")
            try stage.write(entries, below: "staging")
            #expect(throws: failure) { try stage.collect("staging") }
        }
        let stage = try Stage(files: ["f"], trees: ["t"])
        try stage.write(["staging/f": .file(""), "staging/t": .directory])
        try stage.makeFIFO("staging/t/fifo")
        #expect(throws: Collected.Failure.unreadable("t", .notAFile("staging/t/fifo"))) { try stage.collect("staging") }
    }

    @Test("an output whose place leads to another file system is refused before anything runs")
    func otherFileSystem() throws {
        let cases: [(link: Path, Collected.Failure?)] = [
            ("out", .otherFileSystem("out/deep/f")), ("out/deep", .otherFileSystem("out/deep/f")),
            ("t", .otherFileSystem("t")), ("t/a", nil), ("other", nil),
        ]
        for (link, failure) in cases {
            let stage = try Stage(files: ["out/deep/f"], trees: ["t"])
            try stage.disk.makeDirectory(link.directory)
            // Wherever Linux runs this is another one.
            try stage.disk.makeLink(link, to: Array("/proc".utf8))
            if let failure {
                #expect(throws: failure, "\(link)") { try stage.checkPlaces() }
            } else {
                try stage.checkPlaces()
            }
        }
    }

    @Test("an output whose place is behind a link to nothing is refused before anything runs")
    func danglingLink() throws {
        let cases: [(link: Path, isRefused: Bool)] = [
            ("out", true), ("out/deep", true), ("out/deep/f", false), ("other", false),
        ]
        for (link, isRefused) in cases {
            let stage = try Stage(files: ["out/deep/f"])
            try stage.disk.makeDirectory(link.directory)
            try stage.disk.makeLink(link, to: Array("nowhere".utf8))
            if isRefused {
                let failure = Collected.Failure.leadsNowhere(link: link, target: Array("nowhere".utf8))
                #expect(throws: failure, "\(link)") { try stage.checkPlaces() }
            } else {
                try stage.checkPlaces()
            }
        }
    }

    @Test("no output runs with another's rights")
    func raisedRights() throws {
        let stage = try Stage(files: ["f"], trees: ["t"])
        try stage.write(["staging/f": .file("x"), "staging/t": .directory, "staging/t/g": .file("y")])
        for path in ["staging/f", "staging/t/g"] as [Path] { try stage.setMode(0o6755, of: path) }
        let collected = try stage.collect("staging")
        for path in ["staging/f", "staging/t/g"] as [Path] {
            let stamp = try #require(try stage.disk.stamp(path, followsLink: false))
            #expect(stamp.mode & 0o7777 == 0o755)
            #expect(!stamp.hasRaisedRights)
        }
        // What was collected is what lies there: nothing would be renamed whose stamp is another one.
        #expect(collected.outputs.first?.census.stamp == (try stage.disk.stamp("staging/f", followsLink: false)))
    }

    @Test("nothing is collected that was not declared, and an empty tree is one")
    func undeclared() throws {
        let stage = try Stage(files: ["f"], trees: ["t"])
        try stage.write(["staging/f": .file("x"), "staging/t": .directory, "staging/more": .file("y")])
        let collected = try stage.collect("staging")
        #expect(collected.outputs.map(\.path) == ["f", "t"])
        #expect(collected.traced.last?.members.isEmpty == true)
    }

    @Test("outputs that are equal to what is in place are not touched")
    func equal() throws {
        let stage = try Stage(files: ["f"], trees: ["t"])
        let outputs: Stage.Entries = ["f": .file("same"), "t/a/b": .script("same"), "t/link": .link("a")]
        let published = try stage.publishWell(outputs)
        #expect(try stage.publication(outputs, published: published).changes == [.makeDirectory("t")])
        // Foreign, and by chance what the action writes.
        #expect(try stage.publication(outputs).changes == [.makeDirectory("t")])
    }

    @Test("what lies in a tree beside something unreadable goes aside with it")
    func unreadable() throws {
        let stage = try Stage(files: ["f"], trees: ["t"])
        try stage.write(["t/a": .file("edited")])
        try stage.makeFIFO("t/fifo")
        try stage.makeFIFO("f")
        let outputs: Stage.Entries = ["f": .file("new"), "t/a": .file("new")]
        let set = try stage.publication(outputs)
        try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
        try stage.expectWhole(set, outputs, stage.database(), "unreadable")
        try stage.expectKept("edited", "unreadable")
        #expect(try stage.has(".dbuild/displaced/1/f"))
    }

    @Test("an edit of an output that was equal, between the look and the publishing, is not believed to be it")
    func editedMeanwhile() throws {
        for edited: Path in ["f", "t/a"] {
            let stage = try Stage(files: ["f"], trees: ["t"])
            let outputs: Stage.Entries = ["f": .file("same"), "t/a": .file("same")]
            let published = try stage.publishWell(outputs)
            let set = try stage.publication(outputs, published: published)
            try stage.write([edited: .file("emas")])
            #expect(throws: PublishedOtherwise(path: edited)) {
                try stage.publish(set, stage.database(), FaultyDisk(stage.disk))
            }
            let outcome = try Recovery.run(stage.database(), FaultyDisk(stage.disk))
            #expect(outcome.broken == ["f", "t"])
            try stage.expectKept("emas", "\(edited)")
            try stage.expectTrueCensus(stage.database(), "\(edited)")
        }
    }
}
