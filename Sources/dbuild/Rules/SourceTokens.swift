/// The text of Swift source as far as it matters to what it does: without comments, and with one space for each run of
/// white space outside literals.
///
/// Whether a slash divides or opens a regular expression, only a parser knows: source in which one may is taken as it
/// is.
struct SourceTokens {
    private let source: [UInt8]
    private var at = 0
    private var result: [UInt8] = []
    private var mayHoldRegularExpression = false

    static func normalised(_ source: [UInt8]) -> [UInt8] {
        var tokens = SourceTokens(source: source)
        tokens.run(until: nil)
        if tokens.mayHoldRegularExpression { return source }
        tokens.breakLine()
        return tokens.result
    }

    private init(source: [UInt8]) { self.source = source }

    private func starts(with text: String, at position: Int? = nil) -> Bool {
        let start = position ?? at
        return start <= source.count && source[start...].starts(with: text.utf8)
    }

    /// - Parameter end: of an interpolation: its closing parenthesis.
    private mutating func run(until end: UInt8?) {
        var depth = 0
        while at < source.count {
            let byte = source[at]
            if starts(with: "//") {
                while at < source.count, !endsLine(source[at]) { at += 1 }
            } else if starts(with: "/*") {
                let start = at
                skipBlockComment()
                if source[start ..< at].contains(where: { endsLine($0) }) { breakLine() } else { separate() }
            } else if byte == UInt8(ascii: "`") {
                name()
            } else if byte == UInt8(ascii: "\"") || (byte == UInt8(ascii: "#") && opensRawString) {
                string()
            } else if isSpace(byte) {
                at += 1
                // A line's end can end a statement, so it stays apart from a space.
                if endsLine(byte) { breakLine() } else { separate() }
            } else {
                if mayOpenRegularExpression { mayHoldRegularExpression = true }
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == UInt8(ascii: ")") {
                    if byte == end, depth == 0 { return }
                    depth -= 1
                }
                result.append(byte)
                at += 1
            }
        }
    }

    private func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }
    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || endsLine(byte) }

    /// - Source: SE-0354: `#/…/#`, or `/…/` where an expression begins, and no space behind the slash.
    private var mayOpenRegularExpression: Bool {
        if source[at] == UInt8(ascii: "#") {
            return source[at...].drop { $0 == UInt8(ascii: "#") }.first == UInt8(ascii: "/")
        }
        guard source[at] == UInt8(ascii: "/"), at + 1 < source.count, !isSpace(source[at + 1]) else { return false }
        guard at > 0 else { return true }
        let word = source[..<at].reversed().prefix { isWord($0) }.reversed()
        if !word.isEmpty { return Self.wordsBeforeExpressions.contains(String(decoding: word, as: UTF8.self)) }
        return !")]}\"`".utf8.contains(source[at - 1])
    }

    private static let wordsBeforeExpressions: Set = [
        "as", "await", "borrow", "case", "consume", "copy", "do", "else", "guard", "if", "in", "is", "repeat", "return",
        "switch", "throw", "try", "unsafe", "where", "while", "yield",
    ]

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a") ... UInt8(ascii: "z"), UInt8(ascii: "A") ... UInt8(ascii: "Z"),
            UInt8(ascii: "0") ... UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    /// A name in backticks, in which any sign may stand.
    private mutating func name() {
        repeat {
            result.append(source[at])
            at += 1
        } while at < source.count && source[at] != UInt8(ascii: "`") && !endsLine(source[at])
        if at < source.count, source[at] == UInt8(ascii: "`") {
            result.append(source[at])
            at += 1
        }
    }

    private mutating func separate() {
        if let last = result.last, last != 0x20, last != 0x0A { result.append(0x20) }
    }

    private mutating func breakLine() {
        while result.last == 0x20 { result.removeLast() }
        if let last = result.last, last != 0x0A { result.append(0x0A) }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                at += 2
            } else if starts(with: "*/") {
                depth -= 1
                at += 2
            } else {
                at += 1
            }
        } while depth > 0 && at < source.count
    }

    private var opensRawString: Bool {
        var next = at
        while next < source.count, source[next] == UInt8(ascii: "#") { next += 1 }
        return next < source.count && source[next] == UInt8(ascii: "\"")
    }

    private mutating func string() {
        let start = at
        while at < source.count, source[at] == UInt8(ascii: "#") { at += 1 }
        let hashes = at - start
        let isMultiline = starts(with: "\"\"\"")
        at += isMultiline ? 3 : 1
        result += source[start ..< min(at, source.count)]
        while at < source.count {
            if source[at] == UInt8(ascii: "\\"), hasHashes(hashes, after: at) {
                let escape = at + 1 + hashes
                if escape < source.count, source[escape] == UInt8(ascii: "(") {
                    result += source[at ... escape]
                    at = escape + 1
                    run(until: UInt8(ascii: ")"))
                } else {
                    let end = min(escape + 1, source.count)
                    result += source[at ..< end]
                    at = end
                }
            } else if isMultiline ? starts(with: "\"\"\"") : source[at] == UInt8(ascii: "\""),
                hasHashes(hashes, after: at + (isMultiline ? 2 : 0))
            {
                let end = min(at + (isMultiline ? 3 : 1) + hashes, source.count)
                result += source[at ..< end]
                at = end
                return
            } else {
                result.append(source[at])
                at += 1
            }
        }
    }

    private func hasHashes(_ count: Int, after position: Int) -> Bool {
        guard position + count < source.count else { return count == 0 }
        return (0 ..< count).allSatisfy { source[position + 1 + $0] == UInt8(ascii: "#") }
    }
}
