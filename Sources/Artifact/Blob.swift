private import Glibc
package import Hashing

// Public where it can be inlined: Swift 6.3.1 inlines nothing across modules that is `package` (measured), and no
// Rulesfile sees this module.

/// Bytes that never change: a mapped file, or a copy in memory.
@safe public final class Blob: @unchecked Sendable {
    // Sendable, since nothing writes to them after `init` and they live as long as this object.
    @usableFromInline let base: UnsafeRawPointer
    public let count: Int
    private let isMapped: Bool
    /// The mapped file, where it is kept open.
    fileprivate let file: Int32?

    package convenience init(copying bytes: [UInt8]) {
        unsafe self.init(count: bytes.count) { unsafe $0.copyBytes(from: bytes) }
    }

    /// Bytes that are written in place, once.
    package init(count: Int, _ write: (UnsafeMutableRawBufferPointer) -> Void) {
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(1, count), alignment: 16)
        unsafe write(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
        unsafe base = UnsafeRawPointer(bytes.baseAddress!)
        self.count = count
        isMapped = false
        file = nil
    }

    /// How the file is kept that is mapped.
    package enum Keeping {
        case closed
        /// Open, so that parts of it can be changed in memory.
        case open
        /// Open, and locked, so that nobody changes it who asks.
        case shared
    }

    /// Maps a file; nil where there is none, or it is empty, or where it is to be locked and somebody changes it.
    package init?(mapping path: Path, _ keeping: Keeping = .closed) {
        let file = unsafe open(path.bytes.map { CChar(bitPattern: $0) } + [0], O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        var status = stat()
        guard keeping != .shared || flock(file, LOCK_SH | LOCK_NB) == 0, unsafe fstat(file, &status) == 0,
            status.st_size > 0, let size = Int(exactly: status.st_size),
            let mapped = unsafe mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), unsafe mapped != MAP_FAILED
        else {
            close(file)
            return nil
        }
        unsafe base = UnsafeRawPointer(mapped)
        count = size
        isMapped = true
        if keeping == .closed {
            close(file)
            self.file = nil
        } else {
            self.file = file
        }
    }

    deinit {
        if isMapped { unsafe munmap(UnsafeMutableRawPointer(mutating: base), count) } else { unsafe base.deallocate() }
        if let file { close(file) }
    }

    /// - Precondition: the value lies within the bytes.
    @inlinable
    public func load<Value: BitwiseCopyable>(_ offset: Int, as _: Value.Type) -> Value {
        precondition(offset >= 0 && count - offset >= MemoryLayout<Value>.size)
        return unsafe base.loadUnaligned(fromByteOffset: offset, as: Value.self)
    }

    /// Some of the bytes where they lie: for system calls, and for comparing without a copy.
    ///
    /// - Precondition: the range lies within them.
    @inlinable
    public func withUnsafeBytes<Result: ~Copyable, Failure: Error>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        precondition(range.lowerBound >= 0 && range.upperBound <= count)
        // `self` owns them, and is there until the call has returned.
        defer { extendLifetime(self) }
        return try unsafe body(UnsafeRawBufferPointer(start: base + range.lowerBound, count: range.count))
    }

    /// The digest of the bytes from an offset on.
    package func digest(from offset: Int) -> Digest {
        unsafe withUnsafeBytes(offset ..< count) { unsafe XXH3.digest($0) }
    }

    package func bytes(_ range: Range<Int>) -> [UInt8] { unsafe withUnsafeBytes(range) { unsafe Array($0) } }
}

