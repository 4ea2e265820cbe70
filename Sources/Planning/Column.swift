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

/// Values by number, of one width each: in memory, or where they lie in a mapped file, of which what is changed is copied
/// piece by piece.
@safe
package struct Column<Value: ColumnValue>: RandomAccessCollection, @unchecked Sendable {
    // Sendable, since bytes are only written to while this value alone refers to them.
    private var bytes: ColumnBytes
    package let count: Int

    package init(repeating value: Value, count: Int) {
        self.count = count
        bytes = ColumnBytes(count: count * MemoryLayout<Value.Stored>.stride)
        let stored = value.stored
        let isZero = unsafe Swift.withUnsafeBytes(of: stored) { unsafe $0.allSatisfy { $0 == 0 } }
        // Memory comes as zeros, and takes no room where nothing else is written.
        if !isZero { unsafe bytes.base.initializeMemory(as: Value.Stored.self, repeating: stored, count: count) }
    }

    /// - Returns: nil if the values are not whole within the blob.
    package init?(_ blob: Blob, at offset: Int, count: Int) {
        let stride = MemoryLayout<Value.Stored>.stride
        guard offset >= 0, offset % 8 == 0, count >= 0, offset <= blob.count, count <= (blob.count - offset) / stride
        else { return nil }
        self.count = count
        bytes = ColumnBytes(blob, at: offset, count: count * stride)
    }

    /// What the values take in a file.
    package var byteCount: Int { count * MemoryLayout<Value.Stored>.stride }

    package func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        defer { extendLifetime(bytes) }
        return try unsafe body(UnsafeRawBufferPointer(start: bytes.base, count: byteCount))
    }

    /// What may be otherwise than it lies in a file.
    ///
    /// - Parameter offset: where the values lie in it; all of them differ where they are not those.
    package func changes(since blob: Blob, at offset: Int) -> [Range<Int>] {
        bytes.changes(since: blob, at: offset) ?? (byteCount == 0 ? [] : [0 ..< byteCount])
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
            if !bytes.isWritable || !isKnownUniquelyReferenced(&bytes) { bytes = bytes.copy() }
            let (stride, stored) = (MemoryLayout<Value.Stored>.stride, newValue.stored)
            unsafe bytes.base.storeBytes(of: stored, toByteOffset: index * stride, as: Value.Stored.self)
            bytes.note(index * stride ..< (index + 1) * stride)
        }
    }
}

extension Column where Value == Content? {
    /// Whether both have something at an index, and the same.
    func holdsSame(as other: Column, at index: Int) -> Bool {
        precondition(index >= 0 && index < count && index < other.count)
        let place = index * MemoryLayout<Content.Stored>.stride
        let own = unsafe bytes.base.load(fromByteOffset: place, as: Content.Stored.self)
        let others = unsafe other.bytes.base.load(fromByteOffset: place, as: Content.Stored.self)
        return own == others && Content.value(own) != nil
    }
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

/// An instant or a number of a run: none is the least number there is, and turned so that this is zero, as "none" is of
/// everything in columns.
extension Int64: AbsentableColumnValue {
    package static var absent: Int64 { 0 }
    package static func value(_ stored: Int64) -> Int64? { stored == 0 ? nil : stored ^ .min }
    package var stored: Int64 { self ^ .min }
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
    package struct Stored: BitwiseCopyable, Equatable { let high, low, sizeBytes, kind: UInt64 }

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
