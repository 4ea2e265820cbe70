private import Glibc
import Synchronization

/// Signals that are sent, and those that are waited for.
enum Signal {
    static let terminate = SIGTERM
    static let kill = SIGKILL

    private static let names: [Int32: String] = [
        SIGHUP: "SIGHUP", SIGINT: "SIGINT", SIGQUIT: "SIGQUIT", SIGILL: "SIGILL", SIGTRAP: "SIGTRAP",
        SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV",
        SIGPIPE: "SIGPIPE", SIGTERM: "SIGTERM", SIGXCPU: "SIGXCPU", SIGXFSZ: "SIGXFSZ", SIGSYS: "SIGSYS",
    ]

    /// Whether a process raises it by a fault of its own; others come from outside.
    static func isOwnFault(_ number: Int32) -> Bool {
        [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGPIPE, SIGXCPU, SIGXFSZ, SIGSYS].contains(number)
    }

    static func name(_ number: Int32) -> String {
        names[number] ?? "signal \(number)"
    }

    /// A closed terminal or pipe must not end a build.
    static func ignoreBrokenPipes() { Glibc.signal(SIGPIPE, SIG_IGN) }

    /// What the terminal sends to stop a job for a while.
    static let suspend = SIGTSTP

    /// What ends a build when it comes from outside, and what stops it for a while.
    private static let awaited = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]
    /// Where the handler writes: -1 until somebody listens.
    private static let handlerEnd = Atomic<Int32>(-1)

    /// Takes the signals that are to end a build, so that they no longer end the process.
    ///
    /// Not by blocking them: the threads of Dispatch, on which `main` runs, unblock them. What was ignored when
    /// dbuild was started stays ignored, as nohup wants it.
    ///
    /// - Returns: gives the next of them, each time that it is called; it waits.
    static func listen() throws -> @Sendable () -> Int32 {
        let pipe = try Pipe(for: "signals")
        handlerEnd.store(pipe.writeEnd, ordering: .releasing)
        for number in awaited {
            let before = Glibc.signal(number) { number in
                let code = errno
                var byte = UInt8(truncatingIfNeeded: number)
                _ = unsafe write(Signal.handlerEnd.load(ordering: .acquiring), &byte, 1)
                errno = code
            }
            if unsafe unsafeBitCast(before, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) {
                Glibc.signal(number, SIG_IGN)
            }
        }
        let readEnd = pipe.readEnd
        return {
            var byte: UInt8 = 0
            while unsafe read(readEnd, &byte, 1) != 1 {}
            return Int32(byte)
        }
    }

    /// Stops this process; returns when somebody has let it go on.
    ///
    /// Sent to this thread: one that another thread takes would let this one run on for a moment.
    static func stopSelf() { _ = Glibc.raise(SIGSTOP) }

    static func killSelf() { _ = Glibc.kill(getpid(), SIGKILL) }
}
