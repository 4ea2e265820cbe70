extension Machine {
    /// Nil where `/proc` is not there.
    static var memory: MachineMemory? {
        guard let text = try? readText("/proc/meminfo") else { return nil }
        return MachineMemory(meminfo: text, groups: memoryGroups)
    }

    /// Threads that run or want to, of everybody, without the one that asks; nil where `/proc` is not there.
    static var runnableCount: Int? {
        guard let text = try? readText("/proc/loadavg") else { return nil }
        let words = text.split(separator: " ")
        guard words.count >= 4, let count = Int(words[3].prefix { $0 != "/" }) else { return nil }
        return max(0, count - 1)
    }

    /// The control groups of this process that limit memory, from the innermost outward.
    private static var memoryGroups: [MachineMemory.Group] {
        let groups = ControlGroups()
        return limits(groups.directories, ("memory.max", "memory.current", "inactive_file"))
            + limits(
                groups.directories(of: "memory"),
                ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"))
    }

    private static func limits(
        _ directories: [String], _ names: (limit: String, usage: String, inactive: String)
    ) -> [MachineMemory.Group] {
        directories.compactMap { directory in
            // A group without a limit says `max`, or a number that is larger than any memory.
            guard let limit = ControlGroups.number(directory + "/" + names.limit),
                let usage = ControlGroups.number(directory + "/" + names.usage)
            else { return nil }
            let inactive =
                (try? readText(directory + "/memory.stat")).flatMap { statistic(names.inactive, in: $0) } ?? 0
            return MachineMemory.Group(limitBytes: limit, usedBytes: max(0, usage - inactive))
        }
    }

    private static func statistic(_ name: String, in text: String) -> Int64? {
        for line in text.split(separator: "\n") where line.hasPrefix(name + " ") {
            return Int64(line.dropFirst(name.count + 1))
        }
        return nil
    }
}
