import Foundation
import Glibc

/// The process and all that it started, as /proc shows them now.
func descendants(of pid: Int32) -> [Int32] {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/task")) ?? []
    return tasks.flatMap { task in
        (contents(of: "/proc/\(pid)/task/\(task)/children") ?? "").split(separator: " ").compactMap { Int32($0) }
    }.flatMap { [$0] + descendants(of: $0) }
}

/// Zombies do not count: they wait for nobody but their parent.
func isAlive(_ pid: Int32) -> Bool {
    guard let state = contents(of: "/proc/\(pid)/stat")?.split(separator: ")").last else { return false }
    return !state.hasPrefix(" Z")
}

/// The processes on the machine that were started with an argument nobody else uses.
func processes(withArgument argument: String) -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { pid in
        (contents(of: "/proc/\(pid)/cmdline") ?? "").split(separator: "\0").contains(Substring(argument))
    }
}

private func contents(of path: String) -> String? {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) }
}
