/// The parts of a key, and where each lies: what is needed to write them as a delta, or others as a delta from them.
struct PlacedKeyParts: Sendable {
    let packed: PackedKeyParts
    private let places: [PackedKeyParts.Place]
    /// The part that says which recipe it is. Keys of one recipe have much in common.
    private let recipe: Range<Int>

    var bytes: [UInt8] { packed.bytes }
    var recipeBytes: ArraySlice<UInt8> { bytes[recipe] }

    /// - Returns: nil for parts that are of no recipe, or cannot be read.
    init?(_ packed: PackedKeyParts) {
        self.packed = packed
        var places: [PackedKeyParts.Place] = []
        guard (try? packed.forEachPlace { places.append($0) }) != nil,
            let recipe = places.first(where: { $0.kind == .recipe })
        else { return nil }
        self.places = places
        self.recipe = recipe.range
    }

    /// What these parts have that a base has not, and where the rest is in it.
    ///
    /// Parts are compared in pairs from the front for as long as they are called alike, then from the back: inputs that
    /// are more or fewer lie in between. Of a value that differs what is the same at its ends is taken, too.
    func delta(from base: PlacedKeyParts) -> [UInt8] {
        var writer = DeltaWriter(bytes)
        // How many parts there are.
        let (start, other) = (places.first?.start ?? 0, base.places.first?.start ?? 0)
        if bytes[..<start] == base.bytes[..<other] { writer.match(0, 0, count: start) }
        let most = min(places.count, base.places.count)
        var front = 0
        while front < most, isCalledAlike(places[front], base.places[front], base) {
            match(places[front], base.places[front], base, &writer)
            front += 1
        }
        var back = 0
        while back < most - front,
            isCalledAlike(places[places.count - 1 - back], base.places[base.places.count - 1 - back], base)
        { back += 1 }
        for (own, other) in zip(places.suffix(back), base.places.suffix(back)) { match(own, other, base, &writer) }
        return writer.finish()
    }

    private func isCalledAlike(
        _ own: PackedKeyParts.Place, _ other: PackedKeyParts.Place, _ base: PlacedKeyParts
    ) -> Bool {
        own.head.count == other.head.count && sameAtStart(own.head, other.head, base) == own.head.count
    }

    private func match(
        _ own: PackedKeyParts.Place, _ other: PackedKeyParts.Place, _ base: PlacedKeyParts,
        _ writer: inout DeltaWriter
    ) {
        writer.match(
            own.start, other.start,
            count: sameAtStart(own.start ..< own.valueStart, other.start ..< other.valueStart, base))
        let start = sameAtStart(own.value, other.value, base)
        writer.match(own.valueStart, other.valueStart, count: start)
        let end = sameAtEnd(own.valueStart + start ..< own.end, other.valueStart + start ..< other.end, base)
        writer.match(own.end - end, other.end - end, count: end)
    }

    private func sameAtStart(_ own: Range<Int>, _ other: Range<Int>, _ base: PlacedKeyParts) -> Int {
        let most = min(own.count, other.count)
        let (bytes, others) = (bytes.span, base.bytes.span)
        var count = 0
        while count < most, bytes[own.lowerBound + count] == others[other.lowerBound + count] { count += 1 }
        return count
    }

    private func sameAtEnd(_ own: Range<Int>, _ other: Range<Int>, _ base: PlacedKeyParts) -> Int {
        let most = min(own.count, other.count)
        let (bytes, others) = (bytes.span, base.bytes.span)
        var count = 0
        while count < most, bytes[own.upperBound - 1 - count] == others[other.upperBound - 1 - count] { count += 1 }
        return count
    }
}

/// Writes bytes as what they have of others: bytes of their own, how many of the others are left out, how many follow
/// from there; and so on, and at the end bytes of their own.
private struct DeltaWriter {
    private let bytes: [UInt8]
    private var packer = Packer()
    private var match = (own: 0, base: 0, count: 0)
    /// What is written so far, and how much of the base is behind it.
    private var written = (own: 0, base: 0)
    /// To name a shorter one takes as much as to repeat it.
    private static let fewestBytes = 4

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// So many bytes are the same here and there. From the front to the back in both.
    mutating func match(_ own: Int, _ base: Int, count: Int) {
        if count == 0 { return }
        if match.own + match.count == own, match.base + match.count == base {
            match.count += count
            return
        }
        flush()
        match = (own, base, count)
    }

    private mutating func flush() {
        guard match.count >= Self.fewestBytes else { return }
        packer.string(bytes[written.own ..< match.own])
        packer.number(match.base - written.base)
        packer.number(match.count)
        written = (match.own + match.count, match.base + match.count)
    }

    mutating func finish() -> [UInt8] {
        flush()
        if written.own < bytes.count { packer.string(bytes[written.own...]) }
        return packer.bytes
    }
}

extension PackedKeyParts {
    /// Parts that were written as a delta; none where it is damaged.
    init(delta: [UInt8], from base: [UInt8]) {
        bytes = (try? Self.apply(delta, to: base)) ?? []
    }

    private static func apply(_ delta: [UInt8], to base: [UInt8]) throws(UnpackError) -> [UInt8] {
        var unpacker = Unpacker(delta)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(base.count + delta.count)
        var rest = base[...]
        while !unpacker.isAtEnd {
            bytes += try unpacker.slice()
            if unpacker.isAtEnd { break }
            let (skipped, count) = (try unpacker.number(), try unpacker.number())
            guard skipped <= UInt64(rest.count), count <= UInt64(rest.count) - skipped else { throw .malformed }
            rest = rest.dropFirst(Int(skipped))
            bytes += rest.prefix(Int(count))
            rest = rest.dropFirst(Int(count))
        }
        return bytes
    }
}
