private import CXXHash

/// The 128 bits of an XXH3 digest. They tell changes apart; they are no protection against forgery.
public struct Digest: Hashable, BitwiseCopyable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// XXH3-128, seed 0, over a stream of bytes: what `xxhsum -H2` prints.
@safe public struct XXH3: ~Copyable {
    private let state: OpaquePointer

    public init() {
        // No memory for 600 bytes: nothing can go on.
        guard let state = unsafe XXH3_createState() else { fatalError("out of memory") }
        unsafe self.state = state
        unsafe XXH3_128bits_reset(state)
    }

    deinit { unsafe XXH3_freeState(state) }

    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        unsafe xxh3_128_update(state, bytes.baseAddress, bytes.count)
    }

    public mutating func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

    public mutating func update(_ value: UInt64) {
        unsafe withUnsafeBytes(of: value.littleEndian) { unsafe update($0) }
    }

    public func finish() -> Digest {
        let digest = unsafe XXH3_128bits_digest(state)
        return Digest(high: digest.high64, low: digest.low64)
    }

    /// The digest of bytes that are all there.
    public static func digest(_ bytes: UnsafeRawBufferPointer) -> Digest {
        let digest = unsafe xxh3_128(bytes.baseAddress, bytes.count)
        return Digest(high: digest.high64, low: digest.low64)
    }

    public static func digest(_ bytes: [UInt8]) -> Digest { unsafe bytes.withUnsafeBytes { unsafe digest($0) } }

    /// XXH3-64 of a few bytes, for hash tables.
    public static func hash64(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        unsafe XXH3_64bits(bytes.baseAddress, bytes.count)
    }
}

extension Digest: CustomStringConvertible {
    /// 32 hexadecimal digits.
    public var description: String {
        func hexadecimal(_ value: UInt64) -> String {
            let digits = String(value, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }
        return hexadecimal(high) + hexadecimal(low)
    }
}
