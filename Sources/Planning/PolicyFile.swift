package import Artifact
private import Calendar

// How policies lie in a plan's file.

extension Policy: Packable {
    package func pack(into packer: inout Packer) {
        packer.optional(existence)
        packer.optional(settle)
        packer.optional(interval)
        packer.bool(keepsEdited)
        packer.optional(useExisting)
        packer.bool(isIntermediate)
        packer.byte(storing.rawValue)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        self.init()
        existence = try unpacker.optional()
        settle = try unpacker.optional()
        interval = try unpacker.optional()
        keepsEdited = try unpacker.bool()
        useExisting = try unpacker.optional()
        isIntermediate = try unpacker.bool()
        guard let storing = Storing(rawValue: try unpacker.byte()) else { throw .malformed }
        self.storing = storing
    }
}

extension Policy.Existence: Packable {
    package func pack(into packer: inout Packer) {
        switch self {
        case .keepExisting(let adoptsForeign):
            packer.byte(0)
            packer.bool(adoptsForeign)
        case .always: packer.byte(1)
        case .refresh(.every(let nanoseconds)):
            packer.byte(2)
            packer.nanoseconds(nanoseconds)
        case .refresh(.calendar(let recurrence, let zone)):
            packer.byte(3)
            packer.recurrence(recurrence)
            packer.string(zone)
        }
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        switch try unpacker.byte() {
        case 0: self = .keepExisting(adoptsForeign: try unpacker.bool())
        case 1: self = .always
        case 2: self = .refresh(.every(nanoseconds: try unpacker.nanoseconds()))
        case 3:
            let recurrence = try unpacker.recurrence()
            self = .refresh(.calendar(recurrence, zone: try unpacker.text()))
        default: throw .malformed
        }
    }
}

extension Policy.Settle: Packable {
    package func pack(into packer: inout Packer) {
        packer.nanoseconds(nanoseconds)
        packer.optional(observation)
        packer.optional(latestAfterNanoseconds)
        packer.bool(firstBuildWaits)
        packer.bool(holdsEverything)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        nanoseconds = try unpacker.nanoseconds()
        observation = try unpacker.optional()
        latestAfterNanoseconds = try unpacker.optionalNanoseconds()
        firstBuildWaits = try unpacker.bool()
        holdsEverything = try unpacker.bool()
    }
}

extension Policy.ObservedColumn: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(property)
        packer.string(column)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        property = try unpacker.string()
        column = try unpacker.string()
    }
}

extension Policy.Interval: Packable {
    package func pack(into packer: inout Packer) {
        packer.nanoseconds(nanoseconds)
        packer.bool(holdsEverything)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        nanoseconds = try unpacker.nanoseconds()
        holdsEverything = try unpacker.bool()
    }
}

extension Policy.UseExisting: Packable {
    package func pack(into packer: inout Packer) { packer.optional(maxAgeNanoseconds) }
    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        maxAgeNanoseconds = try unpacker.optionalNanoseconds()
    }
}

extension Packer {
    fileprivate mutating func optional(_ value: (some Packable)?) {
        bool(value != nil)
        value?.pack(into: &self)
    }

    fileprivate mutating func optional(_ nanoseconds: Int64?) {
        bool(nanoseconds != nil)
        if let nanoseconds { self.nanoseconds(nanoseconds) }
    }

    fileprivate mutating func nanoseconds(_ value: Int64) { fixed(UInt64(bitPattern: value)) }

    fileprivate mutating func recurrence(_ recurrence: Recurrence) {
        switch recurrence {
        case .daily(let minute):
            byte(0)
            number(minute)
        case .weekly(let day, let minute):
            byte(1)
            number(minute)
            number(day.rawValue)
        case .monthly(let day, let minute):
            byte(2)
            number(minute)
            number(day)
        }
    }
}

extension Unpacker {
    fileprivate mutating func optional<Value: Packable>() throws(UnpackError) -> Value? {
        try bool() ? try Value(from: &self) : nil
    }

    fileprivate mutating func optionalNanoseconds() throws(UnpackError) -> Int64? {
        try bool() ? try nanoseconds() : nil
    }

    /// A length of time, which never is negative.
    fileprivate mutating func nanoseconds() throws(UnpackError) -> Int64 {
        guard let value = Int64(exactly: try fixed()) else { throw .malformed }
        return value
    }

    fileprivate mutating func recurrence() throws(UnpackError) -> Recurrence {
        let kind = try byte()
        let minute = try number(below: 1440)
        switch kind {
        case 0: return .daily(minuteOfDay: minute)
        case 1:
            guard let day = Recurrence.Weekday(rawValue: try number(below: 8)) else { throw .malformed }
            return .weekly(day, minuteOfDay: minute)
        case 2:
            let day = try number(below: 32)
            guard day > 0 else { throw .malformed }
            return .monthly(day: day, minuteOfDay: minute)
        default: throw .malformed
        }
    }

    private mutating func number(below limit: UInt64) throws(UnpackError) -> Int {
        let value = try number()
        guard value < limit else { throw .malformed }
        return Int(value)
    }
}
