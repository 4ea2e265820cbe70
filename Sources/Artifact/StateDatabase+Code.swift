import Foundation
import GRDB
package import Hashing

/// The code that fingerprints in keys are of, so that a reason can say which function changed.
extension StateDatabase {
    /// Those of the latest runs: who has not been built since is told of the code as a whole.
    private static let mostCodes = 64

    package func code(_ digest: Digest) throws(Failure) -> [CodeAtom]? {
        let found = try read { database in
            try Data.fetchOne(database, sql: "SELECT atoms FROM code WHERE digest = ?", arguments: [data(digest)])
        }
        guard let found else { return nil }
        var unpacker = Unpacker([UInt8](found))
        return try? unpacker.list(of: CodeAtom.self)
    }

    /// Those of which nothing is known.
    package func unknownCodes(_ digests: Set<Digest>) throws(Failure) -> Set<Digest> {
        try read { database in
            try digests.filter { digest in
                try Row.fetchOne(
                    database, sql: "SELECT 1 FROM code WHERE digest = ?", arguments: [data(digest)]) == nil
            }
        }
    }

    package func recordCode(_ codes: [Digest: [CodeAtom]], run: Int64) throws(Failure) {
        try write { database in
            for (digest, atoms) in codes {
                try database.execute(
                    sql: "INSERT OR IGNORE INTO code (digest, atoms, run) VALUES (?, ?, ?)",
                    arguments: [data(digest), packed { $0.list(atoms) }, run])
            }
            try database.execute(
                sql: "DELETE FROM code WHERE digest NOT IN (SELECT digest FROM code ORDER BY run DESC, digest LIMIT ?)",
                arguments: [Self.mostCodes])
        }
    }
}
