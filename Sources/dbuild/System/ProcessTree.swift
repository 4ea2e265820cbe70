private import Glibc

/// What `/proc` shows of processes. They come and go: of what is gone there is nothing.
enum ProcessTree {
    /// - Parameter process: of one thread, as helpers are.
    static func children(of process: Int32) -> [Int32] {
        text("/proc/\(process)/task/\(process)/children")?.split(separator: " ").compactMap { Int32($0) } ?? []
    }

    /// Of processes and all that descends from them, whatever their threads started, in bytes. Pages that several share
    /// count for each.
    static func residentBytes(_ processes: [Int32]) -> UInt64 {
        withDescendants(processes).reduce(0) { sum, process in sum &+ (memory(of: process)?.resident ?? 0) }
    }

    /// What all that descends from this process holds for itself, in bytes, as far as the kernel says: what they share
    /// counts for nobody.
    static var heldBytes: Int64 {
        let sum = withDescendants(children(ofAllThreadsOf: getpid())).reduce(0 as UInt64) { sum, process in
            sum &+ (memory(of: process).map { $0.resident - min($0.resident, $0.shared) } ?? 0)
        }
        return Int64(clamping: sum)
    }

    private static func withDescendants(_ processes: [Int32]) -> [Int32] {
        var found = processes
        var seen = Set(processes)
        var next = 0
        while next < found.count {
            for child in children(ofAllThreadsOf: found[next]) where seen.insert(child).inserted { found.append(child) }
            next += 1
        }
        return found
    }

    /// - Source: proc_pid_statm(5): pages, of which the second number is resident and the third of those shared.
    private static func memory(of process: Int32) -> (resident: UInt64, shared: UInt64)? {
        let pages = text("/proc/\(process)/statm")?.split(separator: " ").prefix(3).compactMap { UInt64($0) } ?? []
        guard pages.count == 3 else { return nil }
        let size = UInt64(sysconf(Int32(_SC_PAGESIZE)))
        return (pages[1] &* size, pages[2] &* size)
    }

    private static func children(ofAllThreadsOf process: Int32) -> [Int32] {
        guard let directory = unsafe opendir("/proc/\(process)/task") else { return [] }
        defer { unsafe closedir(directory) }
        var found: [Int32] = []
        while let entry = unsafe readdir(directory) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let thread = Int32(name) else { continue }
            let list = text("/proc/\(process)/task/\(thread)/children")
            found += list?.split(separator: " ").compactMap { Int32($0) } ?? []
        }
        return found
    }

    static func arguments(of process: Int32) -> [String] {
        text("/proc/\(process)/cmdline")?.split(separator: "\0").map(String.init) ?? []
    }

    static func directory(of process: Int32) -> String? { try? linkTarget("/proc/\(process)/cwd") }

    private static func text(_ path: String) -> String? {
        (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) }
    }
}
