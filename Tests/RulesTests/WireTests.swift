import Foundation
import TestSupport
import Testing

@testable import Rules

@Suite struct WireTests {
    @Test func aNumberIsReadAsItWasWritten() throws {
        for number in [0, 1, 127, 128, 16_383, 16_384, Int.max] {
            let wire = WireWriter()
            wire.number(number)
            var reader = WireReader(wire.bytes)
            #expect(try reader.number() == number)
            #expect(reader.isAtEnd)
        }
    }

    @Test func aNumberBeyondIntIsRefused() {
        for bytes in [
            [UInt8](repeating: 0xFF, count: 9) + [1], [UInt8](repeating: 0xFF, count: 20),
            [UInt8](repeating: 0x80, count: 9) + [2],
        ] {
            var reader = WireReader(bytes)
            #expect(throws: WireError.numberTooLarge) { try reader.number() }
        }
    }

    @Test func namesAndStringsAreKnownOverFrames() throws {
        let wire = WireWriter()
        var frames: [[UInt8]] = []
        let texts = ["models/JFK-LAX/model.ubj", "models/JFK-SFO/model.ubj", "", "é", "e\u{301}"]
        for text in texts {
            wire.text("path", text)
            wire.place(Place(file: "rules/Rulesfile.swift", line: 7))
            frames.append(wire.bytes)
            wire.removeBytes()
        }
        var reader = WireReader()
        for (frame, text) in zip(frames, texts) {
            reader.feed(frame)
            #expect(Array(try reader.text().utf8) == Array(text.utf8))
            #expect(try reader.place() == Place(file: "rules/Rulesfile.swift", line: 7))
            #expect(reader.isAtEnd)
        }
        #expect(frames[1].count < frames[0].count / 2, "what is shared with the last string is not said again")
    }

