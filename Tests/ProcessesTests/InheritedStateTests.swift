import Glibc
import Processes
import Testing

/// What an action is born with: what its request says, and nothing of dbuild's.
@Suite(.timeLimit(.minutes(2)))
struct InheritedStateTests {
    /// What a script prints to its standard output.
    private func output(of script: String, _ change: (inout ProcessRequest) -> Void = { _ in }) async throws -> String {
        var text = ""
        try await withTemporaryDirectory { directory in
            try await withPool(1) { pool in
                var request = shell(script)
                request.standardOutput = Array("\(directory)/output".utf8)
                change(&request)
                let report = try await pool.run(request)
                try #require(report.succeeded, "\(report)")
            }
            text = try #require(contents(of: "\(directory)/output"))
        }
        return text
    }

    @Test("standard input is /dev/null")
    func input() async throws {
        try await #expect(output(of: "exec readlink /proc/self/fd/0") == "/dev/null\n")
    }

    @Test("descriptors are 0, 1 and 2, whatever dbuild has open to be inherited")
    func descriptors() async throws {
        let inheritable = unsafe open("/dev/null", O_RDONLY)
        try #require(inheritable > 2)
        defer { close(inheritable) }
        // 3 is the directory that the program itself reads.
        try await #expect(output(of: "exec ls /proc/self/fd") == "0\n1\n2\n3\n")
    }

    @Test("no signal is blocked or ignored, whatever dbuild ignores")
    func signals() async throws {
        // In a process of its own, whose signals are nobody else's.
        await #expect(processExitsWith: .success) {
            signal(SIGHUP, SIG_IGN)
            signal(SIGUSR1, SIG_IGN)
            let masks = try await InheritedStateTests().output(of: "exec grep -E '^Sig(Blk|Ign)' /proc/self/status")
            #expect(masks == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n")
        }
    }

    @Test("the environment is the declared one")
    func environment() async throws {
        let environment = try await output(of: "exec /usr/bin/env") { request in
            request.environment = [Array("A".utf8): Array("b=c".utf8)]
        }
        #expect(environment.split(separator: "\n").filter { !$0.hasPrefix("PWD=") } == ["A=b=c"])
    }

    @Test("it has a group of its own, in a session with its helper alone and without a terminal")
    func session() async throws {
        // Of /proc/PID/stat: the number, the parent, the group, the session, the terminal.
        let identity = try await output(of: "cut -d ' ' -f 1,4,5,6,7 /proc/$$/stat")
        let numbers = identity.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
        try #require(numbers.count == 5)
        let (own, helper, group, session, terminal) = (numbers[0], numbers[1], numbers[2], numbers[3], numbers[4])
        #expect(group == own)
        #expect(session == helper)
        #expect(terminal == 0)
    }

    @Test("it cannot gain privileges")
    func privileges() async throws {
        try await #expect(output(of: "grep NoNewPrivs /proc/$$/status") == "NoNewPrivs:\t1\n")
    }

    @Test("directory, umask, cpus, open files and nice value are those asked for")
    func limits() async throws {
        let script = "pwd; umask; ulimit -n; nice; grep Cpus_allowed_list /proc/self/status"
        let own = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
        let status = try #require(contents(of: "/proc/self/status"))
        // The first that this machine lets us use.
        let cpu = try #require(status.firstMatch(of: /Cpus_allowed_list:\t(\d+)/).flatMap { Int($0.1) })
        let text = try await output(of: script) { request in
            request.directory = Array("/usr".utf8)
            request.umask = 0o027
            request.cpus = [cpu]
            request.openFiles = 512
            request.niceIncrement = 3
        }
        #expect(text == "/usr\n0027\n512\n\(own + 3)\nCpus_allowed_list:\t\(cpu)\n")
    }
}
