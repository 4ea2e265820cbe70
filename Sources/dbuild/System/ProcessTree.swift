private import Glibc

/// What `/proc` shows of processes. They come and go: of what is gone there is nothing.
enum ProcessTree {
    /// - Parameter process: of one thread, as helpers are.
    static func children(of process: Int32) -> [Int32] {
        text("/proc/\(process)/task/\(process)/children")?.split(separator: " ").compactMap { Int32($0) } ?? []
    }

    /// Of processes and all that descends from them, whatever their threads started. Pages that several share count for
    /// each.
    static func residentBytes(_ processes: [Int32]) -> UInt64 {
        var sum: UInt64 = 0
        var rest = processes
        var seen = Set(processes)
        while let process = rest.popLast() {
            if let fields = text("/proc/\(process)/statm")?.split(separator: " "), fields.count > 1,
                let pages = UInt64(fields[1])
            {
                sum &+= pages &* UInt64(sysconf(Int32(_SC_PAGESIZE)))
            }
            for child in children(ofAllThreadsOf: process) where seen.insert(child).inserted { rest.append(child) }
        }
        return sum
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
