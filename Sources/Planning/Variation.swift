/// What must not matter to an action: `verify` varies it.
package enum Factor: String, CaseIterable, Sendable, Hashable {
    case clock, timeZone, locale, cores, workingDirectory, hashSeeds, randomNumbers, directoryOrder
}

/// How the machine shows itself to an action's processes.
package struct Variation: Hashable, Sendable {
    package enum Setting: Hashable, Sendable {
        /// As the machine has it.
        case own
        /// The same in every build.
        case held
        /// Otherwise than it is, and otherwise than it is held.
        case varied
        /// Otherwise again.
        case variedAgain
    }

    private var settings: [Factor: Setting] = [:]

    package subscript(factor: Factor) -> Setting {
        get { settings[factor] ?? .own }
        set { settings[factor] = newValue == .own ? nil : newValue }
    }

    /// As in every build.
    package static let none = Variation()
    /// Nothing varies from one build to the next.
    package static let held = Variation(all: .held)

    private init() {}

    private init(all setting: Setting) {
        for factor in Factor.allCases { self[factor] = setting }
    }

    /// That of a verification's build, from 1 on: each is another one than the one before it.
    package static func varied(_ number: Int) -> Variation {
        Variation(all: number.isMultiple(of: 2) ? .variedAgain : .varied)
    }

    package func with(_ factor: Factor, _ setting: Setting) -> Variation {
        var variation = self
        variation[factor] = setting
        return variation
    }
}
