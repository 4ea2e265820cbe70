import Artifact
import Hashing

/// Puts the sections of a plan one after another, each at a multiple of 8 bytes.
struct PlanFileWriter {
    private enum Content {
        case bytes([UInt8])
        case numbers([UInt32])
        case longNumbers([UInt64])

        var byteCount: Int {
            switch self {
            case .bytes(let bytes): bytes.count
            case .numbers(let numbers): 4 * numbers.count
            case .longNumbers(let numbers): 8 * numbers.count
            }
        }

        func withBytes(_ body: (UnsafeRawBufferPointer) -> Void) {
            switch self {
            case .bytes(let bytes): unsafe bytes.withUnsafeBytes(body)
            case .numbers(let numbers): unsafe numbers.withUnsafeBytes(body)
            case .longNumbers(let numbers): unsafe numbers.withUnsafeBytes(body)
            }
        }
    }

    private var sections: [PlanSection: Content] = [:]

    mutating func bytes(_ bytes: [UInt8], _ section: PlanSection) { sections[section] = .bytes(bytes) }
    mutating func numbers(_ numbers: [UInt32], _ section: PlanSection) { sections[section] = .numbers(numbers) }
    mutating func numbers(_ numbers: [UInt64], _ section: PlanSection) { sections[section] = .longNumbers(numbers) }

    mutating func lists(_ lists: NumberLists, _ offsetsSection: PlanSection, _ numbersSection: PlanSection) {
        numbers(lists.starts, offsetsSection)
        numbers(lists.numbers, numbersSection)
    }

    /// - Parameter isName: whether a NUL follows each, as system calls want it.
    mutating func strings(
        _ strings: some Sequence<ArraySlice<UInt8>>, _ bytesSection: PlanSection, _ offsetsSection: PlanSection,
        isName: Bool
    ) {
        var all: [UInt8] = []
        var offsets: [UInt32] = [0]
        for string in strings {
            all += string
            if isName { all.append(0) }
            // What 32 bits cannot say does not ascend: such a plan is refused when it is read.
            offsets.append(UInt32(clamping: all.count))
        }
        bytes(all, bytesSection)
        numbers(offsets, offsetsSection)
    }

    func finish() -> Blob {
        var table: [UInt64] = []
        var end = PlanHeader.byteCount
        for section in PlanSection.allCases {
            let count = sections[section]?.byteCount ?? 0
            table += [UInt64(end), UInt64(count)]
            end += (count + 7) & ~7
        }
        return unsafe Blob(count: end) { file in
            // The gaps between sections are part of the digest.
            unsafe file.initializeMemory(as: UInt8.self, repeating: 0)
            unsafe Self.put(table, in: file, at: PlanHeader.tableAt)
            for (index, section) in PlanSection.allCases.enumerated() {
                unsafe sections[section]?.withBytes { content in
                    let place = unsafe UnsafeMutableRawBufferPointer(rebasing: file[Int(table[2 * index])...])
                    unsafe place.copyMemory(from: content)
                }
            }
            let digest = unsafe XXH3.digest(UnsafeRawBufferPointer(rebasing: file[PlanHeader.tableAt...]))
            unsafe Self.put([PlanHeader.magic, PlanHeader.version, digest.high, digest.low], in: file, at: 0)
        }
    }

    private static func put(_ words: [UInt64], in file: UnsafeMutableRawBufferPointer, at offset: Int) {
        for (index, word) in words.enumerated() {
            unsafe file.storeBytes(of: word, toByteOffset: offset + 8 * index, as: UInt64.self)
        }
    }
}
