/// Where an artifact lies, relative to the workspace: bytes, since two different names can be equal Strings.
package struct Path: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }
    package init(_ bytes: ArraySlice<UInt8>) { self.bytes = Array(bytes) }
    package init(_ text: String) { bytes = Array(text.utf8) }

    /// The bytes before the last slash; empty for a name in the workspace itself.
    package var directory: Path { Path(slash.map { bytes[..<$0] } ?? []) }
    /// The bytes behind the last slash.
    package var leaf: ArraySlice<UInt8> { slash.map { bytes[($0 + 1)...] } ?? bytes[...] }
    private var slash: Int? { bytes.lastIndex(of: UInt8(ascii: "/")) }

    package static func / (directory: Path, name: Path) -> Path {
        if directory.bytes.isEmpty { return name }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(directory.bytes.count + 1 + name.bytes.count)
        bytes += directory.bytes
        bytes.append(UInt8(ascii: "/"))
        bytes += name.bytes
        return Path(bytes)
    }

    /// The rest of this path below `directory`, or nil if it does not lie there.
    package func below(_ directory: Path) -> Path? {
        let prefix = directory.bytes
        guard bytes.count > prefix.count + 1, bytes.starts(with: prefix), bytes[prefix.count] == UInt8(ascii: "/")
        else { return nil }
        return Path(bytes[(prefix.count + 1)...])
    }

    /// What a link that lies here is to hold to lead to another path of the workspace, where the directories above both
    /// are no links.
    package func way(to other: Path) -> [UInt8] {
        let slash = UInt8(ascii: "/")
        var common = 0
        for (place, byte) in bytes.enumerated() {
            guard place < other.bytes.count, other.bytes[place] == byte else { break }
            if byte == slash { common = place + 1 }
        }
        let steps = bytes[common...].count { $0 == slash }
        return Array([[UInt8]](repeating: Array("../".utf8), count: steps).joined()) + other.bytes[common...]
    }

    /// What keeps these bytes from naming one place in the workspace.
    package enum Flaw: Hashable, Sendable {
        case empty, absolute, outside, emptyComponent, nul, tooLong
        /// In dbuild's own directory.
        case reserved
    }

    /// - Returns: nil for a path that is fit to be an artifact's.
    package var flaw: Flaw? { Self.flaw(of: bytes.span) }

    package static func flaw(of bytes: Span<UInt8>) -> Flaw? {
        if bytes.isEmpty { return .empty }
        if bytes[0] == UInt8(ascii: "/") { return .absolute }
        if bytes.indices.contains(where: { bytes[$0] == 0 }) { return .nul }
        // PATH_MAX less what the staging directory's name needs.
        if bytes.count > 3800 { return .tooLong }
        var start = 0
        while start <= bytes.count {
            var end = start
            while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
            if let flaw = flaw(ofComponent: bytes.extracting(start ..< end)) { return flaw }
            start = end + 1
        }
        let isReserved = isText(bytes, ".dbuild") || (bytes.count > 8 && isText(bytes.extracting(0 ..< 8), ".dbuild/"))
        return isReserved ? .reserved : nil
    }

    private static func flaw(ofComponent component: Span<UInt8>) -> Flaw? {
        if component.isEmpty || isText(component, ".") { return .emptyComponent }
        if isText(component, "..") { return .outside }
        return component.count > 255 ? .tooLong : nil
    }

    private static func isText(_ bytes: Span<UInt8>, _ text: StaticString) -> Bool {
        guard bytes.count == text.utf8CodeUnitCount else { return false }
        return unsafe bytes.withUnsafeBytes { shown in
            unsafe compareBytes(shown, UnsafeRawBufferPointer(start: text.utf8Start, count: shown.count)) == 0
        }
    }
}

extension Path: Comparable {
    /// In byte order.
    package static func < (left: Path, right: Path) -> Bool {
        unsafe left.bytes.withUnsafeBytes { left in
            unsafe right.bytes.withUnsafeBytes { right in unsafe compareBytes(left, right) < 0 }
        }
    }
}

