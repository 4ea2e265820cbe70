import Artifact
import Testing

/// A change is never hidden, whatever the clocks say; and what they say rightly saves a reading.
@Suite struct ClockTests {
    private static let second: Int64 = 1_000_000_000

    private func reads(_ disk: any Disk, _ path: Path, known: Census) throws -> (Census?, files: Int) {
        var taker = CensusTaker(disk: disk)
        return (try taker.take(path, known: known), taker.filesHashed)
    }

    @Test("what was changed later than now is read each time, and an edit under the same time is seen")
    func clockSetBack() throws {
        let scratch = try Scratch()
        try scratch.write("aaaa", "f")
        try scratch.write("aaaa", "t/f")
        let frozen = try scratch.stamp("f").changedNanoseconds
        // All changes carry one time, an hour ahead of the clock.
        let disk = ShiftedDisk(scratch.disk, time: { _ in frozen }, clock: { $0 - 3600 * Self.second })
        for path: Path in ["f", "t", "t/f"] {
            var taker = CensusTaker(disk: disk)
            let known = try #require(try taker.take(path, known: nil))
            #expect(try reads(disk, path, known: known) == (known, 1), "\(path)")
            try scratch.write("bbbb", path == "t" ? "t/f" : path)
            #expect(try reads(disk, path, known: known).0?.content != known.content, "\(path)")
            try scratch.write("aaaa", path == "t" ? "t/f" : path)
        }
    }

    @Test("a name that comes into a directory under a time ahead of the clock is seen")
    func namesAhead() throws {
        let scratch = try Scratch()
        try scratch.disk.makeDirectory("t/sub")
        let frozen = try scratch.stamp("t").changedNanoseconds
        let disk = ShiftedDisk(scratch.disk, time: { _ in frozen }, clock: { $0 - 3600 * Self.second })
        for directory: Path in ["t", "t/sub"] {
            var taker = CensusTaker(disk: disk)
            let known = try #require(try taker.take("t", known: nil))
            try scratch.disk.makeLink(directory / "link", to: [0x61])
            #expect(try taker.take("t", known: known)?.content != known.content)
        }
    }

    @Test("a file system that counts whole seconds hides no edit in the same second")
    func wholeSeconds() throws {
        let scratch = try Scratch()
        try scratch.write("aaaa", "f")
        // Both edits fall into one second of the file system, and the clock is within it.
        let base = try scratch.stamp("f").changedNanoseconds
        let disk = ShiftedDisk(
            scratch.disk, time: { _ in 1000 * Self.second }, clock: { 1000 * Self.second + ($0 - base) })
        var taker = CensusTaker(disk: disk)
        let known = try #require(try taker.take("f", known: nil))
        try scratch.write("bbbb", "f")
        #expect(try reads(disk, "f", known: known).0?.content != known.content)
        // Two seconds later nothing can come under that time any more.
        let later = ShiftedDisk(scratch.disk, time: { _ in 1000 * Self.second }, clock: { _ in 1002 * Self.second })
        var lateTaker = CensusTaker(disk: later)
        let settled = try #require(try lateTaker.take("f", known: nil))
        #expect(try reads(later, "f", known: settled) == (settled, 0))
    }

    @Test("what is put there between the first look and the reading is not believed under its new time")
    func editBeforeReading() throws {
        let scratch = try Scratch()
        try scratch.write("aaaa", "f")
        let disk = CoarseClockDisk(scratch.disk)
        disk.sleep(nanoseconds: 1)
        disk.afterStamp { try? scratch.write("bbbb", "f") }
        var taker = CensusTaker(disk: disk)
        let known = try #require(try taker.take("f", known: nil))
        try scratch.write("cccc", "f")
        #expect(try taker.take("f", known: known)?.content != known.content)
    }

    @Test("times at the ends of what can be said stop nobody", arguments: [Int64.min, Int64.max, -1, 0])
    func extremes(time: Int64) throws {
        let scratch = try Scratch()
        try scratch.write("aaaa", "f")
        let disk = ShiftedDisk(scratch.disk, time: { _ in time })
        var taker = CensusTaker(disk: disk)
        let known = try #require(try taker.take("f", known: nil))
        let (again, files) = try reads(disk, "f", known: known)
        #expect(again?.content == known.content)
        #expect(files == (time == .max ? 1 : 0))
    }

    @Test("the same bytes written anew are told from a touch of the name alone")
    func rewritten() throws {
        let scratch = try Scratch()
        try scratch.write("aaaa", "f")
        try scratch.write("aaaa", "t/f")
        for path: Path in ["f", "t"] {
            let file = path == "t" ? "t/f" : path
            let known = try #require(try scratch.census(path))
            try scratch.disk.rename(file, to: "aside")
            try scratch.disk.rename("aside", to: file)
            let moved = try #require(try scratch.census(path, known: known))
            #expect(moved.content == known.content && !moved.isRewritten(since: known))
            try scratch.write("bbbb", file)
            try scratch.write("aaaa", file)
            let rewritten = try #require(try scratch.census(path, known: moved))
            #expect(rewritten.content == known.content && rewritten.isRewritten(since: known))
        }
    }
}