/// Part of a mapped file that can be written to in memory: the system copies what is written to, page by page, and
/// nobody else sees it.
@safe package final class PrivatePart: @unchecked Sendable {
    // Sendable, since who has it alone refers to it while it is written to.
    package let base: UnsafeMutableRawPointer
    private let mapped: UnsafeMutableRawPointer
    private let mappedCount: Int

    /// - Returns: nil where the blob's file is not kept open, or cannot be mapped once more.
    package init?(_ blob: Blob, _ range: Range<Int>) {
        guard let file = blob.file, range.lowerBound >= 0, range.upperBound <= blob.count, !range.isEmpty else {
            return nil
        }
        let start = range.lowerBound / Self.pageBytes * Self.pageBytes
        mappedCount = range.upperBound - start
        guard let mapped = unsafe mmap(nil, mappedCount, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, start),
            unsafe mapped != MAP_FAILED
        else { return nil }
        unsafe self.mapped = mapped
        unsafe base = mapped + (range.lowerBound - start)
    }

    deinit { unsafe munmap(mapped, mappedCount) }

    private static let pageBytes = Int(sysconf(Int32(_SC_PAGESIZE)))
}

/// Numbers lying one after another in a blob.
///
/// All of it can be inlined, since loops over plans in other modules are made of these: a bounds check and a load.
@safe
public struct PackedArray<Element: FixedWidthInteger & BitwiseCopyable & Sendable>: RandomAccessCollection,
    @unchecked Sendable
{
    // Sendable, since the bytes never change and `blob` owns them. The address is kept beside it to save a load.
    @usableFromInline let blob: Blob
    @usableFromInline let start: UnsafeRawPointer
    public let count: Int

    /// - Returns: nil if the numbers are not whole within the blob.
    package init?(_ blob: Blob, at offset: Int, byteCount: Int) {
        guard offset >= 0, byteCount >= 0, offset <= blob.count, byteCount <= blob.count - offset,
            byteCount % MemoryLayout<Element>.size == 0
        else { return nil }
        self.blob = blob
        unsafe start = blob.base + offset
        count = byteCount / MemoryLayout<Element>.size
    }

    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { count }

    @inlinable
    public subscript(index: Int) -> Element {
        precondition(index >= 0 && index < count)
        defer { extendLifetime(blob) }
        return unsafe start.loadUnaligned(fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self)
    }
}

extension PackedArray where Element == UInt32 {
    // Without a branch for each number, so that several are looked at in one instruction: whole plans go through here.

    /// Whether none is above the one behind it.
    package var ascends: Bool {
        var falls: UInt32 = 0
        for index in 0 ..< Swift.max(0, count - 1) { falls |= unsafe number(index) > number(index + 1) ? 1 : 0 }
        extendLifetime(blob)
        return falls == 0
    }

    /// Whether all are below a limit, but those that say "none" (`UInt32.max`) where that is allowed.
    package func areBelow(_ limit: Int, orNone: Bool) -> Bool {
        let step: UInt32 = orNone ? 1 : 0
        var most: UInt32 = 0
        for index in 0 ..< count { most = unsafe Swift.max(most, number(index) &+ step) }
        extendLifetime(blob)
        return count == 0 || (orNone ? Int(most) <= limit : Int(most) < limit)
    }

    @unsafe private func number(_ index: Int) -> UInt32 {
        unsafe start.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self)
    }
}

/// Memory of zeros that takes no room before it is written to; to be given to `freeZeros`.
@unsafe package func allocateZeros(_ count: Int) -> UnsafeMutableRawPointer {
    // No memory: nothing can go on.
    guard let bytes = unsafe calloc(max(8, count), 1) else { fatalError("out of memory") }
    return unsafe bytes
}

@unsafe package func freeZeros(_ bytes: UnsafeMutableRawPointer) { unsafe free(bytes) }

/// In the order of `Path`: below 0 where the first comes before the second, 0 where they are the same.
package func compareBytes(_ first: UnsafeRawBufferPointer, _ second: UnsafeRawBufferPointer) -> Int {
    let shared = min(first.count, second.count)
    guard shared > 0, let start = first.baseAddress, let other = second.baseAddress else {
        return first.count - second.count
    }
    let order = unsafe memcmp(start, other, shared)
    return order == 0 ? first.count - second.count : Int(order)
}