    @Test func whatWasUnsaidIsNotMissed() throws {
        let wire = WireWriter()
        wire.text("path", "models/a")
        wire.text("file", "rules")
        let mark = wire.mark
        wire.text("path", "models/other")
        wire.text("new", "name")
        wire.rewind(to: mark)
        wire.text("newer", "text")
        wire.text("path", "models/b")
        wire.text("new", "again")
        var reader = WireReader(wire.bytes)
        for text in ["models/a", "rules", "text", "models/b", "again"] { #expect(try reader.text() == text) }
        #expect(reader.isAtEnd)
    }

    @Test func everyFieldOfARecipeSurvivesTheTrip() throws {
        let value = try encoded(Shapes.example)
        #expect(try Shapes(from: RecipeDecoder(value)) == Shapes.example)
        #expect(try Value(value.frame) == value)
    }

    @Test func aPropertyWithoutValueIsAFieldToo() throws {
        let fields = try encoded(Shapes.example).fields()
        #expect(fields.first { $0.name == "name" }?.value == .absent)
        #expect(fields.first { $0.name == "optional" }?.value == .absent)
        #expect(fields.first { $0.name == "perhaps" }?.value == .input(.absent))
    }

    @Test func setsAndDictionariesHaveOneOrder() throws {
        let words = (0 ..< 100).map { "w\($0)" }
        var shape = Shapes.example
        shape.nested.tags = Set(words)
        shape.nested.weights = Dictionary(uniqueKeysWithValues: words.map { ($0, 1) })
        let frame = try encoded(shape).frame
        for _ in 0 ..< 20 {
            // Another capacity and another order of insertion give another order of iteration.
            var tags = Set<String>(minimumCapacity: Int.random(in: 100 ... 5000))
            var weights = [String: Double](minimumCapacity: Int.random(in: 100 ... 5000))
            for word in words.shuffled() {
                tags.insert(word)
                weights[word] = 1
            }
            shape.nested.tags = tags
            shape.nested.weights = weights
            #expect(try encoded(shape).frame == frame)
        }
    }

    @Test func referencesSayWhatTheyAreAndWhatOfThemCounts() throws {
        let value = try encoded(Shapes.example)
        func references(_ name: String) throws -> [Reference] { try value.field(name).references }
        #expect(try references("one") == [.file("raw.csv")])
        #expect(try references("parts") == [.tree("by-entity")])
        #expect(try references("names") == [.listing("by-entity")])
        #expect(try references("pieces") == [.tree("pieces")])
        #expect(try references("byDay").map(\.path).sorted() == ["x", "y"])
    }

    @Test func anArtifactOfAnotherKindIsNotDecoded() throws {
        var fields = try encoded(Shapes.example).fields()
        let index = try #require(fields.firstIndex { $0.name == "parts" })
        for wrong in [Value.reference(.file("a")), .reference(.listing("a")), .string("a"), .absent] {
            fields[index].value = .input(wrong)
            #expect(throws: DecodingError.self) { try Shapes(from: RecipeDecoder(.object(fields))) }
        }
    }

    @Test func valuesNestedTooDeepAreRefusedOnBothSides() throws {
        let lists = [UInt8](repeating: Tag.list.rawValue, count: 100_000)
        #expect(throws: WireError.tooDeep) { try Value(lists) }
        #expect(throws: WireError.tooDeep) { try Value([UInt8](repeating: Tag.input.rawValue, count: 100_000)) }
        #expect(throws: WireError.tooDeep) { try encoded(Deep(levels: 300)) }
        let nearly = try encoded(Deep(levels: 200))
        #expect(try Value(nearly.frame) == nearly)
    }

    @Test func damagedBytesNeverTrap() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SplitMix(state: seed)
        let whole = [
            try encoded(Shapes.example).frame,
            WorkerRequest(
                type: "Split", recipe: try encoded(Shapes.example), cpus: 1, seed: 7, scratch: "s",
                missing: ["parts": ["a", "b"]]
            ).encode(),
            WorkerReply(failure: "why", nanoseconds: 1, cpuNanoseconds: 2, peakKilobytes: 3).frame,
        ]
        var refused = 0
        for _ in 0 ..< 10_000 {
            var bytes = whole.randomElement(using: &random) ?? []
            for _ in 0 ..< Int.random(in: 1 ... 4, using: &random) { damage(&bytes, &random) }
            do {
                let value = try Value(bytes)
                _ = try? Shapes(from: RecipeDecoder(value))
                _ = try? Command.arguments(of: value)
                _ = try? Command(from: RecipeDecoder(value))
            } catch { refused += 1 }
            _ = try? WorkerRequest(bytes)
            _ = try? WorkerReply(bytes)
            _ = try? ParameterDescription.list(bytes)
            _ = try? ReadPlan([bytes])
        }
        #expect(refused > 1000, "seed \(seed)")
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        switch Int.random(in: 0 ..< 5, using: &random) {
        case 0: bytes[index] = .random(in: 0 ... 255, using: &random)
        case 1: bytes.removeSubrange(index...)
        case 2: bytes.insert(.random(in: 0 ... 255, using: &random), at: index)
        case 3: bytes.remove(at: index)
        default: bytes.replaceSubrange(index..., with: bytes[..<index])
        }
    }
}

@Suite struct FrameTests {
    @Test func aFrameIsReadAsItWasWritten() throws {
        let pipe = Pipe()
        let frames: [[UInt8]] = [[], [1], Array(repeating: 7, count: 60_000)]
        for frame in frames { try writeFrame(frame, to: pipe.fileHandleForWriting.fileDescriptor) }
        try pipe.fileHandleForWriting.close()
        for frame in frames { #expect(try readFrame(from: pipe.fileHandleForReading.fileDescriptor) == frame) }
        #expect(try readFrame(from: pipe.fileHandleForReading.fileDescriptor) == nil)
    }

    @Test(arguments: [
        ([3, 0, 0], WireError.ended), ([3, 0, 0, 0, 1], .ended), ([0, 0, 0, 0x41], .frameTooLong(0x4100_0000)),
    ])
    func aFrameThatIsCutOrTooLongIsRefused(bytes: [UInt8], error: WireError) throws {
        let pipe = Pipe()
        try pipe.fileHandleForWriting.write(contentsOf: bytes)
        try pipe.fileHandleForWriting.close()
        #expect(throws: error) { try readFrame(from: pipe.fileHandleForReading.fileDescriptor) }
    }
}

private struct Deep: Codable {
    var inner: [Deep]

    init(levels: Int) { inner = levels <= 2 ? [] : [Deep(levels: levels - 2)] }
}

func encoded(_ value: some Encodable) throws -> Value {
    let wire = WireWriter()
    try RecipeEncoder(wire).encodeWhole(value)
    return try Value(wire.bytes)
}
