import Artifact
import Planning
import Testing

@testable import dbuild

struct CommandWordsTests {
    private static func text(_ text: String) -> CommandWord { .text(Array(text.utf8)) }

    @Test("words that differ are shown, and where they read alike what they are and where they differ")
    func change() {
        let (script, edited) = ("set -e; " + String(repeating: "x", count: 80) + "1; done", "; date")
        let cases: [(from: [CommandWord], to: [CommandWord], said: String)] = [
            ([Self.text("sh"), Self.text("1")], [Self.text("sh"), Self.text("2")], "[sh, 1] -> [sh, 2]"),
            (
                [Self.text("-c"), Self.text(script)], [Self.text("-c"), Self.text(script + edited)],
                "[\"-c\", \"…xxxxx1; done\"] -> [\"-c\", \"…xxxxx1; done; date\"]"
            ),
            ([Self.text("data/a")], [.input(0, "data/a")], "[\"data/a\"] -> [input data/a]"),
        ]
        for entry in cases { #expect([CommandWord].change(entry.from, entry.to) == entry.said) }
    }
}
