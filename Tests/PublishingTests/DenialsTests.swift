import Artifact
import Foundation
import Testing

@testable import dbuild

/// What the sandbox denied, as programs write it down, and of which programs that can be heard.
@Suite struct DenialsTests {
    @Test func recordsAreReadEachOnce() {
        var denials = Denials(unheard: [Array("/a".utf8)])
        denials.add(Array("r/x\0w/y\0r/x\0s/a\0s/b\0z/q\0\0l/d\0x/e\0r/cut".utf8))
        let wanted: [(Denials.Act, String)] = [(.read, "/x"), (.write, "/y"), (.list, "/d"), (.execute, "/e")]
        #expect(denials.looks == wanted.map { Denials.Look(act: $0.0, path: Array($0.1.utf8)) })
        #expect(denials.unheard == ["/a", "/b"].map { Array($0.utf8) })
    }

    @Test func aScriptIsRunByItsInterpreter() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        for (text, wanted) in [
            ("#!/bin/sh\n", ProgramFile.script(interpreter: "/bin/sh")),
            ("#! /opt/x/perl -w\nuse", .script(interpreter: "/opt/x/perl")), ("#!\n", .other), ("", .other),
            ("\u{7F}ELF", .other), ("echo", .other),
        ] {
            try Data(text.utf8).write(to: place)
            #expect(ProgramFile(Path(place.path())) == wanted)
        }
        try Data("#!/usr/bin/env sh\n".utf8).write(to: place)
        guard case .script(let found) = ProgramFile(Path(place.path())) else {
            Issue.record("no script")
            return
        }
        #expect(found.leaf.elementsEqual("sh".utf8))
        #expect(ProgramFile(Path(place.path() + "-none")) == .other)
        guard case .linked(let linker) = ProgramFile("/bin/sh") else {
            Issue.record("the shell is linked otherwise")
            return
        }
        #expect(String(decoding: linker.leaf, as: UTF8.self).contains("ld-"))
    }

    /// No bytes of a program's file make more of it than it is.
    @Test func aDamagedHeadIsNoProgram() throws {
        let place = FileManager.default.temporaryDirectory.appending(path: "program-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        let shell = [UInt8](try Data(contentsOf: URL(filePath: "/bin/sh")).prefix(4096))
        for size in stride(from: 0, to: 700, by: 7) {
            try Data(shell.prefix(size)).write(to: place)
            _ = ProgramFile(Path(place.path()))
        }
        for offset in 32 ..< 120 {
            var bytes = shell
            bytes[offset] = 0xFF
            try Data(bytes).write(to: place)
            let found = ProgramFile(Path(place.path()))
            if case .script = found { Issue.record("byte \(offset)") }
        }
        try Data(shell.prefix(64)).write(to: place)
        #expect(ProgramFile(Path(place.path())) == .other)
    }

    /// A workspace in a directory of programs is not one of them.
    @Test func whereTheWorkspaceLiesIsLeftOut() throws {
        let files = FileManager.default
        let place = try #require(resolved(files.temporaryDirectory.path())) + "/prefix-\(UUID().uuidString)"
        defer { try? files.removeItem(atPath: place) }
        for name in ["bin", "lib/ws/data", "lib/other", "share"] {
            try files.createDirectory(atPath: place + "/" + name, withIntermediateDirectories: true)
        }
        try files.copyItem(atPath: try #require(resolved("/bin/sh")), toPath: place + "/bin/tool")
        let root = Path(place + "/lib/ws")
        let disk = try WorkspaceDisk(root: root)
        let surroundings = try SandboxSurroundings(root: root, rules: [], disk)
        let program = try surroundings.program(Path(place + "/bin/tool"), disk)
        #expect(program.isHeard)
        let wanted = ["/bin/tool", "/bin", "/lib/other", "/share"].map { Path(place + $0) }
        #expect(Set(wanted).isSubset(of: Set(program.readable)))
        #expect(!program.readable.contains { $0 == root || root.below($0) != nil || $0.below(root) != nil })
        #expect(!surroundings.readable.contains { root.below($0) != nil })
    }
}
