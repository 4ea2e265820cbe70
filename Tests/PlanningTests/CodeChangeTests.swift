import Artifact
import Hashing
import Planning
import Testing

@Suite struct CodeChangeTests {
    private func atom(_ name: String, _ digest: UInt64) -> CodeAtom {
        CodeAtom(name: name, digest: Digest(high: 0, low: digest))
    }

    @Test func `what was changed, added and removed is said by name, and what stayed is not`() {
        let old = [atom("a", 1), atom("b", 1), atom("c", 1), atom("c", 2)]
        let new = [atom("a", 1), atom("b", 2), atom("c", 2), atom("c", 1), atom("d", 1)]
        #expect(
            codeChanges(from: old, to: new) == [
                CodeChange(name: "b", kind: .changed), CodeChange(name: "d", kind: .added),
            ])
        #expect(codeChanges(from: new, to: old).map(\.kind) == [.changed, .removed])
        #expect(codeChanges(from: old, to: old).isEmpty)
    }

    @Test func `what has no name is part of what refers to it, and not said`() {
        #expect(codeChanges(from: [atom("", 1)], to: [atom("", 2)]).isEmpty)
    }
}
