private import Foundation
import GRDB
package import Hashing

extension StateDatabase {
    /// How directories above outputs came to be there; nothing of those that somebody else made.
    static let waySchema = "CREATE TABLE way (path BLOB PRIMARY KEY, target BLOB) WITHOUT ROWID;"

    package func ways() throws(Failure) -> [Path: Way] {
        try read { database in
            var found: [Path: Way] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT path, target FROM way")
            while let row = try rows.next() {
                found[Path(bytes(row, 0))] = (value(row, 1) as Data?).map { .link(target: [UInt8]($0)) } ?? .made
            }
            return found
        }
    }

    package func record(ways: [Path: Way]) throws(Failure) {
        guard !ways.isEmpty else { return }
        try write { try record(ways, $0) }
    }

    /// Within transaction 1: before a directory is made, so that a crash cannot leave one that nobody knows.
    func record(_ ways: [Path: Way], _ database: Database) throws {
        if ways.isEmpty { return }
        let insert = try database.cachedStatement(sql: "INSERT OR REPLACE INTO way (path, target) VALUES (?, ?)")
        for (path, way) in ways {
            let target: Data? = if case .link(let target) = way { Data(target) } else { nil }
            try insert.execute(arguments: [Data(path.bytes), target])
        }
    }

    /// Forgets actions whose outputs are gone, as if they had never been built, and what was seen at paths that are.
    package func forget(_ identities: [Digest], gone paths: [Path]) throws(Failure) {
        guard !identities.isEmpty || !paths.isEmpty else { return }
        try write { database in
            for identity in identities { try removeTrace(identity, database) }
            try record(paths.map { ($0, nil) }, database)
        }
    }

    package func forgetDirectories(_ paths: [Path]) throws(Failure) {
        guard !paths.isEmpty else { return }
        try write { database in
            let delete = try database.cachedStatement(sql: "DELETE FROM way WHERE path = ?")
            for path in paths { try delete.execute(arguments: [Data(path.bytes)]) }
        }
    }
}
