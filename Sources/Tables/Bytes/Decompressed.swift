/// The bytes that `decompress` writes.
///
/// - Parameters:
///   - size: of all of them, already bounded by the caller.
///   - decompress: whether it has written just so many.
/// - Returns: nil where it has not.
func decompressed(size: Int, _ decompress: (UnsafeMutableBufferPointer<UInt8>) -> Bool) -> [UInt8]? {
    var isGood = false
    let output = unsafe [UInt8](unsafeUninitializedCapacity: size) { target, count in
        isGood = unsafe decompress(target)
        count = isGood ? size : 0
    }
    return isGood ? output : nil
}
