import Artifact
import Planning
import Rules

/// Something is wrong with the lock file itself.
enum LockFileError: Error {
    case absent(String)
    case flaw(LockFlaw, file: String)
}

/// `dbuild verify --locked`: makes everything that is locked again, from clean, beside the workspace, and compares.
struct LockedVerification {
    let workspace: Workspace
    let disk: WorkspaceDisk
    let rules: CompiledRules
    /// As the command and `params.json` say.
    let settings: Settings
    let locked: LockFile
    let options: Options

    struct Options: Sendable {
        var budget: RunBudget
        var stop = StopOptions()
        var patience: FileLock.Patience = .forever
        var nowNanoseconds: Int64
        var progress: ProgressOptions
        var storeLimitBytes: Int64 = .max
        /// Whether `params.json`, or the file that was named in its place, is there.
        var hasParameterFile: Bool
        /// The parameters that the rules have now, by their outside names.
        var parameterNames: Set<String>
    }

    /// What came of it.
    enum Outcome {
        /// The build did not come to its end, or not to a whole one: how it ended.
        case notRebuilt(exitCode: Int32)
        case compared(LockedReport)
    }

    /// How often sources are looked for that only a plan with more answers names.
    private static let mostRounds = 8

    func run() async throws -> Outcome {
        let started = Clock.monotonicNanoseconds
        let scratch = try LockedScratch(beside: workspace, disk, options.patience)
        defer { scratch.close() }
        let outcome: Outcome
        do {
            try changeDirectory(scratch.workspace.root)
            outcome = try await run(scratch, since: started)
            try changeDirectory(workspace.root)
        } catch {
            // What has failed says more than that its remains could not be removed: the next one tries again.
            _ = Result { try scratch.remove() }
            throw error
        }
        // What differs, and why something failed, can be looked at there.
        if !outcome.isWorthKeeping { try scratch.remove() }
        return outcome
    }

    private func run(_ scratch: LockedScratch, since started: UInt64) async throws -> Outcome {
        guard
            let database = try StateDatabase(
                path: scratch.workspace.database, readOnly: false, boot: Machine.bootIdentity)
        else { throw StateDatabase.Failure.failed("`\(scratch.workspace.database)` was not made") }
        defer { database.close() }
        let exitCode = try await build(scratch, database)
        // A degraded result may be what was locked.
        guard [ExitCode.done, .degraded].map(\.rawValue).contains(exitCode) else {
            return .notRebuilt(exitCode: exitCode)
        }
        let taken: LockTaking.Taken
        do {
            taken = try await LockTaking(
                session: session(scratch, database), database: database, targets: targets
            ).take()
        } catch is LockRefusal {
            // Degraded by what a rule accepts to be without: the run has said what.
            return .notRebuilt(exitCode: max(exitCode, ExitCode.failed.rawValue))
        }
        let comparison = LockComparison(
            locked: locked, now: taken.file, taken.plan, taken.request, discovered: taken.discovered)
        var report = LockedReport(
            comparison: comparison, plan: taken.plan,
            seconds: Double(Clock.monotonicNanoseconds - started) / 1e9, scratch: LockedScratch.place)
        report.contents = try contents(comparison, taken.plan, scratch)
        return .compared(report)
    }

    /// Builds the targets, and what that needs of sources is copied before.
    private func build(_ scratch: LockedScratch, _ database: StateDatabase) async throws -> Int32 {
        _ = try scratch.copy(locked.sourcePaths)
        for _ in 0 ..< Self.mostRounds { if try await hasAllSources(scratch, database) { break } }
        var exitCode = ExitCode.done.rawValue
        for _ in 0 ..< Self.mostRounds {
            let events = try EventLog(options.progress)
            defer { events.close() }
            let interruption = Interruption(events)
            exitCode = try await BuildRun(
                session: session(scratch, database), database: database, events: events, interruption: interruption,
                options: BuildRun.Options(
                    targets: WantedTargets(targets), budget: options.budget, storeLimitBytes: options.storeLimitBytes,
                    stop: options.stop)
            ).run().exitCode
            if interruption.isRaised { return exitCode }
            // An axis that is known only now may have named sources of its own.
            if try await hasAllSources(scratch, database) { return exitCode }
        }
        return exitCode
    }

    private func hasAllSources(_ scratch: LockedScratch, _ database: StateDatabase) async throws -> Bool {
        let session = session(scratch, database)
        let plan = try await session.plan(answersFromBefore: false)
        if let error = await session.finishStoring() { throw error }
        // Targets that nobody knows yet may be of a family that cannot be listed.
        let request = (try? plan.select(targets)).map { session.request(plan, $0) }
        return try !scratch.copy(try scratch.sources(of: plan, request))
    }

