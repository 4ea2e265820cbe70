import Foundation
import Testing

@testable import dbuild

/// Which file the name of a command's program stands for.
@Suite struct ProgramNameTests {
    @Test func aNameIsSearchedForAndAPathIsNot() {
        #expect(BaseEnvironment.program("sh", root: "/nowhere")?.hasSuffix("/bin/sh") == true)
        #expect(BaseEnvironment.program("/bin/sh", root: "/nowhere") == "/bin/sh")
        #expect(BaseEnvironment.program("no-such-program", root: "/nowhere") == nil)
    }

    @Test func aNameWithASlashIsAPathInTheWorkspace() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        try FileManager.default.createDirectory(at: root.appending(path: "bin"), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            at: root.appending(path: "bin/tool"), withDestinationURL: URL(filePath: "/bin/sh"))
        #expect(BaseEnvironment.program("bin/tool", root: root.path) == root.path + "/bin/tool")
        #expect(BaseEnvironment.program("./bin/tool", root: root.path) == root.path + "/./bin/tool")
        // Also where PATH would lead to one.
        #expect(BaseEnvironment.program("bin/sh", root: root.path) == nil)
        #expect(BaseEnvironment.missing("bin/sh") == "no program `bin/sh`")
    }
}
