import Artifact

/// What every program needs of the machine, whatever it computes: it is no input, and may be read in a sandbox.
struct SandboxSurroundings: Sendable {
    /// Absolute, and there.
    let readable: [Path]
    let writable: [Path]
    private let root: Path

    /// Programs and their libraries: of the system, and what was installed beside it.
    private static let toolchain: [Path] = [
        "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/opt", "/nix/store", "/gnu/store",
    ]
    /// Of /etc what programs are started and names are looked up with; not what tells one machine from another.
    private static let settings: [String] =
        // The dynamic linker.
        ["ld.so.cache", "ld.so.preload"]
        // Users, hosts and services by name: getpwuid(3), getaddrinfo(3).
        + [
            "passwd", "group", "nsswitch.conf", "hosts", "host.conf", "resolv.conf", "gai.conf", "services",
            "protocols",
        ]
        // Certificates: a download is checked by them.
        + ["ssl", "pki", "ca-certificates", "ca-certificates.conf", "crypto-policies", "gnutls"]
        // Zones, languages, file kinds and fonts.
        + ["localtime", "timezone", "locale.alias", "mime.types", "magic", "magic.mime", "fonts", "papersize"]
        // Which system it is, and the defaults of languages and programs.
        + [
            "os-release", "debian_version", "gitconfig", "wgetrc", "pip.conf", "python3", "perl", "R", "java",
            "terminfo",
        ]
    private static let settingsBegin = ["python", "java-", "ImageMagick-"]
    /// What the kernel says of processes and processors: the runtime's own memory, how many cores there are.
    private static let kernel: [Path] = ["/proc", "/sys/devices/system", "/sys/fs/cgroup", "/sys/kernel/mm"]
    private static let devices: [Path] = ["/dev/random", "/dev/urandom", "/dev/fd"]
    /// Devices without content, and where semaphores and memory shared by an action's own processes lie: sem_open(3).
    private static let writableDevices: [Path] = ["/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm"]
    /// Of a program at PREFIX/bin what belongs to it: a virtual environment, an installation in a home directory.
    private static let ofPrefix: [Path] = [
        "bin", "lib", "lib32", "lib64", "libexec", "share", "include", "etc", "ssl", "pyvenv.cfg", "conda-meta",
    ]

    /// - Parameters:
    ///   - root: of the workspace: none of it is readable by this.
    ///   - rules: the compiled rules, and what they map.
    init(root: Path, rules: [String], _ disk: any Disk) throws(DiskError) {
        self.root = root
        var settings = Set(Self.settings.map { Path($0) })
        for name in try Self.names(in: "/etc", disk)
        where Self.settingsBegin.contains(where: { name.bytes.starts(with: $0.utf8) }) { settings.insert(name) }
        let given = Self.toolchain + settings.sorted().map { "/etc" / $0 } + Self.kernel + Self.devices
        var readable: [Path] = []
        for path in given { readable += try Self.without(root, path, disk) }
        for rule in rules.map({ Path($0) }) { if try Self.isThere(rule, disk) { readable.append(rule) } }
        self.readable = readable
        var writable: [Path] = []
        for path in Self.writableDevices { if try Self.isThere(path, disk) { writable.append(path) } }
        self.writable = writable
    }

    /// A program's own files, and whether what it is denied can be heard.
    struct Program {
        var readable: [Path] = []
        var isHeard = false
    }

    /// - Parameter path: absolute.
    func program(_ path: Path, _ disk: any Disk) throws(DiskError) -> Program {
        var program = Program()
        var next: Path? = path
        // A script, and what runs it: the kernel follows no further either.
        for _ in 0 ..< 4 {
            guard let file = next else { break }
            program.readable += try ofProgram(file, disk)
            switch ProgramFile(file) {
            case .script(let interpreter): next = interpreter
            case .linked(let linker):
                program.isHeard = linker.leaf.starts(with: "ld-linux".utf8)
                next = nil
            case .other: next = nil
            }
        }
        return program
    }

    private func ofProgram(_ file: Path, _ disk: any Disk) throws(DiskError) -> [Path] {
        let names = [file] + [resolved(file.bytes).map { Path($0) }].compactMap(\.self).filter { $0 != file }
        var found: [Path] = []
        for name in names where try Self.isThere(name, disk) {
            found.append(name)
            let prefix = name.directory.directory
            // Of the workspace itself `share` may be anything.
            guard name.directory.leaf.elementsEqual("bin".utf8), !prefix.bytes.isEmpty, prefix != root else { continue }
            for part in Self.ofPrefix { found += try Self.without(root, prefix / part, disk) }
        }
        return found
    }

    /// A path, or where the workspace lies in it what is beside the way there.
    private static func without(_ root: Path, _ path: Path, _ disk: any Disk) throws(DiskError) -> [Path] {
        guard try isThere(path, disk) else { return [] }
        let target = resolved(path.bytes).map { Path($0) } ?? path
        if target == root { return [] }
        guard let way = root.below(target) else { return [path] }
        let step = Path(way.bytes.prefix { $0 != UInt8(ascii: "/") })
        var found: [Path] = []
        for name in try names(in: target, disk) {
            if name == step {
                found += try without(root, target / name, disk)
            } else {
                // A link beside the way can lead to where the way itself does, as `current` to a release.
                let end = resolved((target / name).bytes).map { Path($0) } ?? target / name
                let isApart = end != root && root.below(end) == nil && end.below(root) == nil
                if isApart, try isThere(target / name, disk) { found.append(target / name) }
            }
        }
        return found
    }

    private static func isThere(_ path: Path, _ disk: any Disk) throws(DiskError) -> Bool {
        do { return try disk.stamp(path, followsLink: true) != nil } catch {
            // What this process may not look at, it can give to nobody.
            if error.isNotPermitted { return false }
            throw error
        }
    }

    private static func names(in directory: Path, _ disk: any Disk) throws(DiskError) -> [Path] {
        do { return try disk.names(in: directory) } catch {
            if error.isNotPermitted || error.errno == noEntry { return [] }
            throw error
        }
    }

    private static let noEntry: Int32 = 2
}
