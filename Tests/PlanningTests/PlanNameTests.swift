import Artifact
import Testing

@testable import Planning

/// How a plan holds the names of its artifacts.
@Suite struct PlanNameTests {
    private func plan(of paths: [Path]) throws -> Plan {
        var sketch = Sketch()
        for path in paths { try sketch.source(path) }
        return try sketch.plan()
    }

    private let paths: [Path] = [
        "b", "a/b", "a-b/c", "a/b-c", "a/a", "z", "a/d/e", "a/d/e-f", "deep/down/under/leaf", "é", "a/é",
    ]

    @Test func `every artifact is found by its path, and nothing else is`() throws {
        let plan = try plan(of: paths)
        #expect(plan.artifactCount == paths.count)
        for path in paths {
            let artifact = try #require(plan.artifact(at: path), "\(path)")
            #expect(plan.path(of: artifact) == path)
            #expect(plan.directory(of: artifact) / Path(plan.leaf(of: artifact)) == path)
        }
        for path: Path in ["", "a", "c", "a/", "/b", "a/c", "a/bb", "deep", "deep/down/under", "b/a", "zz"] {
            #expect(plan.artifact(at: path) == nil, "\(path)")
        }
    }

    @Test func `artifacts are sorted by directory and name, and a directory knows its own`() throws {
        let plan = try plan(of: paths)
        let inOrder = paths.sorted { ($0.directory, Path($0.leaf)) < ($1.directory, Path($1.leaf)) }
        #expect(plan.artifacts.map { plan.path(of: $0) } == inOrder)
        let byDirectory = (0 ..< plan.directoryCount).flatMap { index in
            plan.artifacts(inDirectory: index).map { (plan.directory(index), $0) }
        }
        #expect(byDirectory.map(\.1) == Array(plan.artifacts))
        for (directory, artifact) in byDirectory { #expect(plan.directory(of: artifact) == directory) }
    }

    @Test func `names end in a NUL where they lie`() throws {
        let plan = try plan(of: paths)
        for artifact in plan.artifacts {
            let leaf = unsafe plan.withUnsafeLeaf(of: artifact) { unsafe String(cString: $0) }
            #expect(Array(leaf.utf8) == plan.leaf(of: artifact))
            let directory = unsafe plan.withUnsafeDirectory(plan.directoryIndex(of: artifact)) {
                unsafe String(cString: $0)
            }
            #expect(Path(directory) == plan.directory(of: artifact))
        }
    }
}
