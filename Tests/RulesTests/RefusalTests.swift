import Foundation
import TestSupport
import Testing

@testable import Rules

/// Mistakes that the compiler refuses: the files in `Refusals`, each with the expected message in its first line.
@Suite struct RefusalTests {
    @Test(
        .enabled(if: modules != nil, "the built modules lie beside the tests"),
        arguments: [
            "WrongAxis", "WrongKind", "NoSuchOutput", "AxisTooMany", "ManyForOne", "InputForgotten", "AcceptsOne",
        ])
    func theCompilerRefuses(mistake: String) throws {
        let file = refusals.appending(path: mistake + ".swift")
        let text = try String(contentsOf: file, encoding: .utf8)
        let message = try #require(text.split(separator: "\n").first?.dropFirst("// ".count))
        #expect(try typecheck([refusals.appending(path: "Recipes.swift"), file]).contains(message))
    }

    @Test(.enabled(if: modules != nil, "the built modules lie beside the tests"))
    func whatTheMistakesBeginFromIsRight() throws {
        #expect(try typecheck([refusals.appending(path: "Recipes.swift")]) == "")
    }

    /// What the compiler says of rules.
    private func typecheck(_ files: [URL]) throws -> String {
        let arguments = [
            "swiftc", "-typecheck", "-parse-as-library", "-swift-version", "6", "-I", try #require(modules).path,
        ]
        return String(decoding: try runToEnd("/usr/bin/env", arguments + files.map(\.path)).output, as: UTF8.self)
    }
}

private let refusals = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Refusals")

/// The directory of the built modules: `Modules` beside the test bundle, or above it.
private let modules: URL? = {
    var directory = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
    if let bundle = CommandLine.arguments.last(where: { $0.hasSuffix(".xctest") }) {
        directory = URL(filePath: bundle).deletingLastPathComponent()
    }
    while directory.path != "/" {
        let modules = directory.appending(path: "Modules")
        if FileManager.default.fileExists(atPath: modules.appending(path: "Rules.swiftmodule").path) { return modules }
        directory.deleteLastPathComponent()
    }
    return nil
}()
