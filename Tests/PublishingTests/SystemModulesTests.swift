import Artifact
import Foundation
import Testing

@testable import dbuild

struct SystemModulesTests {
    /// `Sources` of the package that this file lies in.
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources")

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: sources.appending(path: path), encoding: .utf8)
    }

    /// Lines that say something, without comments.
    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter {
            !$0.isEmpty && !$0.hasPrefix("//") && !$0.hasPrefix("#pragma")
        }
    }

    @Test(
        "the module maps that rules are compiled with say what the package's own do",
        arguments: SystemModules.all.map(\.name))
    func moduleMap(name: String) throws {
        let module = try #require(SystemModules.all.first { $0.name == name })
        let ours = SystemModules.moduleMap(name, libraries: module.libraries)
        #expect(try Self.lines(ours) == Self.lines(Self.text("\(name)/module.modulemap")))
    }

    @Test(
        "the headers that rules are compiled with say what the package's own begin with: functions there are not theirs",
        arguments: SystemModules.all.map(\.name))
    func header(name: String) throws {
        let module = try #require(SystemModules.all.first { $0.name == name })
        let (ours, own) = (Self.lines(module.header), Self.lines(try Self.text("\(name)/\(name).h")))
        #expect(own.starts(with: ours))
        #expect(own.count == ours.count || name == "CXXHash")
    }

    @Test("every system library of the package is there")
    func complete() throws {
        let maps = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path()).filter {
            FileManager.default.fileExists(atPath: Self.sources.appending(path: "\($0)/module.modulemap").path())
        }
        #expect(maps.sorted() == SystemModules.all.map(\.name).sorted())
    }

    @Test("what is written is what the compiler is told to read")
    func written() throws {
        let stage = try Stage(files: ["f"])
        try SystemModules.write(to: "maps", stage.disk)
        let options = SystemModules.options(in: "maps")
        let maps = options.filter { $0.hasPrefix("-fmodule-map-file=") }.map { Path(String($0.dropFirst(18))) }
        #expect(maps.count == SystemModules.all.count)
        for map in maps { #expect(try stage.has(map)) }
    }
}
