import Testing

@testable import Rules

/// Policies that cannot be: each ends the plan naming rule, policy and place, and nothing traps.
@Suite struct PolicyMistakeTests {
    private func expect(_ result: ExitTest.Result?, _ message: String) {
        #expect(failure(in: result?.standardOutputContent ?? []) == "rule `train`, policy " + message)
    }

    @Test func aWaitIsANumberAndNotNegative() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.settle(hours: -3)) }
            }, "`settle`: -3.0 hours is no time to wait: it must be a number, and not negative 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.settle(hours: .nan, of: \.typed, column: "at")) }
            }, "`settle`: nan hours is no time to wait: it must be a number, and not negative 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.settle(hours: 1, atLatestAfterDays: -1)) }
            }, "`settle`: -1.0 days is no time to wait: it must be a number, and not negative 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).onFailure(.useExisting(maxAge: .days(1e9))) }
            }, "`onFailure`: 1000000000.0 days is no time to wait: it must be a number, and not negative 1")
    }

    @Test func anIntervalIsMoreThanNothing() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.refresh(every: .days(0))) }
            }, "`refresh`: 0.0 days is no interval: it must be more than nothing 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.atMost(every: .minutes(0))) }
            }, "`atMost`: 0.0 minutes is no interval: it must be more than nothing 1")
    }

    @Test func aCalendarHasItsDaysAndTimes() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.refresh(.monthly(day: 32))) }
            }, "`refresh`: no month has a day 32 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.refresh(.daily(at: "24:60"))) }
            }, "`refresh`: `24:60` is no time of day, as `06:00` 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.refresh(.weekly(.sunday, at: "6:00"))) }
            }, "`refresh`: `6:00` is no time of day, as `06:00` 1")
    }

    @Test func whatIsObservedIsAnInputAndAColumnHasAName() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.settle(hours: 1, of: \.result, column: "at")) }
            }, "`settle`: what is observed is not an @Input of recipe `Observing` 1")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.settle(hours: 1, of: \.one, column: "")) }
            }, "`settle`: the column of the observations has no name 1")
    }

    @Test func twoPoliciesOfWhatExistsContradictEachOther() async {
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.keepExisting).policy(.refresh(every: .days(7))) }
            },
            "`refresh`: `keepExisting` is said too; at most one of keepExisting, always and refresh holds 2")
        expect(
            await #expect(processExitsWith: .exitCode(2), observing: [\.standardOutputContent]) {
                try planAndStop { build in train(build).policy(.settle(hours: 1), .settle(hours: 2)) }
            }, "`settle`: it is said twice 2")
    }
}

private func train(_ build: Build) -> Action<Observing> {
    build.action("train", Observing(one: "a.csv", typed: "b.csv", result: "out"))
}
