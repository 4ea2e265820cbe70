private import Glibc

/// A build of which everything that it rests on is as it was when the same one found nothing to do.
///
/// It plans nothing, opens no database and hashes nothing but files that were touched: it looks at each file that the
/// build before looked at, under the workspace's lock, says what that one said, and notes that it was.
package struct SettledBuild {
    private let invocation: Invocation
    private let file: SettledFile
    private let root: Int32
    private let lock: Int32
    private var mark: StateMark
    /// Of files that were touched.
    private let filesHashed: Int
    private let bytesHashed: Int64
    private let startMonotonic: UInt64
    private let startWall: Int64

    /// Looks whether one is remembered and still holds; nil: everything is to be decided anew, by the whole program, for
    /// which what was found out on the way is left.
    package init?(_ invocation: Invocation) {
        startMonotonic = nanoseconds(CLOCK_MONOTONIC)
        startWall = Int64(clamping: nanoseconds(CLOCK_REALTIME))
        self.invocation = invocation
        guard let place = invocation.root else { return nil }
        root = unsafe open(cPath(place), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        // A workspace of somebody else is for the whole program to refuse.
        guard root >= 0, isOwn(root),
            let file = SettledFile(directory: root, path: ".dbuild/settled/" + invocation.name)
        else { return nil }
        self.file = file
        guard file.facts.holds(invocation, place, now: startWall) else { return nil }
        // Whoever has it is for the whole program to wait for.
        lock = unsafe openat(root, ".dbuild/lock", O_RDWR | O_CLOEXEC)
        guard lock >= 0, flock(lock, LOCK_EX | LOCK_NB) == 0, let mark = StateMark(in: root) else { return nil }
        self.mark = mark
        guard mark.generation == file.facts.generation, mark.overrides == file.facts.overrides, mark.holds(in: root)
        else { return nil }
        guard let moved = Scan(file: file, root: root).movedEntries() else { return nil }
        guard let bytes = Touched(file: file, root: root).bytesOfTheSame(moved) else {
            Handover(name: invocation.name, file, mark, moved: moved).leave()
            return nil
        }
        (filesHashed, bytesHashed) = (moved.count, bytes)
        sayWhoHasIt()
    }

    /// Says and notes that there was nothing to do.
    ///
    /// - Returns: false where that could not be noted; then nothing has been said.
    package mutating func conclude() -> Bool {
        guard let run = makeRun() else { return false }
        mark.lastRun = run
        mark.write(in: root)
        let seconds = Double(elapsed) / 1e9
        say(file.facts.message + Array((spoken(seconds: seconds) + "\n").utf8))
        return true
    }

    /// Into the lock's file, for whoever waits for it: the process, since when, and the machine.
    private func sayWhoHasIt() {
        var host = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&host, host.count - 1) == 0, ftruncate(lock, 0) == 0 else { return }
        let name = host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }.filter { $0 > 0x20 && $0 < 0x7F }
        let line = Array("\(getpid()) \(startWall) ".utf8) + name + [UInt8(ascii: "\n")]
        _ = unsafe line.withUnsafeBytes { unsafe pwrite(lock, $0.baseAddress, $0.count, 0) }
    }

    private var elapsed: UInt64 { nanoseconds(CLOCK_MONOTONIC) &- startMonotonic }

    /// - Returns: the number of the run whose events were written.
    private func makeRun() -> UInt64? {
        // Others may have left directories of which no mark tells: a few numbers on there is a free one.
        for number in (mark.lastRun &+ 1) ... (mark.lastRun &+ 100) {
            let directory = ".dbuild/runs/\(number)"
            if unsafe mkdirat(root, directory, 0o777) != 0 {
                guard errno == EEXIST else { return nil }
                continue
            }
            if write(events(of: number), to: directory + "/events.jsonl") { return number }
            _ = unsafe unlinkat(root, directory + "/events.jsonl", 0)
            _ = unsafe unlinkat(root, directory, AT_REMOVEDIR)
            return nil
        }
        return nil
    }

    private func write(_ bytes: [UInt8], to path: String) -> Bool {
        let opened = unsafe openat(root, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
        guard opened >= 0 else { return false }
        let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(opened, $0.baseAddress, $0.count) }
        return close(opened) == 0 && written == bytes.count
    }

    /// The recorded lines with the numbers of this run.
    private func events(of run: UInt64) -> [UInt8] {
        let elapsed = elapsed
        var bytes: [UInt8] = []
        var rest = file.facts.events[...]
        while let at = rest.firstIndex(of: SettledFacts.Hole.mark) {
            bytes += rest[..<at]
            rest = rest[(at + 1)...]
            switch rest.popFirst().flatMap({ SettledFacts.Hole(rawValue: $0) }) {
            case .elapsedNanoseconds?: bytes += Array("\(elapsed)".utf8)
            case .elapsedSeconds?: bytes += Array("\((Double(elapsed) / 1e9 * 1e6).rounded() / 1e6)".utf8)
            case .run?: bytes += Array("\(run)".utf8)
            case .now?, .started?: bytes += Array("\(startWall)".utf8)
            case .process?: bytes += Array("\(getpid())".utf8)
            case .processStart?: bytes += Array("\(processStart())".utf8)
            case .filesHashed?: bytes += Array("\(filesHashed)".utf8)
            case .bytesHashed?: bytes += Array("\(bytesHashed)".utf8)
            case nil: break
            }
        }
        return bytes + rest
    }

    /// When this process was started, in the kernel's ticks since its own start.
    private func processStart() -> UInt64 {
        // The name, in brackets, may hold anything; the state is the first field after it, the start the twentieth.
        guard let text = readSmallFile("/proc/self/stat"), let bracket = text.lastIndex(of: UInt8(ascii: ")")) else {
            return 0
        }
        let fields = text[(bracket + 1)...].split(separator: UInt8(ascii: " "))
        return fields.count > 19 ? UInt64(String(decoding: fields[19], as: UTF8.self)) ?? 0 : 0
    }

    /// To standard error. Who reads it may be gone: that ends no build.
    private func say(_ bytes: [UInt8]) {
        var done = 0
        while done < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.write(2, $0.baseAddress.map { unsafe $0 + done }, $0.count - done)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            done += count
        }
    }
}

