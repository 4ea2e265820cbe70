import Hashing
import Planning
import Testing

/// What makes outputs differ is found by builds that each know what they depend on.
@Suite struct CauseSearchTests {
    /// Runs a search over an action whose outputs are a function of the variation and of how often it was built.
    private static func cause(
        recorded: UInt64 = 0, hasBuilt: Bool = false, _ factors: Set<Factor> = Set(Factor.allCases),
        _ output: (Variation, _ build: UInt64) -> UInt64?
    ) -> (cause: CauseSearch.Cause?, builds: UInt64) {
        func digest(_ value: UInt64) -> Digest { Digest(high: 0, low: value) }
        var search = CauseSearch(recorded: digest(recorded), factors: factors, hasBuilt: hasBuilt)
        var builds: UInt64 = 0
        while let variation = search.next, builds < 100 {
            #expect(search.cause == nil)
            search.take(output(variation, builds).map(digest))
            builds += 1
        }
        return (search.cause, builds)
    }

    private static func number(_ setting: Variation.Setting) -> UInt64 {
        switch setting {
        case .own: 1
        case .held: 2
        case .varied: 3
        case .variedAgain: 4
        }
    }

    @Test(arguments: Factor.allCases) func aFactorThatMattersIsNamed(factor: Factor) {
        let found = Self.cause { variation, _ in Self.number(variation[factor]) }
        #expect(found.cause == .factors([factor]))
        // Twice with everything held, twice with each other factor, once with this one.
        #expect(found.builds == 2 + UInt64(2 * (Factor.allCases.count - 1)) + 1)
    }

    @Test func severalFactorsAreNamedInTheirOrder() {
        let found = Self.cause { variation, _ in
            Self.number(variation[.directoryOrder]) * 10 + Self.number(variation[.clock])
        }
        #expect(found.cause == .factors([.clock, .directoryOrder]))
    }

    @Test func aSettingThatIsSeenOnlyTheSecondTimeIsEnough() {
        let found = Self.cause { variation, _ in variation[.cores] == .variedAgain ? 9 : 0 }
        #expect(found.cause == .factors([.cores]))
    }

    @Test func whatDiffersAlthoughEverythingIsHeldIsChance() {
        #expect(Self.cause { _, build in build } == (.chance, 2))
    }

    @Test func whatIsSteadyAndNotAsRecordedWasMadeFromSomethingElse() {
        #expect(Self.cause(recorded: 7) { _, _ in 8 }.cause == .recordedOtherwise)
    }

    @Test func whatIsSteadyAndAsRecordedIsNotFoundAgain() {
        #expect(Self.cause(recorded: 8) { _, _ in 8 }.cause == .notFoundAgain)
    }

    @Test func whatCannotBeBuiltWithEverythingHeldIsSaidAtOnce() {
        #expect(Self.cause { _, _ in nil } == (.notBuilt, 1))
        #expect(Self.cause(hasBuilt: true) { _, _ in nil } == (.notHeld, 1))
    }

    @Test func whatFailsWithOneFactorOnlyIsNamedByIt() {
        let found = Self.cause { variation, _ in variation[.locale] == .varied ? nil : 0 }
        #expect(found.cause == .factors([.locale]))
    }

    @Test func whatCannotBeVariedHereIsNotTried() {
        let found = Self.cause([.timeZone]) { variation, _ in Self.number(variation[.clock]) }
        #expect(found == (.recordedOtherwise, 4))
    }

    @Test func variationsOfBuildsDifferInEveryFactor() {
        for factor in Factor.allCases {
            let settings = [Variation.none, .held, .varied(1), .varied(2)].map { $0[factor] }
            #expect(Set(settings).count == 4)
        }
    }
}
