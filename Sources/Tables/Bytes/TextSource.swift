/// The bytes of a text from front to back, piece by piece, so that a text need not lie in memory whole.
struct TextSource {
    private enum Origin {
        case memory([UInt8])
        case file(InputFile)
        case gzip(InputFile, GzipInflater)
    }

    private let origin: Origin
    /// Of the bytes of the file, those that have been read.
    private(set) var position = 0

    /// Compressed bytes that are read at once.
    private static let compressedPieceBytes = 1 << 16

    init(_ text: [UInt8]) { origin = .memory(text) }

    /// - Parameter path: gzip if its name ends in `.gz`.
    /// - Throws: `io`.
    init(path: String) throws(TableError) {
        let file = try InputFile(path)
        origin = path.hasSuffix(".gz") ? .gzip(file, try GzipInflater()) : .file(file)
    }

    /// Bytes of the file, as they are stored.
    var storedBytes: Int {
        switch origin {
        case .memory(let text): text.count
        case .file(let file), .gzip(let file, _): file.count
        }
    }

    /// Appends the next bytes.
    ///
    /// - Parameter limit: of bytes to append, at least 1.
    /// - Returns: false if nothing was appended, because nothing is left.
    /// - Throws: `io`, `cutShort`, `badGzip`.
    mutating func read(upTo limit: Int, to bytes: inout [UInt8]) throws(TableError) -> Bool {
        switch origin {
        case .memory(let text):
            let piece = position ..< min(position + limit, text.count)
            bytes.append(contentsOf: text[piece])
            position = piece.upperBound
            return !piece.isEmpty
        case .file(let file):
            let piece = position ..< min(position + limit, file.count)
            bytes.append(contentsOf: try file.read(piece))
            position = piece.upperBound
            return !piece.isEmpty
        case .gzip(let file, let inflater):
            let start = bytes.count
            while bytes.count == start {
                if inflater.needsInput {
                    if position == file.count {
                        guard !inflater.isInsideMember else { throw TableError(.badGzip) }
                        return false
                    }
                    let piece = position ..< min(position + Self.compressedPieceBytes, file.count)
                    inflater.feed(try file.read(piece))
                    position = piece.upperBound
                }
                guard inflater.inflate(upTo: limit, to: &bytes) else { throw TableError(.badGzip) }
            }
            return true
        }
    }
}
