import GRDB
import Synchronization

@testable import Artifact

/// Rows of a database that cannot be written: counts those of sets that are opened and closed.
final class DatabaseFaults: Sendable {
    enum Fault: Hashable, Sendable {
        case none
        /// The nth row, counted from 1, cannot be written; those behind it can.
        case fails(row: Int)
        /// The first n rows can be written; then none any more.
        case stops(after: Int)
    }

    private struct State {
        var fault = Fault.none
        var code = ResultCode.SQLITE_FULL
        var rows = 0
    }

    private let state = Mutex(State())

    init(_ database: StateDatabase) throws {
        let function = DatabaseFunction("passOrFail", argumentCount: 0, pure: false) { [self] _ in
            try pass()
            return nil
        }
        try database.write { connection in
            connection.add(function: function)
            // Of this connection alone: the file does not know of them.
            for table in ["census", "trace", "keyParts", "keyBase", "way", "publishing"] {
                for event in ["INSERT", "DELETE"] {
                    try connection.execute(
                        sql: """
                            CREATE TEMP TRIGGER fault\(table)\(event) BEFORE \(event) ON main.\(table)
                            BEGIN SELECT passOrFail(); END
                            """)
                }
            }
        }
    }

    /// From now on.
    func set(_ fault: Fault, _ code: ResultCode = .SQLITE_FULL) {
        state.withLock { $0 = State(fault: fault, code: code) }
    }

    /// How many rows were to be written since a fault was set.
    var rows: Int { state.withLock { $0.rows } }

    private func pass() throws {
        try state.withLock { state in
            state.rows += 1
            switch state.fault {
            case .fails(row: state.rows): throw DatabaseError(resultCode: state.code)
            case .stops(let last) where state.rows > last: throw DatabaseError(resultCode: state.code)
            case .none, .fails, .stops: break
            }
        }
    }
}
