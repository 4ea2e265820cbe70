import Foundation
import Processes
import Testing

/// Runs with a pool that is closed afterwards.
func withPool(_ slots: Int, _ body: (HelperPool) async throws -> Void) async throws {
    let pool = try HelperPool(slots: slots, executable: HelperPool.besideThisProgram())
    do {
        try await body(pool)
        await pool.close()
    } catch {
        await pool.close()
        throw error
    }
}

/// Runs with the path of an own directory, which is removed afterwards.
func withTemporaryDirectory(_ body: (String) async throws -> Void) async throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "processes-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try await body(directory)
}

/// A copy of the helper, to be deleted or to be told from others.
func copyHelper(into directory: String) throws -> String {
    let original = String(decoding: HelperPool.besideThisProgram(), as: UTF8.self)
    let copy = directory + "/dbuild-helper"
    try FileManager.default.copyItem(atPath: original, toPath: copy)
    return copy
}

func shell(_ script: String) -> ProcessRequest {
    ProcessRequest("/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"])
}

let successful = ProcessRequest("/bin/true")