    private func session(_ scratch: LockedScratch, _ database: StateDatabase) -> Session {
        var judging = RunOptions(nowNanoseconds: options.nowNanoseconds)
        judging.judgesByKeyAlone = true
        return Session(
            workspace: scratch.workspace, disk: scratch.disk, rules: rules, database: database,
            settings: settings.rebuilding(
                locked, hasFile: options.hasParameterFile, names: options.parameterNames), options: judging,
            records: true,
            threads: Threads())
    }

    private var targets: [String] { locked.targets.map { String(decoding: $0, as: UTF8.self) } }
}

// MARK: - Parameters

extension Settings {
    /// As the locked build had them: what its command set is set again, and what a file said that is not here, too.
    ///
    /// The rest comes from this workspace, so that a file or a default that says something else now is seen. A day that
    /// the file names as a word is the locked one: it is another one each morning.
    func rebuilding(_ locked: LockFile, hasFile: Bool, names: Set<String>) -> Settings {
        var settings = self
        let own = Set(overrides.map { setting in outsideName(of: String(setting.prefix { $0 != "=" })) })
        let words = Set(resolved.map(\.name))
        for parameter in locked.parameters {
            let name = String(decoding: parameter.name, as: UTF8.self)
            // One that the rules have no more is a difference, and no error of who verifies.
            guard !own.contains(name), names.contains(name) else { continue }
            let isTaken =
                switch parameter.origin {
                case .set: true
                case .file: !hasFile || words.contains(name)
                case .standard: false
                }
            if isTaken { settings.set(name, to: String(decoding: parameter.value, as: UTF8.self)) }
        }
        return settings
    }
}

// MARK: - Outcomes

extension LockedVerification.Outcome {
    fileprivate var isWorthKeeping: Bool {
        switch self {
        case .notRebuilt(let exitCode): exitCode < 128
        case .compared(let report): !report.comparison.isSame
        }
    }

    var exitCode: Int32 {
        switch self {
        case .notRebuilt(let exitCode): exitCode
        case .compared(let report):
            (report.comparison.isSame ? ExitCode.done : .damaged).rawValue
        }
    }
}

/// A comparison, and where what was compared lies.
struct LockedReport {
    let comparison: LockComparison
    /// Of what was made again.
    let plan: Plan
    let seconds: Double
    /// Relative to the workspace.
    let scratch: Path
    /// How the first tables that differ do, where the workspace still has the locked one.
    var contents: [OutputComparison.Difference] = []
}

extension LockedVerification {
    /// What is read for them at most, so that saying more of a difference takes no longer than finding it.
    private static let mostBytes: UInt64 = 256 << 20
    private static let mostTables = 3

    private func contents(
        _ comparison: LockComparison, _ plan: Plan, _ scratch: LockedScratch
    ) throws -> [OutputComparison.Difference] {
        var found: [OutputComparison.Difference] = []
        var left = Self.mostBytes
        for difference in comparison.differences where found.count < Self.mostTables {
            guard case .path(let path) = difference.subject,
                case .content(.file(let digest, let size, _), now: .file(let other, _, _)) = difference.change,
                digest != other, size <= left, try holds(path, digest, sizeBytes: size)
            else { continue }
            left -= size
            let tolerance = difference.maker.flatMap { plan.rule(of: $0).running.tolerance }
            let name = String(decoding: path.leaf, as: UTF8.self)
            guard
                let table = TableComparison(
                    old: text(disk.root / path), new: text(scratch.disk.root / path), name: name, tolerance: tolerance)
            else { continue }
            found.append(OutputComparison.Difference(path: path, table))
        }
        return found
    }

    /// Whether the locked bytes lie at a path of the workspace.
    private func holds(_ path: Path, _ digest: SHA256Digest, sizeBytes: UInt64) throws -> Bool {
        guard let stamp = try disk.stamp(path, followsLink: true), stamp.type == .file,
            stamp.sizeBytes == Int64(clamping: sizeBytes)
        else { return false }
        var hash = SHA256()
        try unsafe readFile((disk.root / path).bytes) { unsafe hash.update($0) }
        return hash.finish() == digest
    }

    private func text(_ path: Path) -> String { String(decoding: path.bytes, as: UTF8.self) }
}

extension LockFile {
    /// Where a workspace's lock file lies.
    static func place(in workspace: Workspace) -> String { workspace.root + "/dbuild.lock" }

    /// - Throws: `LockFileError`.
    static func read(_ workspace: Workspace) throws -> LockFile {
        let file = place(in: workspace)
        guard fileExists(file) else { throw LockFileError.absent(file) }
        let bytes = try readFile(file)
        do throws(LockFlaw) { return try LockFile(text: bytes) } catch {
            throw LockFileError.flaw(error, file: "dbuild.lock")
        }
    }
}
