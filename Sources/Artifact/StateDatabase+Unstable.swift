import GRDB
package import Hashing

extension StateDatabase {
    /// By identity: what was found not to reproduce, and has not been found to since.
    static let unstableSchema = """
        CREATE TABLE unstable (identity BLOB PRIMARY KEY, why TEXT NOT NULL, now INTEGER NOT NULL) WITHOUT ROWID;
        """

    /// - Parameter stable: what was found to reproduce now.
    package func recordUnstable(_ found: [(identity: Digest, unstable: Unstable)], stable: [Digest]) throws(Failure) {
        if found.isEmpty, stable.isEmpty { return }
        try write { database in
            for identity in stable {
                try database.execute(sql: "DELETE FROM unstable WHERE identity = ?", arguments: [data(identity)])
            }
            for (identity, unstable) in found {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO unstable (identity, why, now) VALUES (?, ?, ?)",
                    arguments: [data(identity), unstable.why, unstable.nowNanoseconds])
            }
        }
    }

    package func unstable(_ identity: Digest) throws(Failure) -> Unstable? {
        try read { database in
            try Row.fetchOne(
                database, sql: "SELECT why, now FROM unstable WHERE identity = ?", arguments: [data(identity)]
            ).map { Unstable(why: $0[0], nowNanoseconds: $0[1]) }
        }
    }
}
