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
        directory.bytes.isEmpty ? name : Path(directory.bytes + [UInt8(ascii: "/")] + name.bytes)
    }

    /// The rest of this path below `directory`, or nil if it does not lie there.
    package func below(_ directory: Path) -> Path? {
        let prefix = directory.bytes
        guard bytes.count > prefix.count + 1, bytes.starts(with: prefix), bytes[prefix.count] == UInt8(ascii: "/")
        else { return nil }
        return Path(bytes[(prefix.count + 1)...])
    }

    /// What keeps these bytes from naming one place in the workspace.
    package enum Flaw: Hashable, Sendable {
        case empty, absolute, outside, emptyComponent, nul, tooLong
        /// In dbuild's own directory.
        case reserved
    }

    /// - Returns: nil for a path that is fit to be an artifact's.
    package var flaw: Flaw? {
        if bytes.isEmpty { return .empty }
        if bytes[0] == UInt8(ascii: "/") { return .absolute }
        if bytes.contains(0) { return .nul }
        // PATH_MAX less what the staging directory's name needs.
        if bytes.count > 3800 { return .tooLong }
        let components = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for component in components {
            if component.isEmpty || component.elementsEqual(".".utf8) { return .emptyComponent }
            if component.elementsEqual("..".utf8) { return .outside }
            if component.count > 255 { return .tooLong }
        }
        if components[0].elementsEqual(".dbuild".utf8) { return .reserved }
        return nil
    }
}

extension Path: Comparable {
    /// In byte order.
    package static func < (left: Path, right: Path) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

extension Path: CustomStringConvertible, ExpressibleByStringLiteral {
    package init(stringLiteral text: String) { self.init(text) }
    /// For messages: bytes that are not UTF-8 and control characters are shown escaped.
    package var description: String { printable(bytes) }
}

/// Text that cannot disturb a terminal: control characters as `\xNN`, and bytes that are not UTF-8 too.
package func printable(_ bytes: some Collection<UInt8>) -> String {
    var text = ""
    var decoder = UTF8()
    var iterator = bytes.makeIterator()
    if bytes.allSatisfy({ (0x20 ..< 0x7F).contains($0) }) { return String(decoding: bytes, as: UTF8.self) }
    guard String(validating: bytes, as: UTF8.self) != nil else {
        return bytes.map { (0x20 ..< 0x7F).contains($0) ? String(UnicodeScalar($0)) : escaped(UInt32($0)) }.joined()
    }
    while case .scalarValue(let scalar) = decoder.decode(&iterator) {
        switch scalar.properties.generalCategory {
        // Format covers the marks that turn the direction of writing round.
        case .control, .format, .lineSeparator, .paragraphSeparator: text += escaped(scalar.value)
        default: text.unicodeScalars.append(scalar)
        }
    }
    return text
}

private func escaped(_ value: UInt32) -> String {
    let digits = String(value, radix: 16)
    return value < 0x100 ? "\\x" + (digits.utf8.count == 1 ? "0" : "") + digits : "\\u{\(digits)}"
}
