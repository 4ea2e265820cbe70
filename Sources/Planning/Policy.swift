package import Calendar

/// What a rule says of the age and the existence of what it makes.
///
/// - Source: `docs/design.md`, section 7, whose table names a line for each of these.
package struct Policy: Hashable, Sendable {
    package var existence: Existence?
    package var settle: Settle?
    /// `.atMost(every:)`.
    package var interval: Interval?
    package var keepsEdited = false
    /// What readers are given where the action fails: what an earlier run has built.
    package var useExisting: UseExisting?
    /// Its outputs may be away while they are current.
    package var isIntermediate = false
    package var storing = Storing.upToLimit

    package init() {}

    /// At most one of them per rule.
    package enum Existence: Hashable, Sendable {
        /// `retrain_if_exists: false`; foreign files count unless `adoptsForeign` is false (`allow_reload: false`).
        case keepExisting(adoptsForeign: Bool)
        /// `retrain_if_exists: true`.
        case always
        case refresh(Refresh)
    }

    package enum Refresh: Hashable, Sendable {
        case every(nanoseconds: Int64)
        /// At calendar times in a zone of the time zone database, as `America/New_York`.
        case calendar(Recurrence, zone: String)
    }

    package struct Settle: Hashable, Sendable {
        /// The newest observation must be at least this old; 0 is off.
        package var nanoseconds: Int64
        /// Nil: the file times of the inputs.
        package var observation: ObservedColumn?
        package var latestAfterNanoseconds: Int64?
        package var firstBuildWaits: Bool
        package var holdsEverything: Bool

        package init(
            nanoseconds: Int64, observation: ObservedColumn? = nil, latestAfterNanoseconds: Int64? = nil,
            firstBuildWaits: Bool = false, holdsEverything: Bool = false
        ) {
            self.nanoseconds = nanoseconds
            self.observation = observation
            self.latestAfterNanoseconds = latestAfterNanoseconds
            self.firstBuildWaits = firstBuildWaits
            self.holdsEverything = holdsEverything
        }
    }

    /// The column of an input whose maximum, an instant, is the newest observation.
    package struct ObservedColumn: Hashable, Sendable {
        package var property: [UInt8]
        package var column: [UInt8]

        package init(property: [UInt8], column: [UInt8]) {
            self.property = property
            self.column = column
        }
    }

    package struct Interval: Hashable, Sendable {
        package var nanoseconds: Int64
        package var holdsEverything: Bool

        package init(nanoseconds: Int64, holdsEverything: Bool = false) {
            self.nanoseconds = nanoseconds
            self.holdsEverything = holdsEverything
        }
    }

    package struct UseExisting: Hashable, Sendable {
        /// Since it was built; nil: however old.
        package var maxAgeNanoseconds: Int64?

        package init(maxAgeNanoseconds: Int64?) { self.maxAgeNanoseconds = maxAgeNanoseconds }
    }

    /// Whether copies of its outputs go into the store.
    package enum Storing: UInt8, Hashable, Sendable {
        /// Those up to the stated size, and larger ones where the file system shares blocks.
        case upToLimit
        case always
        case never
    }
}
