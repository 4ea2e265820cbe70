import Foundation

/// What lies beside the test bundle: the program, its helper, the library that rules link, and their modules.
enum Built {
    struct NotThere: Error { let searchedFor: String }

    /// Absolute.
    static func program() throws -> URL {
        var directory = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        if let bundle = CommandLine.arguments.last(where: { $0.hasSuffix(".xctest") }) {
            directory = URL(filePath: bundle).deletingLastPathComponent()
        }
        while directory.path != "/" {
            let program = directory.appending(path: "dbuild")
            let archive = directory.appending(path: "libDbuildRules.a")
            if FileManager.default.isExecutableFile(atPath: program.path),
                FileManager.default.fileExists(atPath: archive.path)
            {
                return program.standardizedFileURL
            }
            directory.deleteLastPathComponent()
        }
        throw NotThere(searchedFor: "dbuild and libDbuildRules.a")
    }
}

/// Whether the long forms of tests were asked for.
let isLong = ProcessInfo.processInfo.environment["DBUILD_LONG"] != nil

/// Whether dbuild, which is built as its tests are, has the hooks that only debug builds have.
let hasTestHooks: Bool = {
    #if DEBUG
        true
    #else
        false
    #endif
}()
