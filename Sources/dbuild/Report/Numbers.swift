import Settled

// Numbers as people read them.

/// `12,345`
func grouped(_ number: Int) -> String {
    let digits = Array(String(number.magnitude))
    var text = ""
    for (index, digit) in digits.enumerated() {
        if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
        text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
}

/// `2.1`, of numbers that are not too large for it.
func oneDecimal(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e15 else { return "?" }
    let tenths = Int((value * 10).rounded())
    return "\(tenths < 0 ? "-" : "")\(grouped(abs(tenths) / 10)).\(abs(tenths) % 10)"
}

/// `0.04 s`, `3.1 s`, `1 min 12 s`, `2 h 5 min`.
func duration(_ seconds: Double) -> String { spoken(seconds: seconds) }

/// As `byteCount`, and what is less than a KiB in bytes.
func exactByteCount(_ bytes: UInt64) -> String {
    bytes < 1 << 10 ? counted(Int(bytes), "byte") : byteCount(bytes)
}

/// `84 MiB`: in powers of 1024, as sizes are said in rules and options.
///
/// What was said is told: whole tenths of a gibibyte, as 1.5 GiB, and above ten of them nothing finer.
func byteCount(_ bytes: UInt64) -> String {
    if bytes < 1 << 20 { return "\(grouped(Int(bytes >> 10))) KiB" }
    let gibibyte = 0x1p30
    let tenths = (Double(bytes) / gibibyte * 10).rounded()
    let isWhole = tenths >= 10 && UInt64(exactly: (tenths / 10 * gibibyte).rounded()) == bytes
    if bytes < 10 << 30, !isWhole { return "\(grouped(Int(bytes >> 20))) MiB" }
    let text = oneDecimal(tenths / 10)
    return "\(text.hasSuffix(".0") ? String(text.dropLast(2)) : text) GiB"
}
