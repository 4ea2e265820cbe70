import Artifact
import Foundation
import Testing

/// Files that are written piece by piece: what is zeros takes no room, and is read as it was written.
struct HoleTests {
    private static let block = 1 << 16

    /// Bytes that are zeros but for the ranges given.
    private func bytes(_ count: Int, but said: Range<Int>...) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        for range in said { for index in range { bytes[index] = UInt8(truncatingIfNeeded: 1 + index % 255) } }
        return bytes
    }

    private func check(_ pieces: [[UInt8]]) throws {
        let scratch = try Scratch()
        try unsafe scratch.disk.write("file") { write in
            for piece in pieces { try unsafe piece.withUnsafeBytes { try unsafe write($0) } }
        }
        let read = try Data(contentsOf: URL(filePath: scratch.root + "/file"))
        #expect(Array(read) == pieces.flatMap { $0 })
    }

    @Test("zeros at the beginning, in the middle and at the end")
    func places() throws {
        let block = Self.block
        try check([bytes(3 * block, but: 2 * block ..< 3 * block)])
        try check([bytes(3 * block, but: 0 ..< block, 2 * block ..< 3 * block)])
        try check([bytes(3 * block, but: 0 ..< 5)])
        try check([bytes(3 * block)])
        try check([bytes(3 * block + 7, but: 3 * block + 6 ..< 3 * block + 7)])
        try check([[], bytes(1), [1], bytes(block + 1), bytes(9, but: 8 ..< 9), bytes(2 * block)])
        try check([])
    }

    @Test("a byte anywhere in a block is written")
    func crumbs() throws {
        for place in [0, 1, Self.block - 2, Self.block - 1, Self.block, 2 * Self.block - 1] {
            try check([bytes(2 * Self.block + 1, but: place ..< place + 1)])
        }
    }

    @Test("a file of zeros takes next to no room")
    func room() throws {
        let scratch = try Scratch()
        let zeros = [UInt8](repeating: 0, count: 64 * Self.block)
        try unsafe scratch.disk.write("file") { write in try unsafe zeros.withUnsafeBytes { try unsafe write($0) } }
        let values = try URL(filePath: scratch.root + "/file").resourceValues(forKeys: [
            .fileSizeKey, .fileAllocatedSizeKey,
        ])
        #expect(values.fileSize == zeros.count)
        #expect(try #require(values.fileAllocatedSize) <= Self.block)
    }
}
