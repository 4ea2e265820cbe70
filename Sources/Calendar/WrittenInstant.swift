/// An instant as people and programs write it: ISO 8601 with an offset.
///
/// `2013-12-01T06:00:00-05:00`, `2013-12-01 11:00:00.25Z`, `2013-12-01T20:00+0900`: a `T` or a blank between day and
/// time, seconds and their fraction may be left out, and digits beyond the nanosecond are cut off.
///
/// - Source: RFC 3339, and ISO 8601 for the shorter offsets `+0900` and `+09`.
package enum WrittenInstant: Hashable, Sendable {
    /// Since 1970-01-01T00:00:00Z.
    case nanoseconds(Int64)
    /// A day, perhaps with a time of day, in nobody knows which zone: no instant.
    case withoutOffset

    /// - Returns: nil for any other text, and for an instant that 64 bits of nanoseconds do not reach.
    package init?(_ text: ArraySlice<UInt8>) {
        var reader = Digits(rest: text)
        guard let day = reader.day() else { return nil }
        if reader.isAtEnd {
            self = .withoutOffset
            return
        }
        guard reader.skip("T") || reader.skip("t") || reader.skip(" "),
            let hour = reader.number(of: 2), hour < 24, reader.skip(":"),
            let minute = reader.number(of: 2), minute < 60
        else { return nil }
        var second = 0
        var nanosecond = 0
        if reader.skip(":") {
            guard let seconds = reader.number(of: 2), seconds < 60 else { return nil }
            second = seconds
            if reader.skip(".") {
                guard let fraction = reader.fraction() else { return nil }
                nanosecond = fraction
            }
        }
        if reader.isAtEnd {
            self = .withoutOffset
            return
        }
        guard let offsetMinutes = reader.offset(), reader.isAtEnd else { return nil }
        let seconds =
            (Int128(day.daysSinceEpoch) * 1440 + Int128(hour * 60 + minute - offsetMinutes)) * 60 + Int128(second)
        guard let total = Int64(exactly: seconds * 1_000_000_000 + Int128(nanosecond)) else { return nil }
        self = .nanoseconds(total)
    }

    package init?(_ text: String) { self.init(Array(text.utf8)[...]) }
}

/// Reads pieces of a text from front to back.
private struct Digits {
    var rest: ArraySlice<UInt8>

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func digit() -> Int? {
        guard let first = rest.first, (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains(first) else { return nil }
        rest.removeFirst()
        return Int(first) - 48
    }

    /// Of exactly so many digits.
    mutating func number(of count: Int) -> Int? {
        var value = 0
        for _ in 0 ..< count {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    mutating func day() -> Day? {
        guard let year = number(of: 4), skip("-"), let month = number(of: 2), skip("-"), let day = number(of: 2)
        else { return nil }
        return Day(year: year, month: month, day: day)
    }

    /// The digits behind a decimal point, as nanoseconds.
    mutating func fraction() -> Int? {
        guard let first = digit() else { return nil }
        var unit = 100_000_000
        var value = first * unit
        while let digit = digit() {
            unit /= 10
            value += digit * unit
        }
        return value
    }

    /// Minutes east of UTC.
    mutating func offset() -> Int? {
        // Some programs put a blank before it.
        _ = skip(" ")
        if skip("Z") || skip("z") { return 0 }
        let isEast = skip("+")
        guard isEast || skip("-"), let hours = number(of: 2), hours < 24 else { return nil }
        var minutes = 0
        if !isAtEnd {
            _ = skip(":")
            guard let more = number(of: 2), more < 60 else { return nil }
            minutes = more
        }
        return (isEast ? 1 : -1) * (hours * 60 + minutes)
    }
}
