import Rules

/// Codes of attractions, written `AK18,EP02`, or `all`.
struct EntityCodes: Textual, ExpressibleByStringLiteral {
    /// In the order in which they are written; nil for all.
    let codes: [String]?

    /// - Returns: nil where a part is no code, or stands there twice.
    init?(text: String) {
        guard text != "all" else {
            codes = nil
            return
        }
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
        guard parts.allSatisfy(isEntityCode), Set(parts).count == parts.count else { return nil }
        codes = parts
    }

    var text: String { codes?.joined(separator: ",") ?? "all" }

    /// - Precondition: the literal is a list of codes: it stands in the program's text.
    init(stringLiteral text: String) {
        guard let codes = EntityCodes(text: text) else { preconditionFailure("`\(text)` is not a list of codes") }
        self = codes
    }
}

/// Letters A-Z and digits, as AK18: a code names files.
func isEntityCode(_ text: String) -> Bool {
    let letters = UInt8(ascii: "A") ... UInt8(ascii: "Z")
    let digits = UInt8(ascii: "0") ... UInt8(ascii: "9")
    return !text.isEmpty && text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) }
}
