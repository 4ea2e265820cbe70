private import Glibc

/// The directory of the whole process: children start in it.
func changeDirectory(_ path: String) throws {
    guard unsafe chdir(path) == 0 else { throw SystemError(call: "chdir", subject: path, errno: errno) }
}

func leave(_ code: Int32) -> Never { Glibc.exit(code) }

/// A process as it can be told from a later one of the same number.
struct ProcessIdentity: Sendable, Hashable {
    let number: Int32
    /// When it was started, in the kernel's ticks since its own start.
    let start: UInt64

    static var current: ProcessIdentity {
        let number = getpid()
        return ProcessIdentity(number: number, start: start(of: number) ?? 0)
    }

    /// Whether it still runs on this machine.
    var isAlive: Bool { number > 0 && Self.start(of: number) == start }

    private static func start(of number: Int32) -> UInt64? {
        // The name, in brackets, may hold anything; the state is the first field after it, the start the twentieth.
        guard let text = (try? readFile("/proc/\(number)/stat")).map({ String(decoding: $0, as: UTF8.self) }),
            let fields = text.split(separator: ")").last?.split(separator: " "), fields.count > 19, fields[0] != "Z"
        else { return nil }
        return UInt64(fields[19])
    }
}

/// Whose rights this process has.
enum ThisProcess {
    static var userID: UInt32 { geteuid() }

    /// Who owns a file, where that is neither this user nor root; under `sudo` also not who called it.
    static func foreignOwner(of path: String) -> UInt32? {
        var status = stat()
        guard unsafe stat(path, &status) == 0, status.st_uid != 0, status.st_uid != geteuid() else { return nil }
        if geteuid() == 0, let caller = Machine.variable("SUDO_UID"), UInt32(caller) == status.st_uid { return nil }
        return status.st_uid
    }
}
