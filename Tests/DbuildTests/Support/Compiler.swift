import Foundation
import Testing

/// The compiler of this machine, found as a shell would.
func compilerPath() throws -> String {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return try #require(
        path.split(separator: ":").map { "\($0)/swiftc" }.first { FileManager.default.isExecutableFile(atPath: $0) })
}

extension ExampleWorkspace {
    /// - Parameter lines: of a shell script.
    func writeScript(_ lines: String, to path: String) throws {
        try write("#!/bin/sh\n\(lines)\n", to: path)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: place(path).path)
    }

    /// A compiler that does something first, and then is the real one.
    ///
    /// - Returns: the environment in which it is found.
    func compiler(doing lines: String) throws -> [String: String] {
        try writeScript("\(lines)\nexec '\(try compilerPath())' \"$@\"", to: "compiler/swiftc")
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        return ["PATH": place("compiler").path + ":" + path]
    }
}
