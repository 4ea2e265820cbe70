import Artifact
private import Glibc
import Synchronization

/// What the machine and the environment say of themselves.
enum Machine {
    /// How many processors this process may use.
    static var coreCount: Int { cores.count }

    /// Another one after every start of the machine.
    static var bootIdentity: String {
        (try? readFile("/proc/sys/kernel/random/boot_id")).map {
            String(decoding: $0, as: UTF8.self).trimmed
        } ?? "unknown"
    }

    /// `Linux x86_64`.
    static var platform: String {
        var name = utsname()
        unsafe uname(&name)
        func text<Tuple>(_ tuple: Tuple) -> String {
            unsafe withUnsafeBytes(of: tuple) { unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return text(name.sysname) + " " + text(name.machine)
    }

    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
        return printable(name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    }

    /// How many files this process may have open.
    static var openFileLimit: Int {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
        return Int(clamping: limit.rlim_cur)
    }

    /// `glibc 2.36`.
    static var libcVersion: String {
        var text = [CChar](repeating: 0, count: 64)
        let count = unsafe confstr(Int32(_CS_GNU_LIBC_VERSION), &text, text.count)
        return String(decoding: text.prefix(max(0, count - 1)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The directory of the running program.
    static var programDirectory: String {
        let path = (try? linkTarget("/proc/self/exe")) ?? ""
        return String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    }

    /// Leaves out what is relative in PATH, for this process and those that it starts: in a directory of somebody else
    /// it would be his programs that are found. Before there are threads.
    static func dropRelativeSearchPath() {
        guard let path = variable("PATH") else { return }
        given.withLock { $0 = path }
        let absolute = path.split(separator: ":").filter { $0.hasPrefix("/") }.joined(separator: ":")
        if absolute == path { return }
        // An empty one would mean the current directory again.
        if absolute.isEmpty { unsafe unsetenv("PATH") } else { unsafe setenv("PATH", absolute, 1) }
    }

    static func variable(_ name: String) -> String? {
        asked.withLock { _ = $0.insert(name) }
        return unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// A variable that goes on to an action.
    ///
    /// - Throws: where it is no text, of which the action would be given another one.
    static func textVariable(_ name: [UInt8]) throws(VariableNotText) -> String? {
        let name = String(decoding: name, as: UTF8.self)
        guard let value = variable(name) else { return nil }
        guard let bytes = unsafe getenv(name), let text = unsafe String(validatingCString: bytes), text == value else {
            throw VariableNotText(name: name)
        }
        return text
    }

    /// The first word of the command line that is not UTF-8: what is made of it as text is another one.
    static var argumentThatIsNoText: [UInt8]? {
        for index in 1 ..< max(1, Int(CommandLine.argc)) {
            guard let word = unsafe CommandLine.unsafeArgv[index] else { continue }
            if unsafe String(validatingCString: word) == nil {
                return unsafe Array(UnsafeRawBufferPointer(start: word, count: strlen(word)))
            }
        }
        return nil
    }

    /// The variables of the environment that were asked for: nothing else of it can have made a difference.
    static var variablesAsked: Set<String> { asked.withLock { $0 } }

    private static let asked = Mutex<Set<String>>([])

    /// PATH with what is relative in it.
    static var searchPathAsGiven: String? { given.withLock { $0 } }

    private static let given = Mutex<String?>(nil)
}

/// A variable of the environment that is not UTF-8.
struct VariableNotText: Error { let name: String }

/// A word of the command line that is not UTF-8.
struct ArgumentNotText: Error { let bytes: [UInt8] }
