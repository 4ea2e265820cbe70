import Foundation
import Testing

@testable import Rules

@Suite struct WorkerTests {
    private func request(_ recipe: some Recipe, cpus: Int = 1) throws -> WorkerRequest {
        WorkerRequest(
            type: try #require(_mangledTypeName(type(of: recipe))), recipe: try encoded(recipe), cpus: cpus, seed: 7,
            scratch: "scratch", missing: ["parts": ["a"]])
    }

    @Test func aRequestSurvivesTheTrip() throws {
        let request = try request(Shapes.example, cpus: 2)
        #expect(try WorkerRequest(request.encode()) == request)
    }

    @Test func aReplySurvivesTheTrip() throws {
        for failure in [nil, "", "what was thrown"] {
            let reply = WorkerReply(failure: failure, nanoseconds: 1, cpuNanoseconds: 2, peakKilobytes: 3)
            #expect(try WorkerReply(reply.frame) == reply)
        }
    }

    @Test func aReplyTellsOfSurvivorsAndGrowth() throws {
        let reply = WorkerReply(
            failure: nil, nanoseconds: 1, cpuNanoseconds: 2, peakKilobytes: 3, survivors: 4, hasGrown: true)
        #expect(try WorkerReply(reply.frame) == reply)
    }

    @Test func aWorkerHasGrownByAQuarterOfAGibibyteOrByItsOwnSize() async {
        await #expect(processExitsWith: .success) {
            let memory = WorkerMemory()
            let idle = memory.residentKilobytes()
            // It is far smaller than that itself.
            guard idle > 0, idle < 200 << 10, !memory.hasGrown(to: idle), !memory.hasGrown(to: idle + (200 << 10)),
                memory.hasGrown(to: idle + (300 << 10))
            else { _exit(1) }
        }
    }

    @Test func whatARecipeStartedIsEndedWithIt() async {
        await #expect(processExitsWith: .success) {
            // Not with Foundation, which has a thread that reaps them.
            for _ in 0 ..< 3 {
                var child: pid_t = 0
                var words = unsafe [strdup("sleep"), strdup("300"), nil]
                guard unsafe posix_spawn(&child, "/bin/sleep", nil, nil, &words, nil) == 0 else { _exit(2) }
            }
            guard endDescendants() == 3, endDescendants() == 0 else { _exit(1) }
        }
    }

    @Test func whatARecipeChangesOfItsProcessIsPutBack() async {
        await #expect(processExitsWith: .success) {
            let surroundings = ProcessSurroundings()
            let before = FileManager.default.currentDirectoryPath
            let mask = umask(0o777)
            guard unsafe chdir("/") == 0, unsafe setenv("ADDED", "1", 1) == 0, unsafe setenv("PATH", "/nowhere", 1) == 0
            else {
                _exit(2)
            }
            let path = unsafe getenv("PATH").map { unsafe String(cString: $0) }
            surroundings.restore()
            guard FileManager.default.currentDirectoryPath == before, umask(mask) == mask,
                unsafe getenv("ADDED") == nil, path == "/nowhere",
                unsafe getenv("PATH").map({ unsafe String(cString: $0) }) != "/nowhere"
            else { _exit(1) }
            clearenv()
            surroundings.restore()
            guard unsafe getenv("PATH") != nil else { _exit(3) }
        }
    }

    @Test func aVeryLongErrorIsToldByItsBeginningAndItsEnd() {
        let told = shortened("begins" + String(repeating: "\u{E9}", count: 100_000) + "ends")
        #expect(told.utf8.count < 17 << 10)
        #expect(told.contains("[dbuild: 183626 bytes dropped]"))
        #expect(told.hasPrefix("begins"))
        #expect(told.hasSuffix("ends"))
        #expect(shortened("short") == "short")
    }

    @Test func whatItsChildrenTakeOfTheProcessorsCounts() async {
        await #expect(processExitsWith: .success) {
            let before = processTime()
            guard unsafe system("i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done") == 0 else { _exit(2) }
            // This process has only waited.
            guard processTime() - before > 20_000_000 else { _exit(1) }
        }
    }

    @Test func aRecipeSeesWhatItsRequestSays() throws {
        let failure = #expect(throws: Told.self) { try request(Tells(result: "x"), cpus: 3).run() }
        #expect(failure?.text == "3 7 scratch [\"parts\": [\"a\"]] 3")
    }

    @Test(arguments: ["", "Nothing", "\u{1}\u{2}\u{3}\u{4}\u{5}", "SS", "é", "$s5Rules7CommandV"])
    func aTypeThatIsNoRecipeIsRefused(name: String) throws {
        let request = WorkerRequest(type: name, recipe: .absent, cpus: 1, seed: 0, scratch: "")
        #expect(throws: (any Error).self) { try request.run() }
    }

    @Test func aRequestWithoutCPUsIsRefused() throws {
        #expect(throws: RequestError.self) { try request(Tells(result: "x"), cpus: 0).run() }
    }

    @Test func aTreeListsItsMembersSortedByTheirBytes() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        for name in ["b.csv", "a/z.csv", "a.csv", "B.csv", "a/b/c"] {
            let file = root.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data().write(to: file)
        }
        #expect(try Tree(root.path).members() == ["B.csv", "a.csv", "a/b/c", "a/z.csv", "b.csv"])
        #expect(try Tree(root.path).listing.members().count == 5)
        #expect(throws: FileFailure.self) { try Tree(root.path + "/none").members() }
    }

    /// Requests and replies over pipes, in a process of its own.
    @Test func aWorkerLogsAnswersAndEndsWithItsInput() async {
        await #expect(processExitsWith: .exitCode(0)) {
            let requests = Pipe()
            let replies = Pipe()
            let log = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
            let frames = try [
                encodedRequest(Prints(result: "x")), [0xFF, 0xFF], encodedRequest(Tells(result: "x")),
                encodedRequest(Sleeps(result: "x")),
            ]
            // As dbuild starts a worker.
            let file = unsafe open(log, O_WRONLY | O_CREAT | O_EXCL | O_APPEND, 0o600)
            guard dup2(file, STDOUT_FILENO) >= 0, dup2(file, STDERR_FILENO) >= 0 else { _exit(4) }
            Thread.detachNewThread {
                do {
                    let replying = replies.fileHandleForReading.fileDescriptor
                    for frame in frames { try writeFrame(frame, to: requests.fileHandleForWriting.fileDescriptor) }
                    let answers = try (0 ..< 3).map { _ in try WorkerReply(try readFrame(from: replying) ?? []) }
                    guard answers[0].failure == nil, answers[0].peakKilobytes > 0, answers[1].failure != nil,
                        answers[2].failure?.contains("Told") == true,
                        try String(contentsOfFile: log, encoding: .utf8) == "printed\nlogged\n"
                    else { _exit(1) }
                    try FileManager.default.removeItem(atPath: log)
                    // The last recipe sleeps for an hour: the worker shall not wait for it.
                    try requests.fileHandleForWriting.close()
                } catch { _exit(2) }
            }
            Worker(
                Channel(
                    input: requests.fileHandleForReading.fileDescriptor,
                    output: replies.fileHandleForWriting.fileDescriptor)
            ).serve()
            _exit(3)
        }
    }

    @Test func aClosedPlanPipeIsExit141() async {
        await #expect(processExitsWith: .exitCode(141)) {
            let channel = claimStandardChannels()
            let pipe = Pipe()
            try pipe.fileHandleForReading.close()
            Channel(input: channel.input, output: pipe.fileHandleForWriting.fileDescriptor).send([1])
        }
    }

    @Test func argumentsThatDbuildDoesNotGiveAreRefused() throws {
        #expect(try RulesTask(["--plan", "--set", "a=1", "--set", "--set"]) == .plan(settings: ["a=1", "--set"]))
        #expect(try RulesTask(["--run-action", "file"]) == .runAction(path: "file", reply: nil))
        #expect(try RulesTask(["--run-action", "file", "said"]) == .runAction(path: "file", reply: "said"))
        #expect(throws: UsageError.noTask) { try RulesTask([]) }
        #expect(throws: UsageError.noSetting) { try RulesTask(["--plan", "--set"]) }
        #expect(throws: UsageError.unknown("--sett")) { try RulesTask(["--plan", "--sett"]) }
        #expect(throws: UsageError.noFile) { try RulesTask(["--run-action"]) }
        #expect(throws: UsageError.noFile) { try RulesTask(["--run-action", "a", "b", "c"]) }
        #expect(throws: UsageError.unknown("--help")) { try RulesTask(["--help"]) }
    }

    @Test func theMappedLibrariesHoldTheCLibrary() {
        let libraries = mappedLibraries()
        #expect(libraries.contains { $0.contains("libc.so") })
        #expect(libraries == libraries.sorted() && Set(libraries).count == libraries.count)
    }
}

private func encodedRequest(_ recipe: some Recipe) throws -> [UInt8] {
    WorkerRequest(
        type: _mangledTypeName(type(of: recipe)) ?? "", recipe: try encoded(recipe), cpus: 1, seed: 0, scratch: ""
    ).encode()
}

struct Told: Error { let text: String }

struct Tells: Recipe {
    @Output var result: Artifact

    func run(_ step: Step) throws {
        let threads = ProcessInfo.processInfo.environment["OMP_NUM_THREADS"] ?? ""
        throw Told(text: "\(step.cpus) \(step.seed) \(step.scratch) \(step.missing) \(threads)")
    }
}

struct Prints: Recipe {
    @Output var result: Artifact

    func run(_ step: Step) {
        print("printed")
        step.log("logged")
    }
}

struct Sleeps: Recipe {
    @Output var result: Artifact

    func run(_ step: Step) { sleep(3600) }
}
