/// A program to run, with everything it may see. Paths and arguments are bytes: two different names can be equal Strings.
package struct ProcessRequest: Sendable, Hashable {
    package typealias Bytes = [UInt8]

    /// The file to execute; no search, so that it is the file whose content is in the key. Relative to `directory`.
    package var program: Bytes
    /// The argument vector, its first element included.
    package var arguments: [Bytes]
    /// All of the environment: nothing is inherited.
    package var environment: [Bytes: Bytes]
    /// Absolute.
    package var directory: Bytes

    /// Where stdout and stderr go, in the order written; made at the first byte. Empty: dropped.
    package var log: Bytes = []
    /// What is kept of them: the beginning, and the last 64 KiB.
    package var logLimitBytes: UInt64 = 16 << 20
    /// A file for stdout alone, without limit: for programs whose stdout is an output.
    package var standardOutput: Bytes = []

    package var limits = ProcessLimits()
    /// RLIMIT_AS of each process: exact, but counts address space, of which many programs reserve far more than they
    /// use.
    package var addressSpaceLimitBytes: UInt64?

    package var umask: UInt32 = 0o022
    /// Numbers of the cpus it may use, 0 to 1023. Empty: all.
    package var cpus: Set<Int> = []
    package var niceIncrement: Int32 = 0
    /// Positive: the kernel takes the action before dbuild when memory runs out.
    package var oomScoreAdjust: Int32 = 0
    /// The soft limit of open files.
    package var openFiles: UInt32?
    package var mayGainPrivileges = false
    package var confinement: Confinement?
    /// It runs many actions; `HelperPool.start` sets it.
    var stays = false
    /// Orphans among its descendants become its own children, for it to end between its actions.
    package var clearsUpItself = false

    package init(program: Bytes, arguments: [Bytes], environment: [Bytes: Bytes] = [:], directory: Bytes) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
    }

    /// For names known to be UTF-8; the program is its own first argument.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String = "/"
    ) {
        self.init(
            program: Bytes(program.utf8),
            arguments: ([program] + arguments).map { Bytes($0.utf8) },
            // Equal Strings may differ in bytes, but no two keys of a dictionary are equal.
            environment: .init(uniqueKeysWithValues: environment.map { (Bytes($0.key.utf8), Bytes($0.value.utf8)) }),
            directory: Bytes(directory.utf8))
    }
}
