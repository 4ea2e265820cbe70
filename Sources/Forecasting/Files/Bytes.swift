import Glibc

/// The bytes of a file.
func readFile(_ path: String) throws(ForecastingError) -> [UInt8] {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .io(call: "open", path: path, errno: errno) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe block.withUnsafeMutableBytes { unsafe read(file, $0.baseAddress, $0.count) }
        if count > 0 { bytes += block[..<count] } else if count == 0 { return bytes }
        if count < 0, errno != EINTR { throw .io(call: "read", path: path, errno: errno) }
    }
}

/// Makes or replaces a file.
func writeFile(_ bytes: [UInt8], to path: String) throws(ForecastingError) {
    let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { throw .io(call: "open", path: path, errno: errno) }
    var written = 0
    while written < bytes.count {
        let count = unsafe bytes[written...].withUnsafeBytes { unsafe write(file, $0.baseAddress, $0.count) }
        if count >= 0 {
            written += count
        } else if errno != EINTR {
            let code = errno
            close(file)
            throw .io(call: "write", path: path, errno: code)
        }
    }
    guard close(file) == 0 else { throw .io(call: "close", path: path, errno: errno) }
}
