import GRDB

extension StateDatabase {
    package struct Run: Sendable {
        package let id: Int64
        package let nowNanoseconds: Int64
        /// `name=value`, as they were set for that run.
        package let parameters: [[UInt8]]
        package let targets: [[UInt8]]
        /// Nil while it runs, or where it was killed.
        package let exitCode: Int64?
    }

    /// - Parameter least: the lowest number that the run may have: others are taken although no row says so.
    /// - Returns: the run's number.
    package func beginRun(
        atLeast least: Int64, nowNanoseconds: Int64, parameters: [[UInt8]], targets: [[UInt8]]
    ) throws(Failure) -> Int64 {
        try write { database in
            try database.execute(
                sql: """
                    INSERT INTO run (id, now, parameters, targets)
                    VALUES (max(?, (SELECT coalesce(max(id), 0) + 1 FROM run)), ?, ?, ?)
                    """,
                arguments: [least, nowNanoseconds, packed { pack(parameters, &$0) }, packed { pack(targets, &$0) }])
            return database.lastInsertedRowID
        }
    }

    package func endRun(_ id: Int64, exitCode: Int32) throws(Failure) {
        try write { try $0.execute(sql: "UPDATE run SET exitCode = ? WHERE id = ?", arguments: [exitCode, id]) }
    }

    /// The instants of all runs, nanoseconds since 1970-01-01T00:00:00Z.
    package func runInstants() throws(Failure) -> [Int64: Int64] {
        try read { database in
            var found: [Int64: Int64] = [:]
            let rows = try Row.fetchCursor(database, sql: "SELECT id, now FROM run")
            while let row = try rows.next() { if let id: Int64 = value(row, 0) { found[id] = value(row, 1) } }
            return found
        }
    }

    /// The runs that recorded results and failures are of.
    package func referredRuns() throws(Failure) -> Set<Int64> {
        try read { try Int64.fetchSet($0, sql: "SELECT run FROM trace UNION SELECT run FROM failure") }
    }

    package func lastRun() throws(Failure) -> Run? {
        try read { database in
            guard
                let row = try Row.fetchOne(
                    database, sql: "SELECT id, now, parameters, targets, exitCode FROM run ORDER BY id DESC LIMIT 1")
            else { return nil }
            func list(_ index: Int) -> [[UInt8]] {
                var unpacker = Unpacker(bytes(row, index))
                return (try? unpacker.list { unpacker throws(UnpackError) in try unpacker.string() }) ?? []
            }
            guard let id: Int64 = value(row, 0), let now: Int64 = value(row, 1) else {
                throw Failure.damaged("a row of `run`")
            }
            return Run(
                id: id, nowNanoseconds: now, parameters: list(2), targets: list(3), exitCode: value(row, 4))
        }
    }
}
