import Calendar
import Planning
import Rules

/// A zone that is not in the time zone database, and where the rules name it.
struct UnknownZone: Error {
    let identifier: String
    let place: Rules.Place
}

extension WireReader {
    /// A rule's policy with what an amendment says of it.
    ///
    /// - Throws: `WireError`, `UnknownZone`.
    mutating func policy(_ amendment: Amendment, changing policy: Policy) throws -> Policy {
        var policy = policy
        switch amendment {
        case .settle: policy.settle = try settle()
        case .interval:
            policy.interval = Policy.Interval(nanoseconds: Int64(try number()), holdsEverything: try bool())
        case .existence: policy.existence = try existence()
        case .keepEdited: policy.keepsEdited = true
        case .intermediate: policy.isIntermediate = true
        case .useExisting: policy.useExisting = Policy.UseExisting(maxAgeNanoseconds: try optionalNanoseconds())
        case .store: policy.storing = try bool() ? .always : .never
        case .needs, .accepts, .limits, .retries, .pool, .batch, .tolerance: throw WireError.mismatch(wanted: "policy")
        }
        return policy
    }

    private mutating func settle() throws(WireError) -> Policy.Settle {
        let nanoseconds = Int64(try number())
        var observation: Policy.ObservedColumn?
        if try bool() {
            let property = Array(try text().utf8)
            observation = Policy.ObservedColumn(property: property, column: Array(try text().utf8))
        }
        let latestAfter = try optionalNanoseconds()
        let firstBuildWaits = try bool()
        return Policy.Settle(
            nanoseconds: nanoseconds, observation: observation, latestAfterNanoseconds: latestAfter,
            firstBuildWaits: firstBuildWaits, holdsEverything: try bool())
    }

    private mutating func existence() throws -> Policy.Existence {
        switch ExistenceKind(rawValue: try number()) {
        case .keepExisting?: return .keepExisting(adoptsForeign: try bool())
        case .always?: return .always
        case .refreshEvery?: return .refresh(.every(nanoseconds: Int64(try number())))
        case .refreshAt?:
            let recurrence = try recurrence()
            let zone = try text()
            let place = try place()
            guard Zone(zone) != nil else { throw UnknownZone(identifier: zone, place: place) }
            return .refresh(.calendar(recurrence, zone: zone))
        case nil: throw WireError.mismatch(wanted: "existence policy")
        }
    }

    private mutating func recurrence() throws(WireError) -> Recurrence {
        let kind = RecurrenceKind(rawValue: try number())
        let minute = try number()
        guard minute < 1440 else { throw .mismatch(wanted: "minute") }
        switch kind {
        case .daily?: return .daily(minuteOfDay: minute)
        case .weekly?:
            guard let day = Recurrence.Weekday(rawValue: try number()) else { throw .mismatch(wanted: "weekday") }
            return .weekly(day, minuteOfDay: minute)
        case .monthly?:
            let day = try number()
            guard (1 ... 31).contains(day) else { throw .mismatch(wanted: "day of a month") }
            return .monthly(day: day, minuteOfDay: minute)
        case nil: throw .mismatch(wanted: "recurrence")
        }
    }

    private mutating func optionalNanoseconds() throws(WireError) -> Int64? {
        try bool() ? Int64(try number()) : nil
    }
}
