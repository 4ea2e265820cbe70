package import Hashing

/// Finds what makes an action's outputs differ from build to build, by varying one factor at a time.
///
/// First everything is held, twice: what differs then comes by chance. Then each factor varies while the others are
/// held. Whoever runs the builds asks for the next variation and tells what came of it, until there is none.
package struct CauseSearch: Sendable {
    package enum Cause: Hashable, Sendable {
        /// The outputs differ with each of these alone.
        case factors([Factor])
        /// They differ although everything is held that can be: chance within the action itself.
        case chance
        /// Every build gives the same, but not what is recorded: something undeclared was otherwise then.
        case recordedOtherwise
        /// No factor alone makes them differ, and they are as recorded: what else ran, several factors together, or
        /// chance that seldom strikes.
        case notFoundAgain
        /// It could not be built at all.
        case notBuilt
        /// It could be built, and not with everything held: its clock does not stand at an instant that suits it.
        case notHeld
    }

    /// What a build gave: a digest of its outputs; nil: it failed.
    package typealias Result = Digest?

    private let recorded: Digest
    private let hasBuilt: Bool
    private var open: [(factor: Factor, setting: Variation.Setting)]
    private var held: [Result] = []
    private var culprits: [Factor] = []

    /// - Parameters:
    ///   - recorded: of the outputs as the trace has them.
    ///   - factors: those that can be varied for this action.
    ///   - hasBuilt: whether it could be built while everything varied.
    package init(recorded: Digest, factors: Set<Factor>, hasBuilt: Bool) {
        self.recorded = recorded
        self.hasBuilt = hasBuilt
        open = Factor.allCases.filter { factors.contains($0) }
            .flatMap { [(factor: $0, setting: .varied), (factor: $0, setting: .variedAgain)] }
    }

    /// That of the next build; nil: `cause` is known.
    package var next: Variation? {
        if held.count < 2 { return held == [nil] ? nil : .held }
        guard isSteady else { return nil }
        return open.first.map { .held.with($0.factor, $0.setting) }
    }

    /// What came of a build with the variation that `next` said.
    package mutating func take(_ result: Result) {
        guard held.count >= 2 else { return held.append(result) }
        guard !open.isEmpty else { return }
        let factor = open.removeFirst().factor
        guard result != held[0] else { return }
        culprits.append(factor)
        // Once is enough.
        open.removeAll { $0.factor == factor }
    }

    private var isSteady: Bool { held.count == 2 && held[0] == held[1] && held[0] != nil }

    /// Nil while there is a `next`.
    package var cause: Cause? {
        if next != nil { return nil }
        if held == [nil] { return hasBuilt ? .notHeld : .notBuilt }
        guard isSteady else { return .chance }
        if !culprits.isEmpty { return .factors(culprits) }
        return held[0] == recorded ? .notFoundAgain : .recordedOtherwise
    }
}
