/// How one action went.
package struct WorkerReply: Hashable, Sendable {
    /// What was thrown, in words; nil for success.
    package let failure: String?
    /// Whether what was thrown says that it may pass.
    package let isRetryable: Bool
    /// By the clock.
    package let nanoseconds: Int
    /// Of all threads of the worker, and of the processes that the recipe started.
    package let cpuNanoseconds: Int
    /// The most memory that the worker held meanwhile, its own included; not that of processes that the recipe started.
    package let peakKilobytes: Int
    /// Undeclared paths at which the recipe found something, as it named them.
    package let found: [String]
    /// Undeclared paths at which it found nothing.
    package let absent: [String]
    /// How many processes the recipe had left running; they were ended.
    package let survivors: Int
    /// Whether the worker holds so much more than at its start that another one is better.
    package let hasGrown: Bool

    package init(
        failure: String?, isRetryable: Bool = false, nanoseconds: Int, cpuNanoseconds: Int, peakKilobytes: Int,
        found: [String] = [], absent: [String] = [], survivors: Int = 0, hasGrown: Bool = false
    ) {
        (self.failure, self.isRetryable, self.nanoseconds) = (failure, isRetryable, nanoseconds)
        (self.cpuNanoseconds, self.peakKilobytes) = (cpuNanoseconds, peakKilobytes)
        (self.found, self.absent) = (found, absent)
        (self.survivors, self.hasGrown) = (survivors, hasGrown)
    }

    package init(_ frame: [UInt8]) throws(WireError) {
        let value = try Value(frame)
        failure = try value.optional("failure")?.string()
        isRetryable = try value.optional("isRetryable")?.bool() ?? false
        nanoseconds = try value.field("nanoseconds").int()
        cpuNanoseconds = try value.field("cpuNanoseconds").int()
        peakKilobytes = try value.field("peakKilobytes").int()
        found = try value.optional("found")?.strings() ?? []
        absent = try value.optional("absent")?.strings() ?? []
        survivors = try value.optional("survivors")?.int() ?? 0
        hasGrown = try value.optional("hasGrown")?.bool() ?? false
    }

    /// There is one for every action: a field that is left out has its usual value.
    package var frame: [UInt8] {
        var fields = [
            Value.Field("nanoseconds", .int(nanoseconds)),
            Value.Field("cpuNanoseconds", .int(cpuNanoseconds)),
            Value.Field("peakKilobytes", .int(peakKilobytes)),
        ]
        if let failure { fields.append(Value.Field("failure", .string(failure))) }
        if isRetryable { fields.append(Value.Field("isRetryable", .bool(true))) }
        if !found.isEmpty { fields.append(Value.Field("found", .list(found.map(Value.string)))) }
        if !absent.isEmpty { fields.append(Value.Field("absent", .list(absent.map(Value.string)))) }
        if survivors != 0 { fields.append(Value.Field("survivors", .int(survivors))) }
        if hasGrown { fields.append(Value.Field("hasGrown", .bool(true))) }
        return Value.object(fields).frame
    }
}
