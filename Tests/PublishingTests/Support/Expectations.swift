import Artifact
import Testing

@testable import dbuild

extension Stage {
    /// Nothing that the database says of a file is wrong: what its stamps would save from being read is what is there.
    func expectTrueCensus(_ database: StateDatabase, _ what: String) throws {
        var recorded: [(Path, Census)] = []
        try database.forEachCensus { recorded.append(($0, $1)) }
        for (path, known) in recorded {
            var taker = CensusTaker(disk: disk, waitsForTick: false)
            let believed = try taker.take(path, known: known)
            #expect(try believed?.content == census(path)?.content, "\(path): \(what)")
        }
    }

    /// The set is in place as a whole, and believed to be.
    func expectWhole(_ set: Publication, _ expected: Entries, _ database: StateDatabase, _ what: String) throws {
        #expect(try trace(in: database)?.key == set.trace?.key, "\(what)")
        #expect(try database.openPublications().isEmpty, "\(what)")
        for output in set.outputs {
            #expect(try census(output.path)?.content == output.content, "\(output.path): \(what)")
        }
        for (path, entry) in expected { #expect(try entries(path)[path] == entry, "\(path): \(what)") }
        try expectTrueCensus(database, what)
    }

    /// Somebody's text is still to be had, at its place or under `displaced`.
    func expectKept(_ text: String, _ what: String) throws {
        let places = try disk.names(in: Path([UInt8]())).flatMap { try entries($0) }.filter { path, entry in
            entry == .file(text) && path.below(".dbuild/staging") == nil
        }
        #expect(!places.isEmpty, "`\(text)` is gone: \(what)")
    }
}
