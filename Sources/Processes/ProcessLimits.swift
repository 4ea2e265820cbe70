/// What an action may use before it is ended.
package struct ProcessLimits: Sendable, Hashable {
    /// From its start; a stopped process gets no more.
    package var timeoutMilliseconds: UInt64?
    /// Between TERM and KILL.
    package var graceMilliseconds: UInt64 = 5000
    /// Of the whole process tree, shared pages counted once; looked at every 2 to 20 ms, so that what allocates fast gets
    /// beyond it by what it can allocate meanwhile.
    package var memoryBytes: UInt64?

    package init(
        timeoutMilliseconds: UInt64? = nil, graceMilliseconds: UInt64 = 5000, memoryBytes: UInt64? = nil
    ) {
        self.timeoutMilliseconds = timeoutMilliseconds
        self.graceMilliseconds = graceMilliseconds
        self.memoryBytes = memoryBytes
    }

    package var areNone: Bool { timeoutMilliseconds == nil && memoryBytes == nil }
}
