/// How much memory there is for this process and those that it starts, as the kernel says.
struct MachineMemory: Hashable, Sendable {
    /// Together, whoever uses it.
    var totalBytes: Int64
    /// What could be had without anything being swapped out.
    var availableBytes: Int64

    /// A limit of a control group, and how much of it is in use.
    struct Group: Hashable, Sendable {
        var limitBytes: Int64
        /// Without files that are only kept since nobody needs the memory.
        var usedBytes: Int64
    }

    /// - Parameters:
    ///   - meminfo: as in `/proc/meminfo`.
    ///   - groups: those that this process is in.
    /// - Returns: nil where `meminfo` says nothing.
    init?(meminfo: String, groups: [Group]) {
        guard let total = Self.kilobytes("MemTotal", in: meminfo) else { return nil }
        totalBytes = total
        // Kernels before 3.14 do not say it.
        availableBytes = Self.kilobytes("MemAvailable", in: meminfo) ?? Self.kilobytes("MemFree", in: meminfo) ?? total
        for group in groups {
            totalBytes = min(totalBytes, group.limitBytes)
            availableBytes = min(availableBytes, max(0, group.limitBytes - group.usedBytes))
        }
    }

    /// `Name:   1234 kB`
    private static func kilobytes(_ name: String, in text: String) -> Int64? {
        for line in text.split(separator: "\n") where line.hasPrefix(name + ":") {
            let words = line.split(separator: " ")
            guard words.count >= 2, let number = Int64(words[1]) else { return nil }
            return number.multipliedReportingOverflow(by: 1024).partialValue
        }
        return nil
    }
}
