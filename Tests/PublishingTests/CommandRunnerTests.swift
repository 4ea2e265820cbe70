import Artifact
import Testing

@testable import dbuild

/// Which inputs of a command get a link of their own.
@Suite struct CommandRunnerTests {
    @Test func whatLiesBelowAnotherInputIsThereThroughItsLink() {
        let inputs: [Path] = ["scripts/report.py", "scripts", "scripts-old/a", "scripts/lib/x.py", "scripts", "a/b"]
        #expect(InputLinks.topmost(inputs) == ["a/b", "scripts", "scripts-old/a"])
        #expect(InputLinks.topmost(["a/b/c", "a"]) == ["a"])
        #expect(InputLinks.topmost([]) == [])
    }
}
