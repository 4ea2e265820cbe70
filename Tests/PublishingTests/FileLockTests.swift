import Foundation
import Testing

@testable import dbuild

/// Who has a workspace, and how long it is waited for.
@Suite struct FileLockTests {
    private func withFile(_ body: (String) throws -> Void) throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "lock-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: place) }
        try body(place)
    }

    @Test func whoFindsItHeldIsToldByWhomAndSinceWhen() throws {
        try withFile { place in
            let before = Clock.wallNanoseconds
            let first = try FileLock(place, .none) { _ in Issue.record("nobody has it") }
            defer { first.release() }
            do {
                _ = try FileLock(place, .none) { _ in Issue.record("it was not to be waited for") }
                Issue.record("two have it")
            } catch let FileLock.Failure.held(holder, waited) {
                let holder = try #require(holder)
                #expect(holder.process == ProcessInfo.processInfo.processIdentifier)
                #expect(holder.host == Machine.hostName)
                #expect(holder.sinceNanoseconds >= before)
                #expect(waited == 0)
            }
        }
    }

    @Test func waitingEndsWithItsTime() throws {
        try withFile { place in
            let first = try FileLock(place, .none) { _ in }
            defer { first.release() }
            var told = 0
            do {
                _ = try FileLock(place, .seconds(0.05)) { _ in told += 1 }
                Issue.record("two have it")
            } catch let FileLock.Failure.held(_, waited) {
                #expect(waited >= 0.05)
            }
            #expect(told == 1)
        }
    }

    @Test(arguments: [(0, 1), (3600, 0)])
    func aWaitIsToldOnceItIsMoreThanAMoment(quietSeconds: Double, told count: Int) throws {
        try withFile { place in
            let first = try FileLock(place, .none) { _ in }
            defer { first.release() }
            var told = 0
            #expect(throws: FileLock.Failure.self) {
                try FileLock(place, .seconds(0.05), quietSeconds: quietSeconds) { _ in told += 1 }
            }
            #expect(told == count)
        }
    }

    @Test func whatSomebodyHasWrittenIntoTheFileHoldsNobodyUp() throws {
        try withFile { place in
            for text in ["process 1\n", "", "1 2 elsewhere\n", "x y z w\n"] {
                try Data(text.utf8).write(to: URL(filePath: place))
                let lock = try FileLock(place, .none) { _ in Issue.record("nobody has it") }
                lock.release()
            }
            // Who has it and has not said so yet.
            let first = try FileLock(place, .none) { _ in }
            defer { first.release() }
            try Data("half".utf8).write(to: URL(filePath: place))
            do {
                _ = try FileLock(place, .none) { _ in }
                Issue.record("two have it")
            } catch let FileLock.Failure.held(holder, _) {
                #expect(holder == nil)
            }
        }
    }
}
