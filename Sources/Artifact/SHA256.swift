private import CSHA256

/// SHA-256 over a stream of bytes, and the code of a message under a key that is made with it.
///
/// - Source: FIPS 180-4, sections 4.1.2, 5 and 6.2; RFC 2104 for HMAC.
package struct SHA256: Sendable {
    private static let blockBytes = 64

    static let begin = SIMD8<UInt32>(
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19)

    private var state = SHA256.begin
    /// What has come since the last whole block: less than one.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count &+= UInt64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(Self.blockBytes - rest.count, bytes.count)
            unsafe rest.append(contentsOf: bytes[..<start])
            guard rest.count == Self.blockBytes else { return }
            unsafe rest.withUnsafeBytes { unsafe Self.compress($0, into: &state) }
            rest.removeAll(keepingCapacity: true)
        }
        let whole = start + (bytes.count - start) / Self.blockBytes * Self.blockBytes
        unsafe Self.compress(UnsafeRawBufferPointer(rebasing: bytes[start ..< whole]), into: &state)
        unsafe rest.append(contentsOf: bytes[whole...])
    }

    package mutating func update(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe update($0) } }

    package consuming func finish() -> SHA256Digest {
        let bitCount = count &* 8
        let zeros = (2 * Self.blockBytes - 9 - rest.count) % Self.blockBytes
        var end = [0x80] + [UInt8](repeating: 0, count: zeros)
        end += (0 ..< 8).map { UInt8(truncatingIfNeeded: bitCount >> (56 - 8 * UInt64($0))) }
        update(end)
        return SHA256Digest(words: state)
    }

    package static func hash(_ message: [UInt8]) -> SHA256Digest {
        var hash = SHA256()
        hash.update(message)
        return hash.finish()
    }

    /// - Returns: 32 bytes.
    package static func digest(_ message: [UInt8]) -> [UInt8] { hash(message).bytes }

    /// HMAC-SHA256: nobody without the key can tell a message from its code, nor try messages against it.
    ///
    /// - Returns: 32 bytes.
    package static func code(of message: [UInt8], key: [UInt8]) -> [UInt8] {
        var key = key.count > blockBytes ? digest(key) : key
        key += [UInt8](repeating: 0, count: blockBytes - key.count)
        return digest(key.map { $0 ^ 0x5c } + digest(key.map { $0 ^ 0x36 } + message))
    }

    /// - Parameter blocks: whole ones.
    static func compress(_ blocks: UnsafeRawBufferPointer, into state: inout SIMD8<UInt32>) {
        if unsafe blocks.isEmpty { return }
        let isDone = unsafe withUnsafeMutableBytes(of: &state) { words in
            unsafe dbuild_sha256_blocks(
                words.assumingMemoryBound(to: UInt32.self).baseAddress, blocks.baseAddress, blocks.count / blockBytes)
        }
        if isDone == 0 { unsafe compressPlainly(blocks, into: &state) }
    }

    /// The same for processors without instructions of their own for it.
    ///
    /// - Parameter blocks: whole ones.
    static func compressPlainly(_ blocks: UnsafeRawBufferPointer, into state: inout SIMD8<UInt32>) {
        unsafe constants.withUnsafeBufferPointer { constants in
            unsafe withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
                for start in stride(from: 0, to: blocks.count, by: blockBytes) {
                    for index in 0 ..< 16 {
                        let word = unsafe blocks.loadUnaligned(fromByteOffset: start + 4 * index, as: UInt32.self)
                        unsafe schedule[index] = UInt32(bigEndian: word)
                    }
                    for index in 16 ..< 64 {
                        let (early, late) = unsafe (schedule[index - 15], schedule[index - 2])
                        let small = rotated(early, 7) ^ rotated(early, 18) ^ early &>> 3
                        let large = rotated(late, 17) ^ rotated(late, 19) ^ late &>> 10
                        unsafe schedule[index] = schedule[index - 16] &+ small &+ schedule[index - 7] &+ large
                    }
                    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
                    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
                    for index in 0 ..< 64 {
                        let choice = e & f ^ ~e & g
                        let majority = a & b ^ a & c ^ b & c
                        let mixed = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25)
                        let first = unsafe h &+ mixed &+ choice &+ constants[index] &+ schedule[index]
                        let second = (rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) &+ majority
                        (h, g, f, e) = (g, f, e, d &+ first)
                        (d, c, b, a) = (c, b, a, first &+ second)
                    }
                    state &+= SIMD8(a, b, c, d, e, f, g, h)
                }
            }
        }
    }

    @inline(__always)
    private static func rotated(_ word: UInt32, _ count: UInt32) -> UInt32 { word &>> count | word &<< (32 - count) }

    /// The fractions of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

/// The 256 bits of a SHA-256 digest: nobody can make other bytes with the same one.
package struct SHA256Digest: Hashable, Sendable {
    private let words: SIMD8<UInt32>

    fileprivate init(words: SIMD8<UInt32>) { self.words = words }

    /// - Parameter bytes: 32; nil for any other number.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        var words = SIMD8<UInt32>()
        for (index, byte) in bytes.enumerated() { words[index / 4] = words[index / 4] << 8 | UInt32(byte) }
        self.words = words
    }

    /// - Parameter hexadecimal: 64 digits, as `description` and `sha256sum` write them; nil for anything else.
    package init?(hexadecimal text: some StringProtocol) {
        guard text.utf8.count == 64 else { return nil }
        var bytes: [UInt8] = []
        for digit in text.utf8 {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0") ... UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a") ... UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            default: return nil
            }
            bytes.append(value)
        }
        self.init(stride(from: 0, to: 64, by: 2).map { bytes[$0] << 4 | bytes[$0 + 1] })
    }

    package var bytes: [UInt8] {
        (0 ..< 32).map { UInt8(truncatingIfNeeded: words[$0 / 4] >> (24 - 8 * UInt32($0 % 4))) }
    }
}

extension SHA256Digest: CustomStringConvertible {
    /// 64 hexadecimal digits.
    package var description: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
