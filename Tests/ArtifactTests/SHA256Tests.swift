import Hashing
import Testing

@testable import Artifact

/// The hash and the code that stand for secrets.
@Suite struct SHA256Tests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    /// - Source: FIPS 180-4's published examples for SHA-256.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
    ])
    func messagesHaveTheirPublishedDigests(text: String, digest: String) {
        #expect(hex(SHA256.digest(Array(text.utf8))) == digest)
    }

    /// The digest of all of them, from another implementation.
    @Test func everyLengthAroundTheBlocksIsPaddedRight() {
        let digests = (0 ..< 200).flatMap { SHA256.digest([UInt8](repeating: UInt8($0), count: $0)) }
        #expect(hex(SHA256.digest(digests)) == "6f979b0f53f1f6efc88ce8829b3e9c0d7711e102a3cfe31394c5d6c3232047ad")
    }

    /// - Source: RFC 4231, test cases 1 to 4, 6 and 7.
    @Test func codesAreThoseOfTheStandard() {
        let cases: [(key: [UInt8], message: [UInt8], code: String)] = [
            (
                [UInt8](repeating: 0x0b, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xaa, count: 20), [UInt8](repeating: 0xdd, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                Array(1 ... 25), [UInt8](repeating: 0xcd, count: 50),
                "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xaa, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ]
        for entry in cases { #expect(hex(SHA256.code(of: entry.message, key: entry.key)) == entry.code) }
    }

    @Test func itIsTheSameInPiecesOfAnyLength() {
        var random = SplitMix(state: 3)
        let message = (0 ..< 5000).map { _ in UInt8.random(in: 0 ... 255, using: &random) }
        for _ in 0 ..< 50 {
            var hash = SHA256()
            var rest = message[...]
            while !rest.isEmpty {
                let piece = rest.prefix(Int.random(in: 0 ... 200, using: &random))
                hash.update(Array(piece))
                rest = rest.dropFirst(piece.count)
            }
            #expect(hash.finish() == SHA256.hash(message))
        }
    }

    @Test func withAndWithoutTheProcessorsInstructionsItIsTheSame() {
        var random = SplitMix(state: 4)
        for count in [0, 1, 2, 7] {
            let blocks = (0 ..< 64 * count).map { _ in UInt8.random(in: 0 ... 255, using: &random) }
            var (first, second) = (SHA256.begin, SHA256.begin)
            unsafe blocks.withUnsafeBytes { unsafe SHA256.compress($0, into: &first) }
            unsafe blocks.withUnsafeBytes { unsafe SHA256.compressPlainly($0, into: &second) }
            #expect(first == second)
        }
    }
}
