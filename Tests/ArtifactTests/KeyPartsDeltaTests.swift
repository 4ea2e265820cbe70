import TestSupport
import Testing

@testable import Artifact

/// The parts of a key, written as what they have that another key's have not.
@Suite struct KeyPartsDeltaTests {
    private static func placed(_ seed: Int) throws -> PlacedKeyParts {
        try placed(try #require(Example.alike(seed).trace).packedParts)
    }

    private static func placed(_ parts: PackedKeyParts) throws -> PlacedKeyParts {
        let placed = PlacedKeyParts(parts)
        return try #require(placed)
    }

    private static func random(_ random: inout SplitMix) -> PackedKeyParts {
        let recipe = KeyPart(.recipe, [], Array("Train".utf8))
        let others = (0 ..< Int.random(in: 0 ... 8, using: &random)).map { _ in
            KeyPart(
                Bool.random(using: &random) ? .input : .tool,
                (0 ..< Int.random(in: 0 ... 2, using: &random)).map { _ in UInt8.random(in: 0 ... 1, using: &random) },
                // Some are longer than a length of one byte says.
                (0 ..< Int.random(in: 0 ... 150, using: &random)).map { _ in
                    UInt8.random(in: 0 ... 1, using: &random)
                })
        }
        return PackedKeyParts([recipe] + others)
    }

    @Test func `parts come back as they were, byte for byte`() throws {
        for seed in 0 ..< 2000 as Range<UInt64> {
            var generator = SplitMix(state: seed)
            let (parts, base) = (Self.random(&generator), Self.random(&generator))
            let delta = try Self.placed(parts).delta(from: Self.placed(base))
            #expect(PackedKeyParts(delta: delta, from: base.bytes) == parts, "seed \(seed)")
        }
    }

    @Test func `what two keys have in common is not in it`() throws {
        let base = try Self.placed(100)
        for seed in 101 ..< 130 {
            let parts = try Self.placed(seed)
            let delta = parts.delta(from: base)
            #expect(delta.count < parts.bytes.count / 3)
            #expect(PackedKeyParts(delta: delta, from: base.bytes) == parts.packed)
        }
        #expect(base.delta(from: base).count <= 5)
    }

    @Test func `damage gives other bytes or none`() throws {
        let (parts, base) = (try Self.placed(101), try Self.placed(100))
        let delta = parts.delta(from: base)
        for length in delta.indices { _ = PackedKeyParts(delta: Array(delta[..<length]), from: base.bytes).parts }
        for place in delta.indices {
            for byte in 0 ... UInt8.max {
                var damaged = delta
                damaged[place] = byte
                _ = PackedKeyParts(delta: damaged, from: base.bytes).parts
            }
        }
        #expect(PackedKeyParts(delta: delta, from: []).bytes.isEmpty)
        let huge = [0] + Array(repeating: 0xFF, count: 9) + [1, 1]
        #expect(PackedKeyParts(delta: huge.map { UInt8($0) }, from: base.bytes).bytes.isEmpty)
    }

    @Test func `parts that cannot be read, or are of no recipe, are written whole`() {
        #expect(PlacedKeyParts(PackedKeyParts([UInt8]())) == nil)
        #expect(PlacedKeyParts(PackedKeyParts([3, 1])) == nil)
        #expect(PlacedKeyParts(PackedKeyParts([KeyPart(.format, [], [1])])) == nil)
    }
}
