private import Glibc

/// How many processors there are for this process and those that it starts, as the kernel says.
struct MachineCores: Hashable, Sendable {
    /// On which it may run.
    var allowed: Int
    /// How much of them its control groups let it use together, as a number of processors; nil: all of them.
    var quota: Double?

    /// What of them a number of jobs is best taken from: a part of a processor is one.
    var count: Int { max(1, quota.map { Int(min($0.rounded(.up), Double(allowed))) } ?? allowed) }

    /// - Parameter text: as in `cpu.max` of a control group: the microseconds of processor time in each period, or `max`,
    ///   and the period in microseconds.
    static func quota(cpuMax text: String) -> Double? {
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 2, let time = Int64(words[0]), let period = Int64(words[1]) else { return nil }
        return quota(microseconds: time, ofEach: period)
    }

    /// - Parameter text: as `0-3,8`.
    static func numbers(inList text: String) -> Set<Int> {
        let most = 1 << 16
        var numbers: Set<Int> = []
        for part in text.trimmed.split(separator: ",") {
            let ends = part.split(separator: "-").compactMap { Int($0) }
            guard let first = ends.first, let last = ends.last, first >= 0, first <= last, last < most else { continue }
            numbers.formUnion(first ... last)
        }
        return numbers
    }

    /// - Parameter time: where it is not positive there is no limit.
    static func quota(microseconds time: Int64, ofEach period: Int64) -> Double? {
        time > 0 && period > 0 ? Double(time) / Double(period) : nil
    }
}

extension Machine {
    static var cores: MachineCores {
        let groups = ControlGroups()
        let quotas =
            groups.directories.compactMap {
                (try? readText($0 + "/cpu.max")).flatMap { MachineCores.quota(cpuMax: $0) }
            }
            + groups.directories(of: "cpu").compactMap { directory in
                guard let time = ControlGroups.number(directory + "/cpu.cfs_quota_us"),
                    let period = ControlGroups.number(directory + "/cpu.cfs_period_us")
                else { return nil }
                return MachineCores.quota(microseconds: time, ofEach: period)
            }
        let allowed = allowedCores.map(\.count) ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        return MachineCores(allowed: allowed, quota: quotas.min())
    }

    /// The numbers of those of the mask that `taskset`, a batch system or a container sets that are online; nil where the
    /// kernel does not say.
    static var allowedCores: Set<Int>? {
        guard let status = try? readText("/proc/self/status"),
            let allowed = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed_list:") }),
            let online = try? readText("/sys/devices/system/cpu/online")
        else { return nil }
        let numbers = MachineCores.numbers(inList: String(allowed.dropFirst("Cpus_allowed_list:".count)))
            .intersection(MachineCores.numbers(inList: online))
        return numbers.isEmpty ? nil : numbers
    }
}
