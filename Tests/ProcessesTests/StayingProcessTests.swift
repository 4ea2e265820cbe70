import Foundation
import Glibc
import Processes
import Testing

/// Programs that stay alive for many actions.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct StayingProcessTests {
    /// A file for standard error.
    private func errors(_ directory: String) throws -> OwnedDescriptor {
        let descriptor = unsafe open(directory + "/errors", O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        return OwnedDescriptor(descriptor)
    }

    private func withStaying(
        _ script: String, clearsUpItself: Bool = false, logLimitBytes: UInt64 = 16 << 20,
        _ body: (StayingProcess, String) async throws -> Void
    ) async throws {
        try await withTemporaryDirectory { directory in
            try await withPool(2) { pool in
                var request = shell(script)
                request.clearsUpItself = clearsUpItself
                request.logLimitBytes = logLimitBytes
                try await body(try pool.start(request, errors: try errors(directory)), directory)
            }
        }
    }

    private func say(_ text: String, to process: StayingProcess) {
        let bytes = Array(text.utf8)
        #expect(unsafe write(process.input, bytes, bytes.count) == bytes.count)
    }

    private func hear(_ process: StayingProcess) -> String {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(process.output, &bytes, bytes.count)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test("it answers over its standard output, and ends with its input")
    func conversation() async throws {
        try await withStaying("while read word; do echo \"<$word>\"; echo heard >&2; done; exit 3") {
            process, directory in
            for word in ["one", "two"] {
                say(word + "\n", to: process)
                #expect(hear(process) == "<\(word)>\n")
            }
            process.letGo(patienceMilliseconds: 600_000)
            let report = try process.wait().get()
            #expect(report.ending == .exited(code: 3))
            #expect(hear(process) == "")
            #expect(contents(of: directory + "/errors") == "heard\nheard\n")
        }
    }

    @Test("it has three descriptors, no blocked or ignored signal, the umask, and its helper's session")
    func inherited() async throws {
        let inheritable = unsafe open("/dev/null", O_RDONLY)
        defer { close(inheritable) }
        // No pipeline: the shell would have its ends open.
        let script =
            "ls /proc/$$/fd; umask; grep -E '^Sig(Blk|Ign)' /proc/$$/status; cut -d ' ' -f 4,5,6 /proc/$$/stat; "
            + "echo $$; sleep 300"
        try await withStaying(script) { process, _ in
            var text = ""
            while text.count(where: { $0 == "\n" }) < 8 { text += hear(process) }
            let lines = text.split(separator: "\n").map(String.init)
            #expect(lines.prefix(4) == ["0", "1", "2", "0022"])
            #expect(lines[4 ... 5] == ["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"])
            let relatives = lines[6].split(separator: " ").map(String.init)
            try #require(relatives.count == 3)
            let (helper, group, session) = (relatives[0], relatives[1], relatives[2])
            #expect(group == lines[7])
            #expect(session == helper)
        }
    }

    @Test("its limits end it while they hold, and not once they are lifted")
    func limits() async throws {
        try await withStaying("while read word; do echo $word; done") { process, _ in
            process.limit(ProcessLimits(timeoutMilliseconds: 600_000))
            say("one\n", to: process)
            #expect(hear(process) == "one\n")
            #expect(process.unlimit() != nil)
            process.limit(ProcessLimits(timeoutMilliseconds: 20))
            #expect(hear(process) == "")
            #expect(process.unlimit() == nil)
            let report = try process.wait().get()
            #expect(report.ending == .timedOut(last: .signalled(signal: SIGTERM)))
        }
    }

    @Test("a limit that was lifted in time ends nothing")
    func lifted() async throws {
        // Where a busy machine did not lift it in time, there is more of it.
        for milliseconds: UInt64 in [300, 3000, 30_000] {
            var isInTime = false
            try await withStaying("while read word; do echo $word; done") { process, _ in
                let clock = ContinuousClock()
                let start = clock.now
                process.limit(ProcessLimits(timeoutMilliseconds: milliseconds))
                let isLifted = process.unlimit() != nil
                isInTime = clock.now - start < .milliseconds(milliseconds)
                guard isInTime else { return }
                #expect(isLifted)
                try await Task.sleep(for: .milliseconds(milliseconds + 200))
                say("two\n", to: process)
                #expect(hear(process) == "two\n")
            }
            if isInTime { return }
        }
        Issue.record("no limit could be lifted in time")
    }

    @Test("what it and its children take of the processors is told, of those that live and those that are gone")
    func processors() async throws {
        let burn = "i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done"
        try await withStaying("while read word; do \(burn); sh -c '\(burn)'; echo $word; done") { process, _ in
            var told: [UInt64] = []
            for word in ["one", "two"] {
                process.limit(ProcessLimits())
                say(word + "\n", to: process)
                #expect(hear(process) == "\(word)\n")
                told.append(try #require(process.unlimit()).cpuMicroseconds)
            }
            // Each burns about as much; a tick is 10 ms.
            #expect(told[0] >= 20_000)
            #expect(told[1] >= told[0] + 20_000)
            process.endInput()
            let report = try process.wait().get()
            #expect(report.cpuMicroseconds + 20_000 >= told[1])
        }
    }

    @Test("when it dies, what descends from it is ended")
    func family() async throws {
        let nap = Nap()
        try await withStaying(nap.stubbornFamily + "kill -KILL $$; sleep 300") { process, _ in
            let report = try process.wait().get()
            #expect(report.ending == .signalled(signal: SIGKILL))
            #expect(report.survivors >= 6)
            #expect(nap.sleepers.isEmpty)
        }
    }

    @Test("as a subreaper it gets what its children leave; else its helper does", arguments: [true, false])
    func subreaper(clearsUpItself: Bool) async throws {
        let nap = Nap()
        try await withStaying(
            "sh -c '\(nap.command) & exit'; echo $$; read word", clearsUpItself: clearsUpItself
        ) { process, _ in
            let own = try #require(Int32(hear(process).dropLast()))
            #expect(await eventually { nap.sleepers.count == 1 })
            let sleeper = try #require(nap.sleepers.first)
            #expect(children(of: own).contains(sleeper) == clearsUpItself)
        }
    }

    @Test("a program that is not there is its ending")
    func missing() async throws {
        try await withTemporaryDirectory { directory in
            try await withPool(1) { pool in
                let process = try pool.start(ProcessRequest("/none"), errors: try errors(directory))
                let ended = try process.wait().get()
                #expect(ended.ending == .notStarted(.exec, errno: ENOENT, rule: nil))
                let report = try await pool.run(successful)
                #expect(report.succeeded)
            }
        }
    }

    @Test("when its helper or the guard is killed it ends, and its caller hears so")
    func helperDies() async throws {
        let nap = Nap()
        for killsGuard in [false, true] {
            try await withTemporaryDirectory { directory in
                try await withPool(1) { pool in
                    let process = try pool.start(
                        shell("(setsid \(nap.command) &) ; \(nap.command)"), errors: try errors(directory))
                    #expect(await eventually { nap.sleepers.count == 2 })
                    let guardian = try #require(pool.guardProcess)
                    killProcess(killsGuard ? guardian : try #require(children(of: guardian).first))
                    #expect(throws: HelperFailure.self) { try process.wait().get() }
                    #expect(nap.sleepers.isEmpty)
                }
            }
        }
    }

    @Test("a flood into its log takes no more of the disk than is kept")
    func flood() async throws {
        try await withStaying(
            "head -c 400000000 /dev/zero >&2; echo done; sleep 300", logLimitBytes: 1 << 20
        ) {
            process, directory in
            #expect(hear(process) == "done\n")
            func status() -> stat {
                var status = stat()
                #expect(unsafe stat(directory + "/errors", &status) == 0)
                return status
            }
            #expect(status().st_size == 400_000_000)
            // At the helper's next look.
            #expect(await eventually { status().st_blocks * 512 < 4 << 20 })
        }
    }

    @Test("what a killed run has left is found by its marker, and nobody else is")
    func marked() async throws {
        let (left, other) = (Nap(), Nap())
        let marker = "DBUILD_RUN=\(left.seconds)"
        try await withPool(2) { pool in
            var request = shell("(setsid \(left.command) &) ; \(left.command)")
            request.environment[Array("DBUILD_RUN".utf8)] = Array(left.seconds.utf8)
            let marked = request
            let strangers = shell("DBUILD_RUN=\(left.seconds)0 \(other.command)")
            let tasks = [Task { try await pool.run(marked) }, Task { try await pool.run(strangers) }]
            #expect(await eventually { left.sleepers.count == 2 && other.sleepers.count >= 1 })
            // Its helper ends the rest of a family of which one is gone.
            let killed = try killProcesses(markedBy: marker)
            #expect(killed >= 1)
            #expect(left.sleepers.isEmpty)
            #expect(!other.sleepers.isEmpty)
            let more = try killProcesses(markedBy: marker)
            #expect(more == 0)
            for task in tasks { task.cancel() }
            for task in tasks { _ = await task.result }
        }
    }
}
