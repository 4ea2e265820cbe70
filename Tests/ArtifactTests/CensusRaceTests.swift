import Artifact
import Testing

struct CensusRaceTests {
    @Test("of 200 edits right behind a census each is seen")
    func realClock() throws {
        let scratch = try Scratch()
        for round in 0 ..< 200 {
            let path = Path("f\(round % 7)")
            try scratch.write("a\(round)", path)
            let known = try #require(try scratch.census(path))
            try scratch.write("b\(round)", path)
            #expect(try scratch.census(path, known: known)?.content != known.content, "round \(round)")
        }
    }

    @Test("an edit in the tick of a file's census is seen, on a clock that stands still")
    func file() throws {
        let scratch = try Scratch()
        let disk = CoarseClockDisk(scratch.disk)
        try scratch.write("aaaa", "f")
        var taker = CensusTaker(disk: disk)
        disk.afterReading { try? scratch.write("bbbb", "f") }
        let known = try #require(try taker.take("f", known: nil))
        try scratch.write("cccc", "f")
        #expect(try taker.take("f", known: known)?.content != known.content)
    }

    @Test("a name that comes or goes in the tick of a tree's census is seen", arguments: ["t", "t/sub"] as [Path])
    func names(directory: Path) throws {
        for adds in [true, false] {
            let scratch = try Scratch()
            let disk = CoarseClockDisk(scratch.disk)
            try scratch.write("old", directory / "old")
            try scratch.disk.makeDirectory("t/sub")
            try scratch.disk.makeLink(directory / "link", to: [0x61])
            var taker = CensusTaker(disk: disk)
            // All is read once, so that no file makes the second census wait.
            let first = try #require(try taker.take("t", known: nil))
            try scratch.disk.makeLink(directory / "link2", to: [0x61])
            let known = try #require(try taker.take("t", known: first))
            if adds {
                try scratch.disk.makeLink(directory / "link3", to: [0x61])
            } else {
                try scratch.disk.remove(directory / "link")
            }
            #expect(try taker.take("t", known: known)?.content != known.content, "adds: \(adds)")
        }
    }

    @Test("a file that changes at each reading is given up")
    func restless() throws {
        let scratch = try Scratch()
        try scratch.write("0", "f")
        let disk = RestlessDisk(scratch)
        var taker = CensusTaker(disk: disk, waitsForTick: false)
        #expect(throws: CensusError.keepsChanging("f")) { try taker.take("f", known: nil) }
    }
}

/// A disk on which somebody writes to a file whenever it is read.
private final class RestlessDisk: ForwardingDisk {
    private let scratch: Scratch
    var disk: WorkspaceDisk { scratch.disk }
    init(_ scratch: Scratch) { self.scratch = scratch }

    func fingerprint(_ path: Path) throws(DiskError) -> (fingerprint: Fingerprint, before: Stamp, after: Stamp) {
        let seen = try disk.fingerprint(path)
        try disk.write(Array("\(seen.fingerprint.digest)\(seen.fingerprint.sizeBytes)".utf8), to: path)
        guard let after = try disk.stamp(path, followsLink: true) else {
            throw DiskError(call: "stat", path: path, errno: 2)
        }
        var moved = after
        moved.changedNanoseconds += 1
        return (seen.fingerprint, seen.before, moved)
    }
}
