private import Glibc
package import Hashing

/// Bytes that never change: a mapped file, or a copy in memory.
@safe package final class Blob: @unchecked Sendable {
    // Sendable, since nothing writes to them after `init` and they live as long as this object.
    private let base: UnsafeRawPointer
    package let count: Int
    private let isMapped: Bool

    package init(copying bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, bytes.count), alignment: 16)
        unsafe copy.copyBytes(from: bytes)
        unsafe base = UnsafeRawPointer(copy.baseAddress!)
        count = bytes.count
        isMapped = false
    }

    /// Maps a file; nil where there is none, or it is empty.
    package init?(mapping path: Path) {
        let file = unsafe open(path.bytes.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        guard unsafe fstat(file, &status) == 0, status.st_size > 0, let size = Int(exactly: status.st_size),
            let mapped = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), unsafe mapped != MAP_FAILED
        else { return nil }
        unsafe base = UnsafeRawPointer(mapped)
        count = size
        isMapped = true
    }

    deinit {
        if isMapped { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) } else { unsafe base.deallocate() }
    }

    /// - Precondition: the value lies within the bytes.
    @inline(__always)
    package func load<Value: BitwiseCopyable>(_ offset: Int, as _: Value.Type) -> Value {
        precondition(offset >= 0 && count - offset >= MemoryLayout<Value>.size)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// The digest of the bytes from an offset on.
    package func digest(from offset: Int) -> Digest {
        precondition(offset >= 0 && offset <= count)
        return unsafe XXH3.digest(UnsafeRawBufferPointer(start: base + offset, count: count - offset))
    }

    package func bytes(_ range: Range<Int>) -> [UInt8] {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        return unsafe Array(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }
}

/// Numbers lying one after another in a blob.
package struct PackedArray<Element: FixedWidthInteger & BitwiseCopyable & Sendable>: RandomAccessCollection, Sendable {
    private let blob: Blob
    private let offset: Int
    package let count: Int

    /// - Returns: nil if the numbers are not whole within the blob.
    package init?(_ blob: Blob, at offset: Int, byteCount: Int) {
        guard offset >= 0, byteCount >= 0, offset <= blob.count, byteCount <= blob.count - offset,
            byteCount % MemoryLayout<Element>.size == 0
        else { return nil }
        self.blob = blob
        self.offset = offset
        count = byteCount / MemoryLayout<Element>.size
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    @inline(__always)
    package subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count)
        return blob.load(offset + index * MemoryLayout<Element>.size, as: Element.self)
    }
}
