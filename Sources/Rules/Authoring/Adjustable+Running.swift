/// How actions are run. Nothing of it changes what they make, and so none of it is in their keys but the cpus.
extension Adjustable {
    /// What each action takes of the machine. What is nil stays as it was said before.
    ///
    /// - Parameters:
    ///   - cpus: it sees them as `step.cpus`, a command's program as `OMP_NUM_THREADS` and its kin; part of its key. 1
    ///     where it is never said.
    ///   - memory: how much it is thought to hold at most until earlier runs of the rule have shown it.
    @discardableResult
    public func needs(
        cpus: Int? = nil, memory: MemorySize? = nil, file: String = #fileID, line: Int = #line
    ) -> Self {
        let place = Place(file: file, line: line)
        if let cpus, cpus < 1 { adjusted.build.fail(.tooFewCPUs(cpus), at: place) }
        let bytes = adjusted.bytes(memory, at: place)
        adjusted.build.amend(adjusted.rule, .needs) { wire in
            wire.optional(cpus)
            wire.optional(bytes)
        }
        return self
    }

    /// What no action may exceed: it is ended then, and has failed. What is nil stays as it was said before.
    ///
    /// - Parameters:
    ///   - timeout: by the clock. It is asked to end, and killed 5 seconds later.
    ///   - memory: of the action with all processes that it starts.
    @discardableResult
    public func limits(
        timeout: TimeSpan? = nil, memory: MemorySize? = nil, file: String = #fileID, line: Int = #line
    ) -> Self {
        let place = Place(file: file, line: line)
        let nanoseconds = adjusted.nanoseconds(timeout, at: place)
        let bytes = adjusted.bytes(memory, at: place)
        adjusted.build.amend(adjusted.rule, .limits) { wire in
            wire.optional(nanoseconds)
            wire.optional(bytes)
        }
        return self
    }

    /// Runs an action again that failed in a way which may pass: its program ended with 75 (`EX_TEMPFAIL` of
    /// sysexits.h), its recipe threw a `Retryable` error, or somebody else killed it.
    ///
    /// - Parameters:
    ///   - most: how often again, in one run of dbuild.
    ///   - pause: before the first time; twice as long before each one after it.
    ///   - ofTimeouts: also where it took longer than `limits` allow.
    @discardableResult
    public func retries(
        _ most: Int, after pause: TimeSpan = .seconds(1), ofTimeouts: Bool = false, file: String = #fileID,
        line: Int = #line
    ) -> Self {
        let place = Place(file: file, line: line)
        guard most >= 1 else { adjusted.build.fail(.noRetries(most), at: place) }
        guard let nanoseconds = pause.nanoseconds, nanoseconds >= 0 else {
            adjusted.build.fail(.noTimeSpan(pause.text), at: place)
        }
        adjusted.build.amend(adjusted.rule, .retries) { wire in
            wire.number(most)
            wire.number(Int(nanoseconds))
            wire.bool(ofTimeouts)
        }
        return self
    }

    /// Runs no more of its actions at once, and starts no more of them in a minute, than the pool allows.
    @discardableResult
    public func pool(_ pool: Pool) -> Self {
        adjusted.build.amend(adjusted.rule, .pool) { $0.number(pool.number) }
        return self
    }

    /// Starts small actions together, which costs less than one by one: each keeps its own key, log and failure.
    ///
    /// - Parameters:
    ///   - axis: only actions with the same value on it go together; nil: any of the rule.
    ///   - most: how many at a time.
    @discardableResult
    public func batch(
        by axis: String? = nil, upTo most: Int, file: String = #fileID, line: Int = #line
    ) -> Self {
        let (adjusted, place) = (adjusted, Place(file: file, line: line))
        guard most >= 1 else { adjusted.build.fail(.emptyBatch(most), at: place) }
        let axes = adjusted.build.ruleAxes[adjusted.rule]
        var position: Int?
        if let axis {
            guard let found = axes.firstIndex(of: axis) else {
                adjusted.build.fail(
                    .noAxis(axis, rule: adjusted.build.ruleNames[adjusted.rule], has: axes), at: place)
            }
            position = found
        }
        adjusted.build.amend(adjusted.rule, .batch) { wire in
            wire.optional(position)
            wire.number(most)
        }
        return self
    }

    /// How much numbers in tables may differ where `dbuild verify` builds an action again: by `absolute` and `relative`
    /// times the recorded number together. Where it is never said, not at all.
    @discardableResult
    public func tolerates(
        absolute: Double = 0, relative: Double = 0, file: String = #fileID, line: Int = #line
    ) -> Self {
        for size in [absolute, relative] where !(size.isFinite && size >= 0) {
            adjusted.build.fail(.noTolerance(size), at: Place(file: file, line: line))
        }
        adjusted.build.amend(adjusted.rule, .tolerance) { wire in
            wire.double(absolute)
            wire.double(relative)
        }
        return self
    }
}

extension Adjusted {
    fileprivate func bytes(_ size: MemorySize?, at place: Place) -> Int? {
        guard let size else { return nil }
        guard let bytes = size.bytes, bytes > 0 else { build.fail(.noMemorySize(size.text), at: place) }
        return bytes
    }

    fileprivate func nanoseconds(_ span: TimeSpan?, at place: Place) -> Int? {
        guard let span else { return nil }
        guard let nanoseconds = span.nanoseconds, nanoseconds > 0 else { build.fail(.noTimeSpan(span.text), at: place) }
        return Int(nanoseconds)
    }
}

extension WireWriter {
    func optional(_ value: Int?) {
        bool(value != nil)
        if let value { number(value) }
    }
}
