import Artifact

/// What a program says that it has read: rules in make syntax, as compilers write them (`gcc -MD`).
///
/// - Source: GNU make manual, "Rule Syntax"; quoting as in GCC's `mkdeps.cc`: white space behind 2n + 1 backslashes
///   is part of a name that has n of them, `\#` is `#`, `$$` is `$`, and every other backslash stands for itself.
struct DependencyFile {
    /// Prerequisites of all rules, in the file's order, as they are written; targets are none.
    private(set) var prerequisites: [[UInt8]] = []

    enum Failure: Error, Hashable {
        /// Words that no colon makes a rule.
        case noRule(line: Int)
        case nul(line: Int)
    }

    /// Why there is nothing to be had of one.
    enum Fault: Error, Hashable {
        case missing
        case notAFile
        case place(Path.Flaw)
        case disk(DiskError)
        case malformed(Failure)
    }

    init(_ bytes: [UInt8]) throws(Failure) {
        var scanner = Scanner(bytes: bytes[...])
        while let line = try scanner.nextLine() {
            guard let colon = line.words.firstIndex(where: { $0.colon != nil }) else {
                throw .noRule(line: line.number)
            }
            prerequisites += line.words[colon].behindColon.map { [$0] } ?? []
            // Behind a bar stand those that only have to be there; they were looked at all the same.
            prerequisites += line.words[(colon + 1)...].map(\.bytes).filter { $0 != [UInt8(ascii: "|")] }
        }
    }
}

extension DependencyFile {
    /// - Parameter directory: in which the program ran.
    init(at path: Path, in directory: Path, _ disk: any Disk) throws(Fault) {
        if let flaw = path.flaw { throw .place(flaw) }
        let stamp: Stamp?
        let bytes: [UInt8]
        do throws(DiskError) {
            stamp = try disk.stamp(directory / path, followsLink: true)
            bytes = stamp?.type == .file ? try disk.read(directory / path) : []
        } catch { throw .disk(error) }
        guard let stamp else { throw .missing }
        guard stamp.type == .file else { throw .notAFile }
        do throws(Failure) { try self.init(bytes) } catch { throw .malformed(error) }
    }
}

private struct Word {
    var bytes: [UInt8] = []
    /// Where the first colon stands that is not escaped.
    var colon: Int?

    /// What stands behind `target:` or `target::` without white space between.
    var behindColon: [UInt8]? {
        guard let colon else { return nil }
        var rest = bytes[(colon + 1)...]
        if rest.first == UInt8(ascii: ":") { rest = rest.dropFirst() }
        return rest.isEmpty ? nil : Array(rest)
    }
}

private struct Line {
    let number: Int
    var words: [Word] = []
}

/// Takes lines apart into words; a line that ends in a backslash goes on in the next.
private struct Scanner {
    private var rest: ArraySlice<UInt8>
    private var number = 1
    private var word = Word()

    init(bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next line that has words.
    mutating func nextLine() throws(DependencyFile.Failure) -> Line? {
        while !rest.isEmpty {
            var line = Line(number: number)
            try read(&line)
            if !line.words.isEmpty { return line }
        }
        return nil
    }

    private mutating func read(_ line: inout Line) throws(DependencyFile.Failure) {
        while let byte = rest.popFirst() {
            switch byte {
            case 0: throw .nul(line: number)
            case UInt8(ascii: "\n"): return endLine(&line)
            case UInt8(ascii: " "), UInt8(ascii: "\t"): endWord(&line)
            case UInt8(ascii: "\r") where rest.first == UInt8(ascii: "\n"): endWord(&line)
            case UInt8(ascii: "\\"): backslashes(&line)
            case UInt8(ascii: "#") where word.bytes.isEmpty:
                rest = rest.drop { $0 != UInt8(ascii: "\n") }
            case UInt8(ascii: ":"):
                if word.colon == nil { word.colon = word.bytes.count }
                word.bytes.append(byte)
            case UInt8(ascii: "$"):
                if rest.first == byte { rest.removeFirst() }
                word.bytes.append(byte)
            default: word.bytes.append(byte)
            }
        }
        endWord(&line)
    }

    /// One backslash has been taken.
    private mutating func backslashes(_ line: inout Line) {
        let more = rest.prefix { $0 == UInt8(ascii: "\\") }.count
        rest = rest.dropFirst(more)
        let count = more + 1
        func literal(_ count: Int) -> [UInt8] { Array(repeating: UInt8(ascii: "\\"), count: count) }
        let breakCount = rest.starts(with: Array("\r\n".utf8)) ? 2 : rest.first == UInt8(ascii: "\n") ? 1 : 0
        switch rest.first {
        case _ where breakCount > 0:
            word.bytes += literal(count / 2)
            guard count % 2 == 1 else { return }
            rest = rest.dropFirst(breakCount)
            number += 1
            endWord(&line)
        case UInt8(ascii: " ")?, UInt8(ascii: "\t")?, UInt8(ascii: "#")?, UInt8(ascii: ":")?:
            word.bytes += literal(count / 2)
            if count % 2 == 1, let escaped = rest.popFirst() { word.bytes.append(escaped) }
        default: word.bytes += literal(count)
        }
    }

    private mutating func endWord(_ line: inout Line) {
        if !word.bytes.isEmpty { line.words.append(word) }
        word = Word()
    }

    private mutating func endLine(_ line: inout Line) {
        endWord(&line)
        number += 1
    }
}
