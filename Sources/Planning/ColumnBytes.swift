import Artifact

/// The bytes of a column, and who owns them.
@safe
final class ColumnBytes {
    let base: UnsafeMutableRawPointer
    private let count: Int
    private let place: Place
    /// By piece: whether it was written to. Of bytes that lie in a file.
    private var isChanged: [Bool] = []

    private enum Place {
        case memory
        /// Nobody writes to them.
        case mapped(Blob, offset: Int)
        /// As they lie in a file but for what is changed.
        case part(PrivatePart, of: Blob, offset: Int)
    }

    private static let pieceBytes = 4096

    init(count: Int) {
        unsafe base = allocateZeros(count)
        self.count = count
        place = .memory
    }

    /// The blob is kept as long as this object.
    init(_ blob: Blob, at offset: Int, count: Int) {
        unsafe base = unsafe blob.withUnsafeBytes(offset ..< offset) {
            unsafe UnsafeMutableRawPointer(mutating: $0.baseAddress!)
        }
        self.count = count
        place = .mapped(blob, offset: offset)
    }

    private init(_ part: PrivatePart, of blob: Blob, at offset: Int, count: Int) {
        unsafe base = part.base
        self.count = count
        place = .part(part, of: blob, offset: offset)
        isChanged = Array(repeating: false, count: count / Self.pieceBytes + 1)
    }

    deinit { if case .memory = place { unsafe freeZeros(base) } }

    var isWritable: Bool { if case .mapped = place { false } else { true } }

    /// One that can be written to.
    func copy() -> ColumnBytes {
        switch place {
        case .memory: break
        case .mapped(let blob, let offset), .part(_, let blob, let offset):
            guard let part = PrivatePart(blob, offset ..< offset + count) else { break }
            let copy = ColumnBytes(part, of: blob, at: offset, count: count)
            for range in changes {
                unsafe (copy.base + range.lowerBound).copyMemory(from: base + range.lowerBound, byteCount: range.count)
                copy.note(range)
            }
            return copy
        }
        let copy = ColumnBytes(count: count)
        unsafe copy.base.copyMemory(from: base, byteCount: count)
        return copy
    }

    /// These bytes were written to.
    func note(_ range: Range<Int>) {
        guard !isChanged.isEmpty, !range.isEmpty else { return }
        for piece in range.lowerBound / Self.pieceBytes ... (range.upperBound - 1) / Self.pieceBytes {
            isChanged[piece] = true
        }
    }

    /// Whole pieces.
    private var changes: [Range<Int>] {
        isChanged.indices.lazy.filter { self.isChanged[$0] }.map { piece in
            piece * Self.pieceBytes ..< Swift.min((piece + 1) * Self.pieceBytes, self.count)
        }
    }

    /// - Returns: nil where these are not the bytes that lie there, changed or not.
    func changes(since blob: Blob, at offset: Int) -> [Range<Int>]? {
        switch place {
        case .mapped(let own, let place) where own === blob && place == offset: []
        case .part(_, let own, let place) where own === blob && place == offset: changes
        case .memory, .mapped, .part: nil
        }
    }
}
