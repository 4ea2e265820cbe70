import Artifact
import Planning
import TestSupport
import Testing

@testable import TestOracle

/// Values in bytes: each has one spelling, and no bytes trap the reader.
@Suite struct PackingTests {
    @Test func `every value is read back as it was`() throws {
        for value in examples {
            var unpacker = Unpacker(packed(value))
            #expect(try RecipeValue(from: &unpacker) == value)
            #expect(unpacker.isAtEnd)
        }
    }

    @Test func `two values never have one spelling`() {
        #expect(Set(examples).count == examples.count)
        #expect(Set(examples.map(packed)).count == examples.count)
    }

    @Test func `a value that was cut off is refused`() {
        for value in examples {
            let bytes = packed(value)
            for count in bytes.indices {
                var unpacker = Unpacker(Array(bytes[..<count]))
                #expect(throws: UnpackError.malformed) { try RecipeValue(from: &unpacker) }
            }
        }
    }

    @Test func `random bytes are refused, or are a value that is read back as it is`() {
        var random = SplitMix(state: 5)
        for _ in 0 ..< (isLong ? 1_000_000 : 20_000) {
            // Small numbers are tags and lengths, so that it goes deep.
            let bytes = (0 ..< random.below(40)).map { _ in
                random.chance(oneIn: 8) ? UInt8(truncatingIfNeeded: random.next()) : UInt8(random.below(14))
            }
            var unpacker = Unpacker(bytes)
            guard let value = try? RecipeValue(from: &unpacker) else { continue }
            var again = Unpacker(packed(value))
            #expect((try? RecipeValue(from: &again)) == value, "\(bytes)")
            _ = value.holdsArtifacts
            _ = value.dropping([0, 1])
            _ = Plan.commandFacts(value)
        }
    }

    @Test func `damaged traces are refused or read`() {
        let member = Trace.Member(path: "sub/x", content: Workbench.fileContent([1]))
        let output = Trace.Output(path: "tree", content: Census.treeContent([member]), members: [member])
        let part = KeyPart(.parameter, [1, 2], [3])
        var packer = Packer()
        packer.list([output, output])
        packer.list([part, part])
        var random = SplitMix(state: 6)
        for _ in 0 ..< 5_000 {
            var bytes = packer.bytes
            for _ in 0 ... random.below(3) {
                bytes[random.below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
            }
            var unpacker = Unpacker(Array(bytes.prefix(1 + random.below(bytes.count))))
            guard let outputs = try? unpacker.list(of: Trace.Output.self) else { continue }
            for output in outputs { _ = output.content(at: "sub") }
            if let parts = try? unpacker.list(of: KeyPart.self) { _ = differences(from: parts, to: [part]) }
        }
    }

    @Test func `a length beyond the bytes is refused before memory is taken`() {
        for tag in 0 ..< 16 as Range<UInt8> {
            for length in [UInt64.max, 1 << 62, 1 << 40, UInt64(Int.max) + 1] {
                var packer = Packer()
                packer.byte(tag)
                packer.number(length)
                var unpacker = Unpacker(packer.bytes)
                if let value = try? RecipeValue(from: &unpacker) { #expect(!isCollection(value)) }
            }
        }
    }

    @Test func `what is nested too deep is refused`() {
        // Lists of one list each.
        let list = packed(.list([]))[0]
        let bytes = [UInt8](repeating: 0, count: 400_000).enumerated().map { $0.offset % 2 == 0 ? list : 1 }
        var unpacker = Unpacker(bytes)
        #expect(throws: UnpackError.malformed) { try RecipeValue(from: &unpacker) }
    }

    @Test func `numbers longer than 64 bits are refused`() {
        var unpacker = Unpacker([UInt8](repeating: 0xFF, count: 11))
        #expect(throws: UnpackError.malformed) { try unpacker.number() }
        var largest = Packer()
        largest.number(UInt64.max)
        var reader = Unpacker(largest.bytes)
        #expect((try? reader.number()) == .max)
        var beyond = Unpacker([UInt8](repeating: 0xFF, count: 9) + [0x02])
        #expect(throws: UnpackError.malformed) { try beyond.number() }
    }

    private let examples: [RecipeValue] = [
        .absent, .awaited, .bool(true), .bool(false), .int(0), .int(-1), .int(.min), .int(.max), .uint(0), .uint(.max),
        .double(bits: 0), .double(bits: (-0.0).bitPattern), .double(bits: Double.nan.bitPattern), .string([]),
        .string([0]), .string(Array("é".utf8)), .string([UInt8](repeating: 0xFF, count: 300)), .list([]),
        .list([.list([])]), .list([.absent, .absent]), .object([]), .object([.init(name: [], value: .absent)]),
        .object([.init(name: [1], value: .list([.input(ordinal: 1)]))]), .input(ordinal: 0), .input(ordinal: 1),
        .input(ordinal: Int(UInt32.max)), .output(ordinal: 0),
    ]

    private func packed(_ value: RecipeValue) -> [UInt8] {
        var packer = Packer()
        value.pack(into: &packer)
        return packer.bytes
    }

    private func isCollection(_ value: RecipeValue) -> Bool {
        switch value {
        case .object, .list, .string: true
        default: false
        }
    }
}