extension Path: CustomStringConvertible, ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text) }
    /// For messages: bytes that are not UTF-8 and control characters are shown escaped.
    package var description: String { printable(bytes) }
}

/// Text that cannot disturb a terminal: control characters as `\xNN`, and bytes that are not UTF-8 too.
///
/// Nothing is lost: `unprintable` gives the bytes back. Where something is escaped, or could be taken for it, backslashes
/// are doubled.
package func printable(_ bytes: some Collection<UInt8>) -> String {
    if bytes.allSatisfy({ (0x20 ..< 0x7F).contains($0) && $0 != backslash }) {
        return String(decoding: bytes, as: UTF8.self)
    }
    guard let plain = String(validating: bytes, as: UTF8.self) else {
        return bytes.map { byte in
            byte == backslash
                ? "\\\\" : (0x20 ..< 0x7F).contains(byte) ? String(UnicodeScalar(byte)) : escaped(byte: byte)
        }.joined()
    }
    if !plain.unicodeScalars.contains(where: disturbs), !looksEscaped(plain) { return plain }
    var text = ""
    for scalar in plain.unicodeScalars {
        if disturbs(scalar) {
            text += escaped(scalar)
        } else {
            text.unicodeScalars.append(scalar)
            if scalar == "\\" { text.unicodeScalars.append(scalar) }
        }
    }
    return text
}

/// The bytes that `printable` showed as this text.
package func unprintable(_ text: some StringProtocol) -> [UInt8] {
    let shown = Array(text.utf8)
    guard shown.contains(backslash) else { return shown }
    var bytes: [UInt8] = []
    var rest = shown[...]
    while let byte = rest.popFirst() {
        guard byte == backslash, let next = rest.first else {
            bytes.append(byte)
            continue
        }
        if next == backslash {
            rest.removeFirst()
            bytes.append(backslash)
        } else if let (value, length) = escape(rest) {
            rest.removeFirst(length)
            bytes += value
        } else {
            bytes.append(backslash)
        }
    }
    return bytes
}

private let backslash = UInt8(ascii: "\\")

private func disturbs(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    // Format covers the marks that turn the direction of writing round.
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
}

/// Whether something in it would be read as an escape.
private func looksEscaped(_ text: String) -> Bool { !unprintable(text).elementsEqual(text.utf8) }

/// What `xNN` or `u{…}` at the beginning stands for, and how long it is.
private func escape(_ text: ArraySlice<UInt8>) -> (bytes: [UInt8], length: Int)? {
    func value(_ digits: ArraySlice<UInt8>) -> UInt32? {
        guard !digits.isEmpty, digits.count <= 6, digits.allSatisfy({ isHexadecimal($0) }) else { return nil }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }
    switch text.first {
    case UInt8(ascii: "x")?:
        let digits = text.dropFirst().prefix(2)
        guard digits.count == 2, let number = value(digits) else { return nil }
        return ([UInt8(number)], 3)
    case UInt8(ascii: "u")?:
        guard text.dropFirst().first == UInt8(ascii: "{") else { return nil }
        let digits = text.dropFirst(2).prefix { $0 != UInt8(ascii: "}") }
        guard let number = value(digits), let scalar = Unicode.Scalar(number),
            text.dropFirst(2 + digits.count).first == UInt8(ascii: "}")
        else { return nil }
        return (Array(String(scalar).utf8), 3 + digits.count)
    default: return nil
    }
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30 ... 0x39).contains(byte) || (0x61 ... 0x66).contains(byte)
}

private func escaped(byte: UInt8) -> String { "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16) }

/// Above ASCII a character is told from a byte.
private func escaped(_ scalar: Unicode.Scalar) -> String {
    scalar.isASCII ? escaped(byte: UInt8(scalar.value)) : "\\u{\(String(scalar.value, radix: 16))}"
}
