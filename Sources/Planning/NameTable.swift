import Artifact
private import Hashing

/// Names as bytes, each once, by number in the order in which they came. All lie in one array: a name is no object.
struct NameTable: Sendable {
    private var bytes: [UInt8] = []
    /// Where each begins, and at last where the next one will.
    private var starts: [Int] = [0]
    /// Open addressing: half of a name's hash, and below it the number + 1; 0 is free. At most half of them are taken.
    private var slots = [UInt64](repeating: 0, count: 64)

    /// As many as 32 bits can number, less one for "none".
    static let most = Int(UInt32.max) - 1

    var count: Int { starts.count - 1 }

    subscript(number: Int) -> ArraySlice<UInt8> { bytes[starts[number] ..< starts[number + 1]] }

    func find(_ name: Span<UInt8>) -> Int? { probe(name).number }

    /// - Precondition: there are fewer than `most`, or the name is known.
    mutating func number(of name: Span<UInt8>) -> Int {
        let (known, slot, hash) = probe(name)
        if let known { return known }
        let number = count
        precondition(number < Self.most)
        slots[slot] = hash << 32 | UInt64(number + 1)
        unsafe name.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
        starts.append(bytes.count)
        if 2 * count > slots.count { grow() }
        return number
    }

    /// - Returns: below 0 where the first comes before the second, in the order of `Path`.
    func order(_ first: Int, _ second: Int, from: (first: Int, second: Int) = (0, 0)) -> Int {
        unsafe bytes.withUnsafeBytes { all in
            unsafe compareBytes(
                UnsafeRawBufferPointer(rebasing: all[(starts[first] + from.first) ..< starts[first + 1]]),
                UnsafeRawBufferPointer(rebasing: all[(starts[second] + from.second) ..< starts[second + 1]]))
        }
    }

    /// The numbers of all names, sorted by their bytes.
    func sortedNumbers() -> [Int] { (0 ..< count).sorted { order($0, $1) < 0 } }

    private func probe(_ name: Span<UInt8>) -> (number: Int?, slot: Int, hash: UInt64) {
        unsafe name.withUnsafeBytes { name in
            let hash = unsafe XXH3.hash64(name)
            let half = hash >> 32
            let mask = slots.count - 1
            var slot = Self.slot(half, mask)
            while slots[slot] != 0 {
                let number = Int(slots[slot] & 0xFFFF_FFFF) - 1
                if slots[slot] >> 32 == half, unsafe isName(number, name) { return (number, slot, half) }
                slot = (slot + 1) & mask
            }
            return (nil, slot, half)
        }
    }

    private func isName(_ number: Int, _ name: UnsafeRawBufferPointer) -> Bool {
        guard starts[number + 1] - starts[number] == name.count else { return false }
        return unsafe bytes.withUnsafeBytes { all in
            unsafe compareBytes(
                UnsafeRawBufferPointer(rebasing: all[starts[number] ..< starts[number + 1]]), name) == 0
        }
    }

    /// Where a name begins to be looked for: of the half that is kept, so that a table grows without hashing again.
    private static func slot(_ half: UInt64, _ mask: Int) -> Int {
        // Multiplied, since tables grow beyond what few bits tell apart (Fibonacci hashing).
        Int(truncatingIfNeeded: (half &* 0x9E37_79B9_7F4A_7C15) >> 24) & mask
    }

    private mutating func grow() {
        let old = slots
        slots = [UInt64](repeating: 0, count: 4 * old.count)
        let mask = slots.count - 1
        for entry in old where entry != 0 {
            var slot = Self.slot(entry >> 32, mask)
            while slots[slot] != 0 { slot = (slot + 1) & mask }
            slots[slot] = entry
        }
    }
}
