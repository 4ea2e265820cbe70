import Foundation
import TestSupport
import Testing

extension ExampleWorkspace {
    /// Forgets every copy, as an operator might who deletes the store and what the database knows of it.
    func emptyStore() throws {
        let script = """
            import shutil, sqlite3, sys
            database = sqlite3.connect(sys.argv[1] + "/.dbuild/state.db", isolation_level=None)
            for table in ("entry", "object"):
                database.execute("DELETE FROM " + table)
            shutil.rmtree(sys.argv[1] + "/.dbuild/store", ignore_errors=True)
            """
        let (output, exitCode) = try runToEnd("/usr/bin/python3", ["-c", script, root.path])
        try #require(exitCode == 0, "\(String(decoding: output, as: UTF8.self))")
    }
}
