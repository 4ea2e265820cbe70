/// A valid Parquet file taken apart: what is before the footer, the footer as a tree, and where page headers lie.
struct Dissection {
    /// From the first byte to the footer.
    private let data: [UInt8]
    private let footer: ThriftTree
    private let pages: [Page]

    /// One page of one column chunk.
    private struct Page {
        let header: ThriftTree
        /// Where the header lies in `data`.
        let range: Range<Int>
        /// Where the chunk begins.
        let chunkStart: Int
    }

    /// - Returns: nil for a file that is none.
    init?(_ file: [UInt8]) {
        guard file.count >= 12 else { return nil }
        let length = file.suffix(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
        guard length <= file.count - 12 else { return nil }
        data = Array(file[..<(file.count - 8 - length)])
        var position = file.count - 8 - length
        guard let footer = ThriftTree.structure(file, at: &position) else { return nil }
        self.footer = footer
        var pages: [Page] = []
        for group in footer[4]?.elements ?? [] {
            for chunk in group[1]?.elements ?? [] { pages += Self.pages(of: chunk, data) }
        }
        self.pages = pages
    }

    private static func pages(of chunk: ThriftTree, _ data: [UInt8]) -> [Page] {
        guard let metadata = chunk[3], let size = metadata[7]?.integer, let start = Self.start(metadata) else {
            return []
        }
        var pages: [Page] = []
        var position = start
        while position < start + size, position < data.count {
            let first = position
            guard let header = ThriftTree.structure(data, at: &position), let body = header[3]?.integer else { break }
            pages.append(Page(header: header, range: first ..< position, chunkStart: start))
            position += body
        }
        return pages
    }

    /// Where a chunk's first page lies.
    private static func start(_ metadata: ThriftTree) -> Int? {
        guard let values = metadata[9]?.integer else { return nil }
        guard let dictionary = metadata[11]?.integer, dictionary > 0 else { return values }
        return min(values, dictionary)
    }

    /// The file put together again: unchanged, byte by byte what it was, if its writer writes as this tool does.
    func file() -> [UInt8] { Self.file(data, footer) }

    /// The file with its footer changed.
    func file(changingFooter change: (inout ThriftTree) -> Void) -> [UInt8] {
        var changed = footer
        change(&changed)
        return Self.file(data, changed)
    }

    /// The file with one page header changed, and the footer's offsets and sizes made right for it.
    ///
    /// - Parameter pick: chooses a number below the one given.
    /// - Returns: nil if it has no pages.
    func file(pick: (Int) -> Int, changingHeader change: (inout ThriftTree) -> Void) -> [UInt8]? {
        guard !pages.isEmpty else { return nil }
        let page = pages[pick(pages.count)]
        var header = page.header
        change(&header)
        let encoded = header.encoded()
        var bytes = data
        bytes.replaceSubrange(page.range, with: encoded)
        let moved = Int64(encoded.count - page.range.count)
        var footer = footer
        footer[4] = footer[4]?.mapElements { group in
            group[1] = group[1]?.mapElements { chunk in
                guard var metadata = chunk[3] else { return }
                if Self.start(metadata) == page.chunkStart { metadata.add(moved, to: 7) }
                for id in [9, 11] as [Int64] where (metadata[id]?.integer ?? 0) > page.range.lowerBound {
                    metadata.add(moved, to: id)
                }
                chunk[3] = metadata
            }
        }
        return Self.file(bytes, footer)
    }

    private static func file(_ data: [UInt8], _ footer: ThriftTree) -> [UInt8] {
        let tail = footer.encoded()
        var file = data + tail
        for shift in [0, 8, 16, 24] { file.append(UInt8(truncatingIfNeeded: tail.count >> shift)) }
        return file + Array("PAR1".utf8)
    }
}

extension ThriftTree {
    /// Adds to the struct's integer field of that number.
    fileprivate mutating func add(_ amount: Int64, to id: Int64) {
        guard case .integer(let kind, let value)? = self[id] else { return }
        self[id] = .integer(kind: kind, value + amount)
    }
}
