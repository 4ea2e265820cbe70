import GRDB
package import Hashing

extension StateDatabase {
    /// By identity: what was found not to reproduce, and has not been found to since.
    static let unstableSchema = """
        CREATE TABLE unstable (
            identity BLOB PRIMARY KEY, key BLOB NOT NULL, why TEXT NOT NULL, now INTEGER NOT NULL) WITHOUT ROWID;
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
                    sql: "INSERT OR REPLACE INTO unstable (identity, key, why, now) VALUES (?, ?, ?, ?)",
                    arguments: [data(identity), data(unstable.key), unstable.why, unstable.nowNanoseconds])
            }
        }
    }

    package func unstable(_ identity: Digest) throws(Failure) -> Unstable? {
        try read { database in
            let row = try Row.fetchOne(
                database, sql: "SELECT key, why, now FROM unstable WHERE identity = ?", arguments: [data(identity)])
            guard let row, let key = digest(row, 0), let why: String = value(row, 1), let now: Int64 = value(row, 2)
            else { return nil }
            return Unstable(key: key, why: why, nowNanoseconds: now)
        }
    }
}
