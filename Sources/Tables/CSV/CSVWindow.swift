/// The part of a CSV text that is in memory: UTF-8, from the start of a record on.
struct CSVWindow {
    /// The bytes read and not dropped; those before `end` are known to be UTF-8.
    private(set) var bytes: [UInt8] = []
    private(set) var end = 0
    /// Whether the text ends at `end`.
    private(set) var isLast = false
    /// Bytes of the text that have been read, dropped ones included.
    private(set) var readBytes = 0
    /// The most bytes that were here at once.
    private(set) var peakBytes = 0

    private var source: TextSource
    /// The line, from 1, in which the window begins, and where in the window that line would begin: not above 0.
    private var line = 1
    private var lineStart = 0

    private let pieceBytes: Int
    private let maximumRecordBytes: Int
    /// Of the whole text; nil where nobody keeps it.
    private let allowance: Allowance?

    /// - Parameters:
    ///   - pieceBytes: what is read at once, unless a record is longer.
    ///   - keepsAll: whether all that is read will be in memory together, which the limits then bound.
    init(_ source: TextSource, _ limits: ReadLimits, pieceBytes: Int, keepsAll: Bool) {
        self.source = source
        self.pieceBytes = pieceBytes
        maximumRecordBytes = limits.maximumRecordBytes
        allowance = keepsAll ? limits.text(storedBytes: source.storedBytes) : nil
    }

    /// Drops the bytes before `offset`, which are whole records, and reads more behind the rest.
    ///
    /// - Throws: `io`, `cutShort`, `badGzip`, `notUTF8`, `overLimit`.
    mutating func advance(to offset: Int) throws(TableError) {
        drop(offset)
        guard bytes.count <= maximumRecordBytes else {
            throw error(.overLimit(.maximumRecordBytes, maximumRecordBytes), at: 0)
        }
        let before = bytes.count
        // Twice as much for a record that did not fit, so that reading it takes time in proportion to its length.
        isLast = try !source.read(upTo: max(pieceBytes, before), to: &bytes)
        readBytes += bytes.count - before
        peakBytes = max(peakBytes, bytes.count)
        try allowance?.check(readBytes)
        try check()
    }

    private mutating func check() throws(TableError) {
        let bad = firstByteNotUTF8(bytes.span.extracting(end ..< bytes.count)).map { $0 + end }
        // A character that the end of the piece cuts is looked at again with the next one.
        if let bad, isLast || bytes.count - bad > 3 { throw error(.notUTF8, at: bad) }
        end = bad ?? bytes.count
    }

    private mutating func drop(_ count: Int) {
        for index in 0 ..< count where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        lineStart -= count
        bytes.removeFirst(count)
        end -= count
    }

    /// An error with line and column.
    func error(_ problem: TableError.Problem, at offset: Int) -> TableError {
        var line = line
        var lineStart = lineStart
        for index in 0 ..< min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        return TableError(problem, place: .line(line, column: offset - lineStart + 1))
    }
}
