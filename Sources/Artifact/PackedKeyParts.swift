package import Hashing

/// The parts of a key as they are recorded, one behind another.
package struct PackedKeyParts: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package init(_ parts: [KeyPart]) {
        var packer = Packer()
        packer.list(parts)
        bytes = packer.bytes
    }

    /// None where they cannot be read: those differ from all others, so that the action is built again.
    package var parts: [KeyPart] {
        var unpacker = Unpacker(bytes)
        return (try? unpacker.list(of: KeyPart.self)) ?? []
    }

    /// As `KeyPart.digestWithoutInputs` of the parts, without a value for each.
    package var digestWithoutInputs: Digest {
        // What is kept mostly lies together.
        var kept: [Range<Int>] = []
        var count = 0
        var inputCount = 0
        do throws(UnpackError) {
            try forEachPlace { part in
                if part.kind == .input {
                    inputCount += 1
                    return
                }
                count += 1
                let place = part.range
                if let last = kept.last, last.upperBound == place.lowerBound {
                    kept[kept.count - 1] = last.lowerBound ..< place.upperBound
                } else {
                    kept.append(place)
                }
            }
        } catch { return KeyPart.digestWithoutInputs([]) }
        if inputCount == 0 { return XXH3.digest(bytes) }
        var packer = Packer()
        packer.number(count)
        for place in kept { packer.append(bytes[place]) }
        return XXH3.digest(packer.bytes)
    }

    /// Where a part lies.
    struct Place {
        let kind: KeyPart.Kind
        let start: Int
        /// Behind the kind and the name.
        let nameEnd: Int
        /// Behind the value's length.
        let valueStart: Int
        let end: Int

        var range: Range<Int> { start ..< end }
        var head: Range<Int> { start ..< nameEnd }
        var value: Range<Int> { valueStart ..< end }
    }

    /// Where each part lies.
    func forEachPlace(_ body: (Place) -> Void) throws(UnpackError) {
        var position = 0
        let count = try length(&position)
        for _ in 0 ..< count {
            let start = position
            guard position < bytes.count, let kind = KeyPart.Kind(rawValue: bytes[position]) else { throw .malformed }
            position += 1
            position += try length(&position)
            let nameEnd = position
            let valueCount = try length(&position)
            let valueStart = position
            position += valueCount
            body(Place(kind: kind, start: start, nameEnd: nameEnd, valueStart: valueStart, end: position))
        }
        guard position == bytes.count else { throw .malformed }
    }

    /// A number of things that are all still to come, and take a byte each at least.
    private func length(_ position: inout Int) throws(UnpackError) -> Int {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while true {
            guard position < bytes.count, shift < 63 else { throw .malformed }
            let next = bytes[position]
            position += 1
            value |= UInt64(next & 0x7F) << shift
            if next < 0x80 { break }
            shift += 7
        }
        guard value <= UInt64(bytes.count - position) else { throw .malformed }
        return Int(value)
    }
}
