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
