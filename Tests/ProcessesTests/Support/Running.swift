import Foundation
import Glibc
import Processes

/// A process as /proc shows it.
struct RunningProcess: Sendable {
    let pid: Int32
    let arguments: [String]
    /// Empty of a zombie, and of a process that is not ours to look into.
    let executable: String

    /// All of the machine that are not gone before they are looked at.
    static func all() -> [RunningProcess] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.compactMap { pid in
            guard let line = contents(of: "/proc/\(pid)/cmdline") else { return nil }
            let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/exe")
            return RunningProcess(
                pid: pid, arguments: line.split(separator: "\0").map(String.init), executable: executable ?? "")
        }
    }
}

/// Nil where the file cannot be read.
func contents(of path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}

/// The children of a process of one thread.
func children(of pid: Int32) -> [Int32] {
    (contents(of: "/proc/\(pid)/task/\(pid)/children") ?? "").split(separator: " ").compactMap { Int32($0) }
}

func descendants(of pid: Int32) -> [Int32] { children(of: pid).flatMap { [$0] + descendants(of: $0) } }

func isAlive(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }

func killProcess(_ pid: Int32) { kill(pid, SIGKILL) }

/// Whether it becomes true, looked at again and again for as long as a loaded machine may take.
func eventually(_ condition: () -> Bool) async -> Bool {
    for _ in 0 ..< 2000 {
        if condition() { return true }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return condition()
}

/// A length of sleep that nobody else sleeps: its processes are found by it.
struct Nap: Sendable {
    let seconds = "300.\(Int.random(in: 100_000_000 ..< 1_000_000_000))"

    /// A shell's word for it.
    var command: String { "/bin/sleep \(seconds)" }

    /// Those that sleep it.
    var sleepers: [Int32] { RunningProcess.all().filter { $0.arguments.contains(seconds) }.map(\.pid) }

    /// Children that ignore TERM, a daemon in a session of its own, a double fork, a stopped one; then the shell goes
    /// on. At least six sleepers.
    var stubbornFamily: String {
        "trap '' TERM; \(command) & (trap '' TERM; \(command) & \(command)) & setsid \(command) & "
            + "(setsid sh -c '\(command) & \(command) &' &) ; sh -c 'kill -STOP $$; \(command)' & sleep 0.15; "
    }
}
