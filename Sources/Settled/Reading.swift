private import Glibc

/// All that an open file holds; nil where it cannot be read, or holds more than is read of one.
func readAll(_ file: Int32, mostBytes: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= mostBytes {
        let count = unsafe read(file, &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        if count < 0 { return nil }
        if count == 0 { return bytes }
        bytes += chunk[..<count]
    }
    return nil
}

/// What a small file holds.
///
/// - Parameter path: absolute.
package func readSmallFile(_ path: String) -> [UInt8]? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return readAll(file, mostBytes: 1 << 16)
}