extension SettledFacts {
    fileprivate func holds(_ invocation: Invocation, _ place: [UInt8], now: Int64) -> Bool {
        guard arguments.dropFirst() == invocation.arguments.dropFirst(), start == invocation.start,
            program == invocation.program, root == place,
            now >= notBefore, now < before, userID == UInt64(geteuid()), openFileLimit == Self.currentOpenFileLimit(),
            boot == Self.currentBoot()
        else { return false }
        return environment.allSatisfy { variable in Self.variable(variable.name) == variable.value }
    }
}

extension SettledFacts {
    /// The most files that this process may have open.
    package static func currentOpenFileLimit() -> UInt64 {
        var limit = rlimit()
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return UInt64(limit.rlim_cur)
    }

    /// Another one after every start of the machine.
    package static func currentBoot() -> [UInt8] { readSmallFile("/proc/sys/kernel/random/boot_id") ?? [] }

    package static func variable(_ name: [UInt8]) -> [UInt8]? {
        guard let value = unsafe getenv(cPath(name)) else { return nil }
        return unsafe Array(UnsafeBufferPointer(start: value, count: strlen(value))).map { UInt8(bitPattern: $0) }
    }
}

/// Whether a directory belongs to this user or to root.
private func isOwn(_ directory: Int32) -> Bool {
    var status = stat()
    return unsafe fstat(directory, &status) == 0 && [0, geteuid()].contains(status.st_uid)
}

private func nanoseconds(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(clamping: time.tv_sec) &* 1_000_000_000 &+ UInt64(clamping: time.tv_nsec)
}
