// The C library is imported by files of this folder only.
private import Glibc

/// A system call that failed outside the workspace's disk.
struct SystemError: Error, Hashable {
    let call: String
    let subject: String
    let errno: Int32

    /// Whoever was to read has gone.
    var isBrokenPipe: Bool { errno == EPIPE }
}

func describe(errno code: Int32) -> String { unsafe String(cString: strerror(code)) }
