import Artifact
private import Foundation

/// Shows a log: as it is to a program, and without what could disturb a terminal to a person.
enum LogShow {
    private static let chunkBytes = 1 << 16

    /// - Parameter path: absolute.
    static func write(_ path: String) throws {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        let isRaw = !Terminal.isTerminal(1)
        var rest: [UInt8] = []
        var ended = UInt8(ascii: "\n")
        while let chunk = try file.read(upToCount: chunkBytes), !chunk.isEmpty {
            ended = chunk.last ?? ended
            if isRaw {
                writeBytes(Array(chunk), toStandard: 1)
                continue
            }
            rest += chunk
            // A line may be of any length: what is longer than a chunk is shown in parts.
            let end =
                rest.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? (rest.count > chunkBytes ? rest.count : 0)
            dbuild.write(shown(rest[..<end]), toStandard: 1)
            rest.removeFirst(end)
        }
        dbuild.write(shown(rest[...]) + (isRaw || ended == UInt8(ascii: "\n") ? "" : "\n"), toStandard: 1)
    }

    /// Lines with what is no text escaped; tabs stay.
    static func shown(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
            line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map { printable($0) }
                .joined(separator: "\t")
        }.joined(separator: "\n")
    }
}
