import Testing

@testable import Rules

/// What rules say of age and existence, as it goes over the wire.
@Suite struct PolicyTests {
    /// The policies of a rule with one action.
    private func policies(
        of recipe: Observing = Observing(one: "a.csv", typed: "b.csv", result: "out"),
        _ say: @escaping (Action<Observing>) -> Void
    ) throws -> [String] {
        try plan { build in say(build.action("train", recipe)) }.changes.compactMap { change in
            if case .policy(rule: 0, let text) = change { text } else { nil }
        }
    }

    private static let hour = 3_600_000_000_000

    @Test func settleSaysHowLongAndWhatIsObserved() throws {
        #expect(
            try policies { $0.policy(.settle(hours: 24)) } == ["settle \(24 * Self.hour) file times none false false"])
        #expect(
            try policies {
                $0.policy(
                    .settle(
                        hours: 1.5, of: \.typed, column: "observed_at", atLatestAfterDays: 7, firstBuild: .waits,
                        holds: .everything))
            } == ["settle \(Self.hour * 3 / 2) typed.observed_at \(168 * Self.hour) true true"])
    }

    @Test func aKeyPathNamesAnInputOfAnyShapeWhateverItHolds() throws {
        func property<W: Wiring>(_ path: WritableKeyPath<Observing, W>) throws -> [String] {
            try policies { $0.policy(.settle(hours: 0, of: path, column: "at")) }
        }
        #expect(try property(\.one) == ["settle 0 one.at none false false"])
        #expect(try property(\.typed) == ["settle 0 typed.at none false false"])
        #expect(try property(\.perhaps) == ["settle 0 perhaps.at none false false"])
        #expect(try property(\.list) == ["settle 0 list.at none false false"])
        // Of an empty dictionary nobody can tell; it holds nothing that could be observed.
        #expect(try property(\.byDay) == ["settle 0 .at none false false"])
    }

    @Test func theFirstCellThatHoldsSomethingNamesADictionary() throws {
        let plan = try plan { build in
            build.rule("train", Axis("n", 1 ... 3)) { n in
                Observing(one: "a.csv", typed: "b.csv", byDay: n == 2 ? ["2013-12-01": "c.csv"] : [:], result: "\(n)")
            }
            .policy(.settle(hours: 1, of: \.byDay, column: "at"))
        }
        #expect(plan.changes == [.policy(rule: 0, "settle \(Self.hour) byDay.at none false false")])
    }

    @Test func anInputOfARuleThatCannotBeListedYetIsObservedOnceItCan() throws {
        func changes(_ answers: [String: [String]]) throws -> [ReadPlan.Change] {
            try plan(answers: answers) { build in
                let names = build.table(Artifact("names.csv")).axis("name")
                build.rule("train", names) { Observing(one: "\($0).csv", typed: "b.csv", result: "out/\($0)") }
                    .policy(.settle(hours: 1, of: \.one, column: "at"))
            }.changes
        }
        #expect(try changes([:]) == [.policy(rule: 0, "settle \(Self.hour) .at none false false")])
        #expect(
            try changes(["names.csv": ["x"]]) == [.policy(rule: 0, "settle \(Self.hour) one.at none false false")])
    }

    @Test func aCommandIsObservedByTheTablesAmongItsInputs() throws {
        let plan = try plan { build in
            build.action("report", Command("python3", .input("a.py"), .input("b.csv"), .output("r.html")))
                .policy(.settle(hours: 1, column: "at"))
        }
        #expect(plan.changes == [.policy(rule: 0, "settle \(Self.hour) inputs.at none false false")])
        // The name is that under which the encoder says them.
        #expect(try plan.actions[0].recipe.field("inputs").references == [.file("a.py"), .file("b.csv")])
    }

    @Test func whatExistsIsKeptRebuiltOrRefreshed() throws {
        #expect(try policies { $0.policy(.keepExisting) } == ["keepExisting true"])
        #expect(try policies { $0.policy(.keepExisting(adopt: false)) } == ["keepExisting false"])
        #expect(try policies { $0.policy(.always) } == ["always"])
        #expect(try policies { $0.policy(.refresh(every: .days(7))) } == ["refresh \(168 * Self.hour)"])
        #expect(
            try policies { $0.policy(.refresh(.weekly(.monday), in: "America/New_York")) }
                == ["refresh 1 1 0 America/New_York"])
        #expect(try policies { $0.policy(.refresh(.daily(at: "06:30"))) } == ["refresh 0 0 390 UTC"])
        #expect(try policies { $0.policy(.refresh(.monthly(day: 31, at: "23:59"))) } == ["refresh 2 31 1439 UTC"])
    }

    @Test func whatElseARuleSays() throws {
        #expect(
            try policies {
                $0.policy(.atMost(every: .hours(6), holds: .everything), .keepEdited, .intermediate)
                    .onFailure(.useExisting(maxAge: .days(3))).store(.always)
            } == [
                "interval \(6 * Self.hour) true", "keepEdited", "intermediate", "useExisting \(72 * Self.hour)",
                "store true",
            ])
        #expect(try policies { $0.onFailure(.useExisting).store(.never) } == ["useExisting none", "store false"])
    }

    @Test func aTimeIsKeptInWholeNanosecondsOrRefused() {
        #expect(TimeSpan.hours(1.5).nanoseconds == 5_400_000_000_000)
        #expect(TimeSpan.minutes(30).nanoseconds == 1_800_000_000_000)
        #expect(TimeSpan.seconds(1e-9).nanoseconds == 1)
        #expect(TimeSpan.days(-1).nanoseconds == -86_400_000_000_000)
        #expect(TimeSpan.days(.nan).nanoseconds == nil)
        #expect(TimeSpan.hours(.infinity).nanoseconds == nil)
        #expect(TimeSpan.days(106_752).nanoseconds == nil)
    }
}
