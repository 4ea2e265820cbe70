/// Decompresses one LZ4 block, which Parquet's LZ4_RAW pages are.
///
/// Source: lz4, lz4_Block_format.md.
enum LZ4 {
    /// - Parameter size: the exact decompressed size, already bounded by the caller.
    /// - Returns: nil where the data contradicts the format or the size.
    static func decompress(_ source: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
        unsafe decompressed(size: size) { unsafe decompress(source, into: $0, size: size) }
    }

    private static func decompress(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableBufferPointer<UInt8>, size: Int
    ) -> Bool {
        let end = source.count
        var position = 0
        var written = 0

        /// A length of which the token said `start`: 15 means that bytes follow, up to the first below 255.
        func length(_ start: Int) -> Int? {
            var total = start
            guard start == 15 else { return total }
            while position < end {
                let byte = unsafe Int(source[position])
                position += 1
                total += byte
                if byte < 255 { return total }
            }
            return nil
        }

        while position < end {
            let token = unsafe Int(source[position])
            position += 1
            guard let literal = length(token >> 4), literal <= end - position, literal <= size - written else {
                return false
            }
            if literal > 0, let out = target.baseAddress, let input = source.baseAddress {
                unsafe (out + written).update(
                    from: (input + position).assumingMemoryBound(to: UInt8.self), count: literal)
            }
            position += literal
            written += literal
            // The last sequence has no copy.
            if position == end { return written == size }
            guard end - position >= 2 else { return false }
            let distance = unsafe Int(source[position]) | Int(source[position + 1]) << 8
            position += 2
            guard let extra = length(token & 15), distance > 0, distance <= written, extra + 4 <= size - written else {
                return false
            }
            // Byte by byte: a copy may repeat what it has just written.
            for _ in 0 ..< extra + 4 {
                unsafe target[written] = target[written - distance]
                written += 1
            }
        }
        return false
    }
}
