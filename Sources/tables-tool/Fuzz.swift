private import Tables
private import TestSupport

/// Damages a valid file at random and reads it: every outcome but a table or a `TableError` that says where is a failure.
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

    /// A damaged file that was not handled as it must be.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// What a file of a few kilobytes may make the reader allocate here: small, so that the memory at the end of a run
    /// says whether limits hold.
    private static let limits = {
        var limits = ReadLimits()
        limits.maximumRows = 1 << 20
        limits.maximumColumns = 1 << 12
        limits.maximumPageBytes = 1 << 22
        limits.maximumColumnBytes = 1 << 23
        limits.undisputedBytes = 1 << 22
        limits.maximumGrowth = 16
        return limits
    }()

    private static let name = "damaged.parquet"

    /// - Throws: `Failure`.
    mutating func run(_ file: [UInt8], times: Int) throws -> Outcome {
        guard let dissection = Dissection(file) else { throw Failure(description: "cannot be taken apart") }
        guard try outcome(of: dissection.file(), all: true).errors == 0 else {
            throw Failure(description: "cannot be read when it is put together again")
        }
        var total = Outcome()
        for _ in 0 ..< times {
            total += try outcome(of: damaged(file, dissection), all: false)
        }
        return total
    }

    /// Reads some of the file's columns, or all, in every way there is.
    private mutating func outcome(of bytes: [UInt8], all: Bool) throws -> Outcome {
        var outcome = Outcome(copies: 1)
        let file: ParquetFile
        do {
            file = try ParquetFile(bytes: bytes, name: Self.name, limits: Self.limits)
        } catch {
            try Self.check(error, needsColumn: false)
            return Outcome(copies: 1, errors: 1)
        }
        for field in file.schema.fields where all || random.below(3) == 0 {
            do {
                let table = try file.read(columns: [field.name], where: Self.predicates(field))
                _ = table.valueFingerprint()
                for row in 0 ..< min(table.rowCount, 20) { _ = table.columns[0][row] }
                outcome.columns += 1
            } catch {
                try Self.check(error, needsColumn: true)
                outcome.errors += 1
            }
        }
        if all || random.below(4) == 0 {
            do {
                var chunks = try file.chunks()
                while let table = try chunks.next() { _ = table.valueFingerprint() }
            } catch {
                try Self.check(error, needsColumn: true)
                outcome.errors += 1
            }
        }
        for column in file.schema.skipped {
            do {
                _ = try file.read(columns: [column.name])
                throw Failure(description: "a skipped column was read: \(column)")
            } catch let error as TableError {
                try Self.check(error, needsColumn: true)
            }
        }
        return outcome
    }

    /// An error says which file, and which column unless the whole file, or all rows of it, are meant.
    private static func check(_ error: any Error, needsColumn: Bool) throws {
        guard let error = error as? TableError else { throw error }
        let isOfFile = error.problem == .overLimit(.maximumRows, limits.maximumRows)
        guard error.file == name, error.column != nil || !needsColumn || isOfFile, !error.description.isEmpty else {
            throw Failure(description: "an error that does not say where: \(error)")
        }
    }

    private static func predicates(_ field: Field) -> [Predicate] {
        switch field.type {
        case .int64: [.atLeast(field.name, 0)]
        case .string: [.atMost(field.name, "z")]
        case .double: [.between(field.name, -1e300, 1e300)]
        case .bool, .int32, .date, .timestamp: []
        }
    }

    /// A copy with other bytes, another footer or another page header; sometimes with two of them.
    private mutating func damaged(_ file: [UInt8], _ dissection: Dissection) -> [UInt8] {
        var random = self.random
        defer { self.random = random }
        let sizes = [Int64(file.count), Int64(file.count - 8), 4]
        let way = random.below(6)
        let copy: [UInt8]?
        switch way {
        case 0: copy = nil
        case 1 ... 3: copy = dissection.file { random.mutate(&$0, sizes: sizes) }
        default:
            let page = Int(random.next() >> 1)
            copy = dissection.file(pick: { page % $0 }, changingHeader: { random.mutate(&$0, sizes: sizes) })
        }
        guard let copy, random.below(5) > 0 else { return random.damaged(copy ?? file) }
        return copy
    }
}

extension SplitMix {
    /// Cuts the file short, or changes 1 to 4 bytes, half of the time in the footer.
    fileprivate mutating func damaged(_ file: [UInt8]) -> [UInt8] {
        var bytes = file
        if below(10) == 0 { return Array(bytes[..<below(bytes.count)]) }
        let footer = file.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        for _ in 0 ..< 1 + below(4) {
            let inFooter = below(2) == 0 && footer + 8 <= bytes.count
            let position = inFooter ? bytes.count - 1 - below(footer + 8) : below(bytes.count)
            switch below(4) {
            case 0: bytes[position] ^= 1 << UInt8(below(8))
            case 1: bytes[position] = [0, 0x7F, 0x80, 0xFF][below(4)]
            case 2: bytes[position] = UInt8(below(256))
            default:
                let value = UInt8(below(256))
                for offset in 0 ..< min(4, bytes.count - position) { bytes[position + offset] = value }
            }
        }
        return bytes
    }
}
