import Artifact

/// Where a lock file cannot be read.
package struct LockFlaw: Error, Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// A line of git's where two versions met.
        case conflict
        /// The first line is that of no lock file.
        case notALock
        /// A later dbuild has written it.
        case newer(String)
        case malformed(String)
        /// Said on an earlier line already.
        case twice(String)
    }

    /// From 1.
    package let line: Int
    package let kind: Kind

    package init(line: Int, kind: Kind) { (self.line, self.kind) = (line, kind) }
}

// MARK: - Writing

extension LockFile {
    private static let heading = "dbuild.lock"
    private static let version = 1
    /// In the place of a name or value without bytes: a line that ends with a space does not stay so.
    private static let nothing = "\\-"

    /// One line for each thing, sorted, so that a difference of two files is one of what they say.
    package var text: String {
        var lines = [
            "\(Self.heading) \(Self.version)",
            "# Written by `dbuild lock`, checked by `dbuild verify --locked`. After a merge conflict: dbuild lock",
        ]
        let file = sorted()
        lines += file.targets.map { "target \(Self.escaped($0))" }
        lines += file.parameters.map {
            "parameter \($0.origin.rawValue) \(Self.word($0.name)) \(Self.escaped($0.value))"
        }
        lines += file.sources.map { "source \($0.fields)" }
        lines += file.outputs.map { "output \($0.fields)" }
        lines += file.families.map { family in
            let kind = if case .source = family.name { "source" } else { "outputs" }
            return
                "family \(kind) \(family.digest) \(family.count) \(family.sizeBytes) \(Self.escaped(family.name.bytes))"
        }
        lines += file.facts.map { "\($0.kind.rawValue) \(Self.word($0.subject)) \(Self.escaped($0.value))" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Text that is one line and never empty, whatever bytes it stands for.
    fileprivate static func escaped(_ bytes: [UInt8]) -> String { escaped(bytes, hidesSpaces: false) }

    /// The same without a space in it.
    fileprivate static func word(_ bytes: [UInt8]) -> String { escaped(bytes, hidesSpaces: true) }

    private static func escaped(_ bytes: [UInt8], hidesSpaces: Bool) -> String {
        if bytes.isEmpty { return nothing }
        let isText = String(validating: bytes, as: UTF8.self) != nil
        guard isText else {
            return bytes.map { byte in
                (0x21 ..< 0x7F).contains(byte) && byte != UInt8(ascii: "\\")
                    ? String(UnicodeScalar(byte)) : hexadecimal(byte)
            }.joined()
        }
        let scalars = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
        var text = ""
        for (index, scalar) in scalars.enumerated() {
            // Editors and mail take a space at the end away.
            let isHidden = scalar == " " && (hidesSpaces || index == 0 || index == scalars.count - 1)
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                text += String(scalar).utf8.map(hexadecimal).joined()
            default:
                if scalar == "\\" {
                    text += "\\\\"
                } else if isHidden {
                    text += hexadecimal(0x20)
                } else {
                    text.unicodeScalars.append(scalar)
                }
            }
        }
        return text
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        "\\x" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
    }
}

extension LockFile.Entry {
    /// Kind, digest, size and path.
    var fields: String {
        let (kind, digest): (String, String) =
            switch item {
            case .file(let digest, _, false): ("file", "\(digest)")
            case .file(let digest, _, true): ("executable", "\(digest)")
            case .link(let digest, _): ("link", "\(digest)")
            case .directory: ("directory", "-")
            case .absent: ("absent", "-")
            case .probe(let value): ("probe", LockFile.word(value))
            }
        return "\(kind) \(digest) \(item.sizeBytes) \(LockFile.escaped(path.bytes))"
    }
}

// MARK: - Reading

extension LockFile {
    /// - Throws: what is wrong with the first line that cannot be read.
    package init(text bytes: [UInt8]) throws(LockFlaw) {
        self.init()
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        var seen: Set<[UInt8]> = []
        // A conflict can lie above the heading, and is what there is to say even so.
        if let place = lines.firstIndex(where: Self.isConflict) { throw LockFlaw(line: place + 1, kind: .conflict) }
        for (index, bytes) in lines.enumerated() {
            let bytes = bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes
            guard let line = String(validating: bytes, as: UTF8.self) else {
                throw LockFlaw(line: index + 1, kind: index == 0 ? .notALock : .malformed(printable(bytes.prefix(80))))
            }
            do throws(LineFlaw) {
                if index == 0 { try Self.checkHeading(line) } else { try read(line, &seen) }
            } catch {
                switch error {
                case .kind(let kind): throw LockFlaw(line: index + 1, kind: kind)
                case .malformed:
                    throw LockFlaw(line: index + 1, kind: .malformed(printable(Array(line.utf8.prefix(80)))))
                }
            }
        }
        guard !lines.isEmpty else { throw LockFlaw(line: 1, kind: .notALock) }
        self = sorted()
    }

    private enum LineFlaw: Error {
        case malformed
        case kind(LockFlaw.Kind)
    }

    private static func isConflict(_ line: ArraySlice<UInt8>) -> Bool {
        ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].contains { line.starts(with: $0.utf8) }
    }

