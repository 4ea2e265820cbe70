package import Artifact
package import Hashing

/// A value that a column keeps as whole words: any bytes are some value, so that none can be malformed.
package protocol ColumnValue: Sendable {
    associatedtype Stored: BitwiseCopyable
    init(stored: Stored)
    var stored: Stored { get }
}

/// A value that a column may also be without.
package protocol AbsentableColumnValue: Sendable {
    associatedtype Stored: BitwiseCopyable
    static var absent: Stored { get }
    /// - Returns: nil for `absent`, and for what no value is stored as.
    static func value(_ stored: Stored) -> Self?
    var stored: Stored { get }
}

/// Values by number, of one width each: in memory, or where they lie in a mapped file until one of them is changed.
@safe
package struct Column<Value: ColumnValue>: RandomAccessCollection, @unchecked Sendable {
    // Sendable, since bytes are only written to while this value alone refers to them.
    private var bytes: ColumnBytes
    package let count: Int

    package init(repeating value: Value, count: Int) {
        self.count = count
        bytes = ColumnBytes(count: count * MemoryLayout<Value.Stored>.stride)
        unsafe bytes.base.initializeMemory(as: Value.Stored.self, repeating: value.stored, count: count)
    }

    /// - Returns: nil if the values are not whole within the blob.
    package init?(_ blob: Blob, at offset: Int, count: Int) {
        let stride = MemoryLayout<Value.Stored>.stride
        guard offset >= 0, offset % 8 == 0, count >= 0, offset <= blob.count, count <= (blob.count - offset) / stride
        else { return nil }
        self.count = count
        bytes = ColumnBytes(blob, at: offset)
    }

    /// What the values take in a file.
    package var byteCount: Int { count * MemoryLayout<Value.Stored>.stride }

    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { extendLifetime(bytes) }
        return try unsafe body(UnsafeRawBufferPointer(start: bytes.base, count: byteCount))
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { count }

    package subscript(index: Int) -> Value {
        get {
            precondition(index >= 0 && index < count)
            return unsafe Value(
                stored: bytes.base.load(
                    fromByteOffset: index * MemoryLayout<Value.Stored>.stride, as: Value.Stored.self))
        }
        set {
            precondition(index >= 0 && index < count)
            if bytes.isMapped || !isKnownUniquelyReferenced(&bytes) { bytes = ColumnBytes(copying: bytes, byteCount) }
            unsafe bytes.base.storeBytes(
                of: newValue.stored, toByteOffset: index * MemoryLayout<Value.Stored>.stride, as: Value.Stored.self)
        }
    }
}

/// The bytes of a column, and who owns them.
@safe
private final class ColumnBytes {
    let base: UnsafeMutableRawPointer
    private let blob: Blob?
    var isMapped: Bool { blob != nil }

    init(count: Int) {
        unsafe base = UnsafeMutableRawPointer.allocate(byteCount: Swift.max(8, count), alignment: 8)
        blob = nil
    }

    /// Nobody writes to them: `isMapped`. The blob is kept as long as this object.
    init(_ blob: Blob, at offset: Int) {
        unsafe base = unsafe blob.withUnsafeBytes(offset ..< offset) {
            unsafe UnsafeMutableRawPointer(mutating: $0.baseAddress!)
        }
        self.blob = blob
    }

    convenience init(copying other: ColumnBytes, _ count: Int) {
        self.init(count: count)
        unsafe base.copyMemory(from: other.base, byteCount: count)
    }

    deinit { if blob == nil { unsafe base.deallocate() } }
}

// MARK: - What columns hold

extension UInt64: ColumnValue {
    package init(stored: UInt64) { self = stored }
    package var stored: UInt64 { self }
}

extension Double: ColumnValue {
    package init(stored: UInt64) { self.init(bitPattern: stored) }
    package var stored: UInt64 { bitPattern }
}

extension Bool: ColumnValue {
    package init(stored: UInt8) { self = stored != 0 }
    package var stored: UInt8 { self ? 1 : 0 }
}

extension Optional: ColumnValue where Wrapped: AbsentableColumnValue {
    package init(stored: Wrapped.Stored) { self = Wrapped.value(stored) }
    package var stored: Wrapped.Stored { self?.stored ?? Wrapped.absent }
}

/// An instant or a number of a run: none is the least number there is.
extension Int64: AbsentableColumnValue {
    package static var absent: Int64 { .min }
    package static func value(_ stored: Int64) -> Int64? { stored == .min ? nil : stored }
    package var stored: Int64 { self }
}

/// A digest of zeros is none: one that came so by chance would only be computed again.
extension Digest: AbsentableColumnValue {
    package struct Stored: BitwiseCopyable { let high, low: UInt64 }

    package static var absent: Stored { Stored(high: 0, low: 0) }
    package static func value(_ stored: Stored) -> Digest? {
        stored.high == 0 && stored.low == 0 ? nil : Digest(high: stored.high, low: stored.low)
    }
    package var stored: Stored { Stored(high: high, low: low) }
}

extension Content: AbsentableColumnValue {
    package struct Stored: BitwiseCopyable { let high, low, sizeBytes, kind: UInt64 }

    package static var absent: Stored { Stored(high: 0, low: 0, sizeBytes: 0, kind: 0) }
    package static func value(_ stored: Stored) -> Content? {
        UInt8(exactly: stored.kind).flatMap { Kind(rawValue: $0) }.map { kind in
            Content(
                kind: kind,
                fingerprint: Fingerprint(
                    digest: Digest(high: stored.high, low: stored.low), sizeBytes: stored.sizeBytes))
        }
    }
    package var stored: Stored {
        Stored(
            high: fingerprint.digest.high, low: fingerprint.digest.low, sizeBytes: fingerprint.sizeBytes,
            kind: UInt64(kind.rawValue))
    }
}

/// One of zeros is a stamp that nothing has.
extension Stamp: ColumnValue {
    package struct Stored: BitwiseCopyable {
        let device, inode: UInt64
        let sizeBytes, modifiedNanoseconds, changedNanoseconds: Int64
        let mode: UInt64
    }

    package init(stored: Stored) {
        self.init()
        (device, inode, sizeBytes) = (stored.device, stored.inode, stored.sizeBytes)
        (modifiedNanoseconds, changedNanoseconds) = (stored.modifiedNanoseconds, stored.changedNanoseconds)
        mode = UInt32(truncatingIfNeeded: stored.mode)
    }

    package var stored: Stored {
        Stored(
            device: device, inode: inode, sizeBytes: sizeBytes, modifiedNanoseconds: modifiedNanoseconds,
            changedNanoseconds: changedNanoseconds, mode: UInt64(mode))
    }
}
