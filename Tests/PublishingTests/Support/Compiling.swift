import Foundation
import TestSupport
import Testing

/// Programs of the machine, found as a shell would.
enum Tool: String, CaseIterable {
    case swiftc, clang, ar

    var path: String? {
        (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(rawValue)" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }

    static var areThere: Bool { allCases.allSatisfy { $0.path != nil } }

    func run(_ arguments: [String]) throws {
        let ended = try runToEnd(try #require(path), arguments)
        try #require(ended.exitCode == 0, "\(String(decoding: ended.output, as: UTF8.self))")
    }
}

/// Source as it is compiled into a static archive, in a directory of its own.
struct Source {
    var c = "int table[4] = {1, 2, 3, 4};\nint one(int x) { return x * 3; }\nint two(int x) { return x * 5; }\n"
    var swift = "public func greet(_ name: String) -> String { \"hello, \\(name)\" }\n"
    var isReversed = false

    /// With debug information, which names the directory.
    func archive() throws -> [UInt8] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "archive-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        func file(_ name: String) -> String { directory.appending(path: name).path() }
        try c.write(toFile: file("c.c"), atomically: false, encoding: .utf8)
        try swift.write(toFile: file("s.swift"), atomically: false, encoding: .utf8)
        try Tool.clang.run(["-g", "-O1", "-c", file("c.c"), "-o", file("c.o")])
        try Tool.swiftc.run([
            "-g", "-O", "-parse-as-library", "-module-name", "Greeting", "-emit-object", file("s.swift"), "-o",
            file("s.o"),
        ])
        let members = ["c.o", "s.o"].map { file($0) }
        try Tool.ar.run(["rcs", file("lib.a")] + (isReversed ? members.reversed() : members))
        return [UInt8](try Data(contentsOf: directory.appending(path: "lib.a")))
    }
}