    private static func checkHeading(_ line: String) throws(LineFlaw) {
        let words = line.split(separator: " ", omittingEmptySubsequences: false)
        guard words.count == 2, words[0] == heading, let found = Int(words[1]), found > 0 else {
            throw .kind(.notALock)
        }
        if found != version { throw .kind(.newer(String(words[1]))) }
    }

    private mutating func read(_ line: String, _ seen: inout Set<[UInt8]>) throws(LineFlaw) {
        if line.isEmpty || line.hasPrefix("#") { return }
        // By bytes: with a combining mark behind it a space is another character.
        guard let space = line.utf8.firstIndex(of: UInt8(ascii: " ")) else { throw .malformed }
        let rest = line[line.utf8.index(after: space)...]
        /// A thing has one line.
        func note(_ kind: String, _ name: [UInt8]) throws(LineFlaw) {
            guard seen.insert(Array(kind.utf8) + [0] + name).inserted else { throw .kind(.twice(printable(name))) }
        }
        switch String(line[..<space]) {
        case "target":
            let target = try Self.unescaped(rest)
            try note("target", target)
            targets.append(target)
        case "parameter":
            let words = try Self.split(rest, 3)
            guard let origin = Parameter.Origin(rawValue: String(words[0])) else { throw .malformed }
            let name = try Self.unescaped(words[1])
            try note("parameter", name)
            parameters.append(Parameter(origin, name: name, value: try Self.unescaped(words[2])))
        case "source", "output":
            let entry = try Self.entry(rest)
            try note("entry", entry.path.bytes)
            if line.utf8.starts(with: "source ".utf8) { sources.append(entry) } else { outputs.append(entry) }
        case "family":
            let family = try Self.family(rest)
            try note(family.name == .source(Path(family.name.bytes)) ? "tree" : "family", family.name.bytes)
            families.append(family)
        case let word:
            guard let kind = Fact.Kind(rawValue: word) else { throw .malformed }
            let words = try Self.split(rest, 2)
            let subject = try Self.unescaped(words[0])
            try note(word, subject)
            facts.append(Fact(kind, subject, try Self.unescaped(words[1])))
        }
    }

    private static func entry(_ text: Substring) throws(LineFlaw) -> Entry {
        let words = try split(text, 4)
        let path = Path(try unescaped(words[3]))
        // It is made in a directory of its own for the rebuild, and must not lead out of it.
        guard path.flaw == nil, let size = number(words[2]) else { throw .malformed }
        switch words[0] {
        case "file": return Entry(path, .file(try digest(words[1]), sizeBytes: size, isExecutable: false))
        case "executable": return Entry(path, .file(try digest(words[1]), sizeBytes: size, isExecutable: true))
        case "link": return Entry(path, .link(try digest(words[1]), sizeBytes: size))
        case "directory" where words[1] == "-" && size == 0: return Entry(path, .directory)
        case "absent" where words[1] == "-" && size == 0: return Entry(path, .absent)
        case "probe" where size == 0: return Entry(path, .probe(try unescaped(words[1])))
        default: throw .malformed
        }
    }

    private static func family(_ text: Substring) throws(LineFlaw) -> Family {
        let words = try split(text, 5)
        let name = try unescaped(words[4])
        guard let count = number(words[2]).flatMap({ UInt32(exactly: $0) }), let size = number(words[3]), !name.isEmpty
        else { throw .malformed }
        switch words[0] {
        case "outputs":
            return Family(.outputs(ofRule: name), count: Int(count), sizeBytes: size, digest: try digest(words[1]))
        case "source" where Path(name).flaw == nil:
            return Family(.source(Path(name)), count: Int(count), sizeBytes: size, digest: try digest(words[1]))
        default: throw .malformed
        }
    }

    /// Words between single spaces, the last with all that is left.
    private static func split(_ text: Substring, _ count: Int) throws(LineFlaw) -> [Substring] {
        let words = text.utf8.split(
            separator: UInt8(ascii: " "), maxSplits: count - 1, omittingEmptySubsequences: false
        )
        .map { Substring($0) }
        guard words.count == count else { throw .malformed }
        return words
    }

    private static func digest(_ text: Substring) throws(LineFlaw) -> SHA256Digest {
        guard let digest = SHA256Digest(hexadecimal: text) else { throw .malformed }
        return digest
    }

    private static func number(_ text: Substring) -> UInt64? {
        text.utf8.allSatisfy { (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains($0) } ? UInt64(text) : nil
    }

    private static func unescaped(_ text: Substring) throws(LineFlaw) -> [UInt8] {
        if text == nothing { return [] }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "\\")?: bytes.append(UInt8(ascii: "\\"))
            case UInt8(ascii: "x")?:
                let digits = String(decoding: rest.prefix(2), as: UTF8.self)
                guard digits.utf8.count == 2, digits.allSatisfy(\.isHexDigit), let value = UInt8(digits, radix: 16)
                else { throw .malformed }
                bytes.append(value)
                rest = rest.dropFirst(2)
            default: throw .malformed
            }
        }
        return bytes
    }
}
