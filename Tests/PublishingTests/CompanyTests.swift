import Artifact
import Hashing
import Testing

@testable import dbuild

/// Sets that are published together.
@Suite struct CompanyTests {
    /// So long that a test which waited for it would be ended before.
    private static let forever: UInt64 = 3_600_000_000_000

    private static func set(_ number: UInt64) -> Publication {
        Publication(
            identity: Digest(high: 1, low: number), rule: Array("make".utf8), .putBack([]), changes: [], run: 1)
    }

    @Test(
        "groups of sets that nobody waits for share their transactions: one, and one for each group",
        .timeLimit(.minutes(5)), arguments: [1, 2, 3])
    func shared(groupCount: Int) async throws {
        let stage = try Stage(files: ["x"])
        let database = try stage.database()
        let publisher = try Publisher(
            database: database, disk: stage.disk, company: 8, patienceNanoseconds: Self.forever)
        let before = database.callCounts.transactions
        let published = await withTaskGroup(of: Published.self) { group in
            for number in 0 ..< groupCount {
                for place in 0 ..< 8 {
                    group.addTask {
                        await publisher.publish(Self.set(UInt64(8 * number + place)), isAwaited: false)
                    }
                }
                // All of them are in place, and none is told of.
                while !publisher.isAnyPlaced || publisher.setCount < 8 * number { await Task.yield() }
            }
            publisher.hurry()
            return await group.reduce(into: []) { $0.append($1) }
        }
        for result in published { _ = try result.census.get() }
        #expect(published.count == 8 * groupCount)
        #expect(database.callCounts.transactions - before == 1 + groupCount)
        await publisher.close()
        #expect(publisher.setCount == 8 * groupCount)
    }

    @Test("what is in place waits for nothing any more when somebody could go on", .timeLimit(.minutes(5)))
    func followed() async throws {
        let stage = try Stage(files: ["x"])
        let publisher = try Publisher(
            database: try stage.database(), disk: stage.disk, company: 2, patienceNanoseconds: Self.forever)
        async let first = publisher.publish(Self.set(1), isAwaited: false)
        async let second = publisher.publish(Self.set(2), isAwaited: false)
        while !publisher.isAnyPlaced { await Task.yield() }
        _ = try await publisher.publish(Self.set(3), isAwaited: true).census.get()
        for published in await [first, second] { _ = try published.census.get() }
        await publisher.close()
        #expect(publisher.setCount == 3)
    }

    @Test("where no more than one may wait nothing does", .timeLimit(.minutes(5)))
    func alone() async throws {
        let stage = try Stage(files: ["x"])
        let publisher = try Publisher(
            database: try stage.database(), disk: stage.disk, company: 1, patienceNanoseconds: Self.forever)
        _ = try await publisher.publish(Self.set(1), isAwaited: false).census.get()
        await publisher.close()
        #expect(publisher.setCount == 1)
    }

    @Test(
        "nothing waits for company any more when somebody could go on", .timeLimit(.minutes(5)),
        arguments: [true, false])
    func hurried(isAwaited: Bool) async throws {
        let stage = try Stage(files: ["x"])
        let publisher = try Publisher(
            database: try stage.database(), disk: stage.disk, company: 8, patienceNanoseconds: Self.forever)
        async let published = publisher.publish(Self.set(1), isAwaited: isAwaited)
        if !isAwaited { publisher.hurry() }
        _ = try await published.census.get()
        await publisher.close()
        #expect(publisher.setCount == 1)
    }

    @Test("what still waits for company at the end is published", .timeLimit(.minutes(5)))
    func closed() async throws {
        let stage = try Stage(files: ["x"])
        let publisher = try Publisher(
            database: try stage.database(), disk: stage.disk, company: 8, patienceNanoseconds: Self.forever)
        async let published = publisher.publish(Self.set(1), isAwaited: false)
        while !publisher.isAnyWaiting { await Task.yield() }
        await publisher.close()
        _ = try await published.census.get()
        #expect(publisher.setCount == 1)
    }
}
