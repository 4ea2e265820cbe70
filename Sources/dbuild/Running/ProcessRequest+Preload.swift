import Processes

extension ProcessRequest {
    /// Puts a library in front of the program's own, and of those that it is to load before them already.
    ///
    /// - Parameter library: absolute, without colons and blanks, which part them. Source: ld.so(8).
    mutating func load(_ library: [UInt8]) {
        let name = Array("LD_PRELOAD".utf8)
        guard let before = environment[name], !before.isEmpty else {
            environment[name] = library
            return
        }
        // Both a sandbox and a variation ask for it.
        if !before.starts(with: library) { environment[name] = library + [UInt8(ascii: ":")] + before }
    }
}
