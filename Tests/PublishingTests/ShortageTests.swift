import Artifact
import Testing

@testable import dbuild

/// When a failure is the disk's and not the action's.
@Suite struct ShortageTests {
    private static let megabyte: UInt64 = 1 << 20
    private static let words = ["cp: error writing 'x': No space left on device"]

    private func isShortage(_ room: Room, _ lines: [String]) throws -> Bool {
        let stage = try Stage(files: ["x"])
        let disk = FaultyDisk(stage.disk, room: room)
        return Shortage(action: "a", what: "exit 1", logLines: lines, staging: Path("."), disk) != nil
    }

    @Test func `words alone stop no run`() throws {
        #expect(try !isShortage(Room(bytes: 10_000 * Self.megabyte, files: 1_000_000), Self.words))
        #expect(try !isShortage(Room(bytes: 64 * Self.megabyte, files: nil), Self.words))
    }

    @Test func `where there is little room words are believed`() throws {
        #expect(try isShortage(Room(bytes: 60 * Self.megabyte, files: nil), Self.words))
        #expect(try isShortage(Room(bytes: 10_000 * Self.megabyte, files: 1000), Self.words))
        #expect(try !isShortage(Room(bytes: 60 * Self.megabyte, files: nil), ["no such thing"]))
    }

    @Test func `where there is none nothing need be said`() throws {
        #expect(try isShortage(Room(bytes: 3 * Self.megabyte, files: nil), []))
    }
}
