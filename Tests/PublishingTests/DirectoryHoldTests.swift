import Foundation
import Testing

@testable import dbuild

/// Who may remove a directory, and when.
@Suite struct DirectoryHoldTests {
    @Test func whatSomebodyUsesNobodyHasAlone() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "held-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: place) }
        let first = try #require(DirectoryHold(place, .shared))
        let second = try #require(DirectoryHold(place, .shared))
        #expect(DirectoryHold(place, .alone) == nil)
        first.release()
        #expect(DirectoryHold(place, .alone) == nil)
        second.release()
        let alone = try #require(DirectoryHold(place, .alone))
        try FileManager.default.removeItem(atPath: place)
        alone.release()
        #expect(DirectoryHold(place, .shared) == nil)
    }
}
