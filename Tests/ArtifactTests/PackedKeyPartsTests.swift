import Artifact
import Testing

/// The parts of a key, kept as they are packed: they say what the parts themselves do.
@Suite struct PackedKeyPartsTests {
    private static let parts = [
        KeyPart(.format, [], [1]), KeyPart(.recipe, Array("type".utf8), [2, 3]), KeyPart(.input, [1], [4]),
        KeyPart(.parameter, Array("rounds".utf8), []), KeyPart(.input, [], []), KeyPart(.tool, [9], Array(0 ... 255)),
    ]

    @Test(arguments: 0 ... 6)
    func `what is known without inputs is the same, packed or not`(count: Int) {
        let parts = Array(Self.parts.prefix(count))
        #expect(PackedKeyParts(parts).parts == parts)
        #expect(PackedKeyParts(parts).digestWithoutInputs == KeyPart.digestWithoutInputs(parts))
        let others = parts.filter { $0.kind != .input }
        #expect(PackedKeyParts(parts).digestWithoutInputs == PackedKeyParts(others).digestWithoutInputs)
    }

    @Test func `damaged ones are none`() {
        let bytes = PackedKeyParts(Self.parts).bytes
        for count in 0 ..< bytes.count {
            let damaged = PackedKeyParts(Array(bytes.prefix(count)))
            #expect(damaged.parts.isEmpty)
            #expect(damaged.digestWithoutInputs == KeyPart.digestWithoutInputs([]))
        }
    }
}
