import Artifact
import Hashing
import Planning
import Synchronization

/// What probes print: a build runs each once, a view goes by what it printed the last time.
final class Probes: Sendable {
    private struct State {
        var answers: [Probe: Probe.Answer] = [:]
        var running: [Int32: ChildProcess] = [:]
        var startedCount = 0
        var cancellations = 0
    }
    private let state = Mutex(State())
    private let workspace: Workspace
    private let disk: any Disk
    private let database: StateDatabase?
    private let runs: Bool
    private let threads: Threads

    /// - Parameter runs: false for views: a program may be slow, and its server away.
    init(workspace: Workspace, disk: any Disk, database: StateDatabase?, runs: Bool, threads: Threads) {
        self.workspace = workspace
        self.disk = disk
        self.database = database
        self.runs = runs
        self.threads = threads
    }

    /// - Returns: also what was asked for before.
    func answers(to probes: Set<Probe>) async throws -> [Probe: Probe.Answer] {
        let known = state.withLock { $0.answers }
        var open = probes.filter { known[$0] == nil }
        guard !open.isEmpty else { return known }
        try await withThrowingTaskGroup(of: (Probe, Probe.Answer).self) { group in
            var free = Machine.coreCount
            while true {
                while free > 0, let probe = open.popFirst() {
                    free -= 1
                    group.addTask { [self] in (probe, try await answer(to: probe)) }
                }
                guard let (probe, answer) = try await group.next() else { break }
                free += 1
                state.withLock { $0.answers[probe] = answer }
            }
        }
        return state.withLock { $0.answers }
    }

    /// Ends what runs: first gently, at the second call at once. Nothing more is started.
    func cancel() {
        state.withLock { state in
            state.cancellations += 1
            for child in state.running.values {
                child.signal(state.cancellations == 1 ? Signal.terminate : Signal.kill)
            }
        }
    }
}

extension Probes {
    /// Answers are kept with those to the rules' questions: no artifact has an empty path.
    private static let place = Path("")

    private func answer(to probe: Probe) async throws -> Probe.Answer {
        var packer = Packer()
        probe.pack(into: &packer)
        let last = try database?.answer(Self.place, packer.bytes)?.content
        guard runs else { return last.map { .printed($0) } ?? .never }
        let answer = try await threads.run { [self] in try run(probe) }
        if case .printed(let content) = answer, content != last {
            try database?.recordAnswer(Self.place, packer.bytes, of: content, [])
        }
        return answer
    }

    private func run(_ probe: Probe) throws -> Probe.Answer {
        let words = probe.words.map { String(decoding: $0, as: UTF8.self) }
        guard let program = BaseEnvironment.program(words[0], root: workspace.root) else {
            return .failed(BaseEnvironment.missing(printable(probe.words[0])))
        }
        let number = state.withLock { state in
            state.startedCount += 1
            return state.startedCount
        }
        let home = Path(".dbuild/staging/probe-\(number)")
        try disk.makeDirectory(home)
        defer { disk.removeLoosely(home) }
        let place = workspace.root + "/\(home)"
        let child = try state.withLock { state -> ChildProcess? in
            if state.cancellations > 0 { return nil }
            let child = try ChildProcess(
                program, Array(words.dropFirst()),
                environment: BaseEnvironment.variables + ["HOME=" + place, "TMPDIR=" + place], input: .null,
                output: .pipe, error: .file(place + "/.errors"))
            state.running[child.identifier] = child
            return child
        }
        guard let child else { return .failed("cancelled") }
        let printed = child.readOutput()
        switch end(of: child) {
        case .exited(0):
            let fingerprint = Fingerprint(digest: XXH3.digest(printed), sizeBytes: UInt64(printed.count))
            return .printed(Content(kind: .file, fingerprint: fingerprint))
        case .exited(let code): return .failed("exit \(code)" + (try lastWords(place + "/.errors")))
        case .signalled(let signal): return .failed("killed by \(Signal.name(signal))")
        }
    }

    /// Its number may be another process' as soon as it is cleared away: nobody must signal it from then on.
    private func end(of child: ChildProcess) -> ChildProcess.Ending {
        var waitNanoseconds: UInt64 = 100_000
        while true {
            let ending = state.withLock { state -> ChildProcess.Ending? in
                guard let ending = child.ending() else { return nil }
                state.running[child.identifier] = nil
                return ending
            }
            if let ending { return ending }
            // It has closed its output, and so is about to end.
            pause(nanoseconds: waitNanoseconds)
            waitNanoseconds = min(2 * waitNanoseconds, 50_000_000)
        }
    }

    private func lastWords(_ errors: String) throws -> String {
        lastLines(try logEnd(errors), count: 1).last.map { ", " + $0 } ?? ""
    }
}

extension Probe.Answer {
    /// What lies at the path of a source that is known by a probe.
    func sight(_ probe: Probe) -> Assessment.Sight {
        switch self {
        case .printed(let content): .content(content)
        case .failed(let why): .unreadable(probe.failure(why))
        case .never: .unreadable("its probe `\(clipped(probe.inWords))` has not run yet: a build runs it")
        }
    }
}
