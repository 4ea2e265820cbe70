import Artifact
import Hashing
import Testing

/// The directories above the outputs of sets that are published together.
struct WayTests {
    private static func outputs(_ paths: [Path]) -> [Trace.Output] {
        let content = Content(kind: .file, fingerprint: Fingerprint(digest: XXH3.digest([]), sizeBytes: 0))
        return paths.map { Trace.Output(path: $0, content: content) }
    }

    @Test("where a set could not be looked at nothing of it is known, and the next one asks for all that it needs")
    func faults() throws {
        let stage = try Stage(files: ["x"])
        try stage.disk.makeDirectory("real/a")
        try stage.disk.makeLink("link", to: Array("real".utf8))
        let known = Self.outputs(["other/y"])
        let failing = Self.outputs(["other/x/f", "link/a/b/f", "link/a/c/f"])
        let next = Self.outputs(["link/a/b/d/f", "other/x/z/f"])
        func expected(_ sets: [Trace.Output]...) throws -> [Path: Way] {
            try stage.disk.ways(to: sets.flatMap { $0 })
        }
        #expect(try expected(failing)["link"] == .link(target: Array("real".utf8)))

        let counting = FaultyDisk(stage.disk)
        var sound = WaySearch(disk: counting)
        try sound.add(known)
        let callsBefore = counting.calls
        try sound.add(failing)
        #expect(try sound.ways == expected(known, failing))

        for call in callsBefore + 1 ... counting.calls {
            let disk = FaultyDisk(stage.disk, .fails(call: call, errno: FaultyDisk.inputOutput))
            var search = WaySearch(disk: disk)
            try search.add(known)
            #expect(throws: DiskError.self, "call \(call)") { try search.add(failing) }
            #expect(try search.ways == expected(known), "call \(call)")
            try search.add(next)
            #expect(try search.ways == expected(known, next), "call \(call)")
            try search.add(failing)
            #expect(try search.ways == expected(known, next, failing), "call \(call)")
        }
    }
}
