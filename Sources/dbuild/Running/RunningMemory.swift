import Artifact
import Synchronization

/// Which processes belong to which running action, and what they hold.
final class RunningMemory: Sendable {
    /// By what its process can be told from others.
    enum Mark: Hashable, Sendable {
        /// The number that a worker is started with.
        case worker(Int)
        /// Where a command works, relative to the workspace.
        case directory(Path)
    }

    private let names = Mutex<[Mark: String]>([:])

    /// While a body runs its processes are the action's.
    func during<Value>(_ mark: Mark, _ action: String, _ body: () throws -> Value) rethrows -> Value {
        names.withLock { $0[mark] = action }
        defer { names.withLock { $0[mark] = nil } }
        return try body()
    }

    func during<Value>(_ mark: Mark, _ action: String, _ body: () async throws -> Value) async rethrows -> Value {
        names.withLock { $0[mark] = action }
        defer { names.withLock { $0[mark] = nil } }
        return try await body()
    }

    /// Bytes by action.
    ///
    /// - Parameter guardProcess: its children are helpers; what one of them started is all of one action.
    func inUse(below guardProcess: Int32) -> [String: UInt64] {
        let names = names.withLock { $0 }
        var workers: [String: String] = [:]
        var directories: [String: String] = [:]
        for (mark, name) in names {
            switch mark {
            case .worker(let number): workers["\(number)"] = name
            case .directory(let path): directories[String(decoding: path.bytes, as: UTF8.self)] = name
            }
        }
        var found: [String: UInt64] = [:]
        for helper in ProcessTree.children(of: guardProcess) {
            let processes = ProcessTree.children(of: helper)
            for process in processes {
                let action = worker(process).flatMap { workers[$0] } ?? directory(process).flatMap { directories[$0] }
                guard let action else { continue }
                found[action] = ProcessTree.residentBytes(processes)
                break
            }
        }
        return found
    }

    private func worker(_ process: Int32) -> String? {
        let arguments = ProcessTree.arguments(of: process)
        return arguments.count == 3 && arguments[1] == "--worker" ? arguments[2] : nil
    }

    /// The part of a process' directory that begins with the workspace's own place for it.
    private func directory(_ process: Int32) -> String? {
        guard let place = ProcessTree.directory(of: process), let start = place.firstRange(of: "/.dbuild/staging/")
        else { return nil }
        return String(place[start.lowerBound...].dropFirst())
    }
}
