import Artifact
private import Foundation

/// The end of a log, which may be larger than memory.
///
/// - Parameter path: absolute.
func logEnd(_ path: String, mostBytes: UInt64 = 65_536) throws -> [UInt8] {
    let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    defer { try? file.close() }
    let size = try file.seekToEnd()
    try file.seek(toOffset: size > mostBytes ? size - mostBytes : 0)
    return [UInt8](try file.readToEnd() ?? Data())
}

/// The last lines, fit to be shown: not too long, and without control characters.
func lastLines(_ bytes: [UInt8], count: Int) -> [String] {
    let mostCharacters = 400
    return bytes.split(separator: UInt8(ascii: "\n")).suffix(count).map { line in
        let text = printable(line)
        return clipped(text, to: mostCharacters)
    }
}
