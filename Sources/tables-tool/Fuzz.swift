private import Tables

/// Damages a valid file at random and reads it: every outcome but a table or a `TableError` is a crash.
struct Fuzz {
    private var random: SplitMix

    init(seed: UInt64) { random = SplitMix(state: seed) }

    struct Outcome: CustomStringConvertible {
        var copies = 0
        /// Columns that could be read.
        var columns = 0
        var errors = 0

        var description: String { "\(copies) damaged copies, \(columns) columns read, \(errors) errors" }

        static func += (sum: inout Outcome, other: Outcome) {
            sum.copies += other.copies
            sum.columns += other.columns
            sum.errors += other.errors
        }
    }

    mutating func run(_ file: [UInt8], times: Int) throws -> Outcome {
        var limits = ReadLimits()
        limits.maximumRows = 1 << 20
        limits.maximumPageBytes = 1 << 24
        limits.maximumColumnBytes = 1 << 26
        var outcome = Outcome()
        for _ in 0 ..< times {
            outcome.copies += 1
            do {
                let file = try ParquetFile(bytes: damaged(file), limits: limits)
                for field in file.schema.fields {
                    do {
                        // Touches what was read in every way there is.
                        let table = try file.read(columns: [field.name], where: Self.predicates(field))
                        _ = table.valueFingerprint()
                        for row in 0 ..< min(table.rowCount, 20) { _ = table.columns[0][row] }
                        outcome.columns += 1
                    } catch {
                        _ = error.description
                        outcome.errors += 1
                    }
                }
            } catch {
                _ = error.description
                outcome.errors += 1
            }
        }
        return outcome
    }

    private static func predicates(_ field: Field) -> [Predicate] {
        switch field.type {
        case .int64: [.atLeast(field.name, 0)]
        case .string: [.atMost(field.name, "z")]
        case .double: [.between(field.name, -1e300, 1e300)]
        case .bool, .int32, .date, .timestamp: []
        }
    }

    /// Cuts the file short, or changes 1 to 4 bytes, half of the time in the footer.
    private mutating func damaged(_ file: [UInt8]) -> [UInt8] {
        var bytes = file
        if random.below(10) == 0 { return Array(bytes[..<random.below(bytes.count)]) }
        let footer = file.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        for _ in 0 ..< 1 + random.below(4) {
            let inFooter = random.below(2) == 0 && footer + 8 <= bytes.count
            let position = inFooter ? bytes.count - 1 - random.below(footer + 8) : random.below(bytes.count)
            switch random.below(4) {
            case 0: bytes[position] ^= 1 << UInt8(random.below(8))
            case 1: bytes[position] = [0, 0x7F, 0x80, 0xFF][random.below(4)]
            case 2: bytes[position] = UInt8(random.below(256))
            default:
                let value = UInt8(random.below(256))
                for offset in 0 ..< min(4, bytes.count - position) { bytes[position + offset] = value }
            }
        }
        return bytes
    }
}

/// A small seeded generator (SplitMix64), so that a failure can be repeated.
private struct SplitMix {
    var state: UInt64

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
