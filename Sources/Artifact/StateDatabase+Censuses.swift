private import Foundation
import GRDB

extension StateDatabase {
    /// Every census, by directory and name in byte order.
    ///
    /// What another boot wrote comes with a stamp that nothing has, so that the content is read again.
    ///
    /// - Parameter outsideWorkspace: only tools and libraries, which have absolute paths; else only artifacts.
    package func forEachCensus(
        outsideWorkspace: Bool = false, _ body: (Path, Census) -> Void
    ) throws(Failure) {
        // Absolute directories begin with a slash, which comes before `0`.
        let absolute = "directory >= x'2f' AND directory < x'30'"
        try read { database in
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT directory, name, content, stamp, members, boot FROM census
                    WHERE \(outsideWorkspace ? absolute : "NOT (\(absolute))") ORDER BY 1, 2
                    """)
            while let row = try rows.next() {
                // A row that cannot be read is one that nobody has: its file is read again.
                guard let census = census(row) else { continue }
                body(Path(bytes(row, 0)) / Path(bytes(row, 1)), census)
            }
        }
    }

    /// The census of one path.
    package func census(of path: Path) throws(Failure) -> Census? {
        try look { database in
            try Row.fetchOne(
                database.cachedStatement(
                    sql:
                        "SELECT directory, name, content, stamp, members, boot FROM census WHERE directory = ? AND name = ?"
                ),
                arguments: [Data(path.directory.bytes), Data(path.leaf)]
            ).flatMap { census($0) }
        }
    }

    /// - Returns: nil for a row that cannot be read.
    private func census(_ row: Row) -> Census? {
        var content = Unpacker(bytes(row, 2))
        var stamp = Unpacker(bytes(row, 3))
        guard let known = try? Content(from: &content), let seen = try? Stamp(from: &stamp) else { return nil }
        var census = Census(content: known, stamp: seen)
        if known.kind == .tree {
            var members = Unpacker(bytes(row, 4))
            guard let list = try? members.list(of: Census.Member.self) else { return nil }
            census.members = list
        }
        if value(row, 5) != boot {
            census.stamp = Stamp()
            for index in census.members.indices { census.members[index].stamp = Stamp() }
        }
        return census
    }

    package func record(_ found: [(path: Path, census: Census?)]) throws(Failure) {
        guard !found.isEmpty else { return }
        try write { try record(found, $0) }
    }

    func record(_ found: [(path: Path, census: Census?)], _ database: Database) throws {
        var writer = try CensusWriter(database, boot: boot)
        try record(found, &writer)
    }

    func record(_ found: [(path: Path, census: Census?)], _ writer: inout CensusWriter) throws {
        willWrite(paths: found.lazy.map(\.path))
        for (path, census) in found { try writer.write(path, census) }
    }

    /// What was found at paths, for one transaction.
    struct CensusWriter {
        private let boot: String
        private var insertion: RowWriter
        private var deletion: RowWriter

        init(_ database: Database, boot: String) throws {
            self.boot = boot
            insertion = try RowWriter(
                database,
                sql: """
                    INSERT OR REPLACE INTO census (directory, name, content, stamp, members, boot)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """)
            deletion = try RowWriter(database, sql: "DELETE FROM census WHERE directory = ? AND name = ?")
        }

        mutating func write(_ path: Path, _ census: Census?) throws {
            guard let census else {
                deletion.bytes(path.directory.bytes)
                deletion.bytes(path.leaf)
                return try deletion.write()
            }
            insertion.bytes(path.directory.bytes)
            insertion.bytes(path.leaf)
            insertion.pack { census.content.pack(into: &$0) }
            insertion.pack { census.stamp.pack(into: &$0) }
            if census.content.kind == .tree { insertion.pack { $0.list(census.members) } } else { insertion.null() }
            insertion.text(boot)
            try insertion.write()
        }
    }
}
