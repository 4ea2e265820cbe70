private import Foundation
import GRDB
private import Hashing

/// What leaves the machine is named by SHA-256: known for contents that were once read for it.
///
/// Kept by fingerprint and not by path: one content lies at many paths, and a path is looked at more often than it
/// changes.
extension StateDatabase {
    /// By digest and size of a content, the SHA-256 of its bytes.
    static let sha256Schema =
        "CREATE TABLE contentSHA256 (fingerprint BLOB PRIMARY KEY, sha256 BLOB NOT NULL) WITHOUT ROWID;"

    /// What is known of some of these contents.
    package func sha256(of fingerprints: Set<Fingerprint>) throws(Failure) -> [Fingerprint: SHA256Digest] {
        try read { database in
            let query = try database.cachedStatement(sql: "SELECT sha256 FROM contentSHA256 WHERE fingerprint = ?")
            var found: [Fingerprint: SHA256Digest] = [:]
            for fingerprint in fingerprints {
                // What cannot be read is not known: its file is read again.
                let row = try Row.fetchOne(query, arguments: [packed(fingerprint)])
                if let row, let digest = SHA256Digest(bytes(row, 0)) { found[fingerprint] = digest }
            }
            return found
        }
    }

    package func recordSHA256(_ digests: [Fingerprint: SHA256Digest]) throws(Failure) {
        guard !digests.isEmpty else { return }
        try write { database in
            let insert = try database.cachedStatement(
                sql: "INSERT OR REPLACE INTO contentSHA256 (fingerprint, sha256) VALUES (?, ?)")
            for (fingerprint, digest) in digests {
                try insert.execute(arguments: [packed(fingerprint), Data(digest.bytes)])
            }
        }
    }
}

private func packed(_ fingerprint: Fingerprint) -> Data {
    packed {
        $0.digest(fingerprint.digest)
        $0.fixed(fingerprint.sizeBytes)
    }
}
