private import Foundation

/// What a file of parameters holds: one JSON object of texts, numbers, and true and false.
enum ParameterFile {
    struct Entry: Hashable, Sendable {
        let name: String
        /// As `--set` would say it.
        let value: String
    }

    /// In the file's order, also where it names one twice, which a decoder keeps silent about.
    ///
    /// - Throws: where it holds anything else.
    static func read(_ bytes: [UInt8]) throws -> [Entry] {
        // What is not well formed ends here, so that the words can be taken one after another.
        let count = try JSONDecoder().decode([String: Scalar].self, from: Data(bytes)).count
        let words = words(of: bytes)
        var entries: [Entry] = []
        for (name, value) in zip(words, words.dropFirst()).enumerated().filter({ $0.offset % 2 == 0 }).map(\.element) {
            entries.append(
                Entry(
                    name: try JSONDecoder().decode(String.self, from: Data(name)),
                    value: try JSONDecoder().decode(Scalar.self, from: Data(value)).text(asWritten: value)))
        }
        guard Set(entries.map(\.name)).count == count else { throw NotUTF8() }
        return entries
    }

    private struct NotUTF8: Error {}

    /// Names and values by turns.
    private static func words(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        var words: [ArraySlice<UInt8>] = []
        var rest = bytes.drop { $0 != UInt8(ascii: "{") }
        while let first = rest.first {
            var length = 1
            if first == UInt8(ascii: "\"") {
                var isEscaped = false
                for byte in rest.dropFirst() {
                    length += 1
                    if byte == UInt8(ascii: "\""), !isEscaped { break }
                    isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
                }
                words.append(rest.prefix(length))
            } else if !between.contains(first) {
                length = rest.prefix { !between.contains($0) }.count
                words.append(rest.prefix(length))
            }
            rest = rest.dropFirst(length)
        }
        return words
    }

    private static let between = Array("{}:, \t\n\r".utf8)

    private enum Scalar: Decodable {
        case text(String)
        case bool(Bool)
        case whole(Int)
        case number

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let value = try? container.decode(String.self) {
                self = .text(value)
            } else if let value = try? container.decode(Bool.self) {
                self = .bool(value)
            } else if let value = try? container.decode(Int.self) {
                self = .whole(value)
            } else {
                _ = try container.decode(Double.self)
                self = .number
            }
        }

        /// A whole number is one however it is written, as `1e3`; of others each digit counts, since a text may be meant.
        func text(asWritten word: ArraySlice<UInt8>) -> String {
            switch self {
            case .text(let text): text
            case .bool(let value): "\(value)"
            case .whole(let number): "\(number)"
            case .number: String(decoding: word, as: UTF8.self)
            }
        }
    }
}
