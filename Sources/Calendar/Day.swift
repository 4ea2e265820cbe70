/// A calendar day without clock or time zone, proleptic Gregorian; spelled `2013-12-31`.
public struct Day: Hashable, Comparable, BitwiseCopyable, Sendable {
    /// Days since 1970-01-01.
    public let daysSinceEpoch: Int32

    public init(daysSinceEpoch: Int32) { self.daysSinceEpoch = daysSinceEpoch }

    /// - Returns: nil for a day that the calendar does not have, as 30 February, or that `daysSinceEpoch` cannot hold.
    /// - Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
    public init?(year: Int, month: Int, day: Int) {
        guard (-6_000_000 ... 6_000_000).contains(year), (1 ... 12).contains(month), day >= 1,
            day <= Day.count(inMonth: month, year: year)
        else { return nil }
        // Years begin in March here, so that the leap day is the last; an era is 400 years.
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        guard let days = Int32(exactly: era * 146_097 + dayOfEra - 719_468) else { return nil }
        self.init(daysSinceEpoch: days)
    }

    public var calendar: (year: Int, month: Int, day: Int) {
        let days = Int(daysSinceEpoch) + 719_468
        let era = (days >= 0 ? days : days - 146_096) / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// 0 for Monday to 6 for Sunday.
    public var weekday: Int {
        let shifted = (Int(daysSinceEpoch) + 3) % 7
        return shifted < 0 ? shifted + 7 : shifted
    }

    private static func count(inMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}

extension Day {
    public static func < (left: Day, right: Day) -> Bool { left.daysSinceEpoch < right.daysSinceEpoch }

    /// Arithmetic stays at the first or last day that there is instead of overflowing.
    public static func + (day: Day, days: Int) -> Day {
        let sum = Int(day.daysSinceEpoch).addingReportingOverflow(days)
        return Day(daysSinceEpoch: Int32(clamping: sum.overflow ? (days < 0 ? .min : .max) : sum.partialValue))
    }

    public static func - (day: Day, days: Int) -> Day { days == .min ? day + .max : day + -days }

    /// The `count` days before this one, oldest first; none where `count` is not positive.
    public func previous(_ count: Int) -> [Day] { (0 ..< max(0, count)).reversed().map { self - $0 - 1 } }

    /// The `count` days after this one, in order; none where `count` is not positive.
    public func following(_ count: Int) -> [Day] { (0 ..< max(0, count)).map { self + $0 + 1 } }
}

extension Day: Strideable {
    public func distance(to other: Day) -> Int { Int(other.daysSinceEpoch) - Int(daysSinceEpoch) }
    public func advanced(by days: Int) -> Day { self + days }
}

extension Day: LosslessStringConvertible {
    /// `2013-12-31`: years of four digits only, since every other spelling is a mistake in a path or a setting.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 4, parts[1].utf8.count == 2, parts[2].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (48 ... 57).contains($0) } }),
            let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2])
        else { return nil }
        self.init(year: year, month: month, day: day)
    }

    public var description: String {
        let (year, month, day) = calendar
        guard (0 ... 9999).contains(year) else { return "\(year)-\(twoDigits(month))-\(twoDigits(day))" }
        // Days name millions of artifacts: ten bytes, which a string holds without memory of its own.
        return unsafe String(unsafeUninitializedCapacity: 10) { text in
            func put(_ value: Int, at index: Int) {
                unsafe text[index] = UInt8(48 + value / 10)
                unsafe text[index + 1] = UInt8(48 + value % 10)
            }
            put(year / 100, at: 0)
            put(year % 100, at: 2)
            unsafe text[4] = UInt8(ascii: "-")
            put(month, at: 5)
            unsafe text[7] = UInt8(ascii: "-")
            put(day, at: 8)
            return 10
        }
    }
}

private func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

extension Day: ExpressibleByStringLiteral {
    /// A literal that is no day ends the program with words that name it.
    public init(stringLiteral text: String) {
        guard let day = Day(text) else { fatalError("not a day: \(text)") }
        self = day
    }
}

extension Day: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let day = Day(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a day: \(text)")
        }
        self = day
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
