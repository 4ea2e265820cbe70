import Foundation
import Testing

/// The outputs that are there stay until a new set is whole.
@Suite struct KeptOutputTests {
    private let old = ["left.txt": Data("pair of 1\n".utf8), "right.txt": Data("pair of 1\n".utf8)]

    @Test(arguments: [
        ("echo half > \"$1\"; exit 1", "exit 1"),
        ("echo half > \"$1\"; echo half > \"$2\"; kill -KILL $$", "killed by SIGKILL"),
        ("echo half > \"$1\"; exit 0", "it ended well, but did not write `out/pair/right.txt`"),
        ("exit 0", "it ended well, but did not write `out/pair/left.txt`"),
        ("mkdir \"$2\"; echo half > \"$1\"; exit 0", "`out/pair/right.txt` is declared as a file"),
    ])
    func aSetThatIsNotWholeReplacesNothing(does: String, says: String) async throws {
        try await withWorkspace(.failures) { workspace in
            #expect(try await workspace.dbuild("pair").exit == 0)
            try workspace.write("2\n", to: "data/rows.txt")
            try workspace.write(does, to: "control/pair")
            let ended = try await workspace.dbuild("pair")
            #expect(ended.exit == 1, "\(ended.testDescription)")
            #expect(ended.errors.contains(says), "\(ended.testDescription)")
            #expect(try workspace.files(below: "out/pair") == old)
            #expect(workspace.names(below: ".dbuild/staging").isEmpty)
            // Nothing of it was recorded or stored: it is built, and gives the new set.
            try workspace.remove("control/pair")
            #expect(try await workspace.dbuild("pair").exit == 0)
            #expect(try workspace.lastRun()?.finished == ["pair"])
            #expect(try workspace.read("out/pair/right.txt") == "pair of 2\n")
        }
    }

    @Test func whatIsNotDeclaredIsWarnedAboutAndNotKept() async throws {
        try await withWorkspace(.failures) { workspace in
            try workspace.write(
                "echo more > \"$(dirname \"$1\")/more.txt\"; mkdir own; echo x > own/x; echo t > \"$TMPDIR/scratch\"",
                to: "control/pair")
            let ended = try await workspace.dbuild("pair")
            #expect(ended.exit == 0, "\(ended.testDescription)")
            #expect(try workspace.files(below: "out/pair") == old)
            #expect(!workspace.exists("own"))
            #expect(
                try workspace.lastRun()?.warnings == [
                    "1 action of `pair` wrote what it does not declare, as `out/pair/more.txt`: it is not kept"
                ])
            #expect(try await workspace.dbuild("--check", "pair").exit == 0)
        }
    }
}
