import Artifact
import Planning
import Rules

// What comes behind an action's process: its outputs, or what is wrong with them.
extension Attempt {
    /// Publishes what an action has made, or says what is wrong with it.
    ///
    /// - Parameter isAwaited: whether somebody could go on with what it has made.
    func complete(_ execution: Execution, isAwaited: Bool) async throws -> Finished {
        var report = execution.report
        // It did not come so far as to begin: that says nothing about the action.
        if task.work.isRecipe, report.ending == .exited(noResourcesExit) { throw ExecutorFailure.starved }
        if report.ending == .cancelled {
            try await clear()
            return Finished(report: report)
        }
        // What it found was not what it had declared: that it failed says nothing.
        if let moved = report.movedInput {
            report.ending = .inputMoved(moved)
            try await clear()
            return Finished(report: report)
        }
        if let what = report.ending.inWords { return try await fail(what, report) }
        let yield: Yield
        do {
            yield = try await context.threads.run { [self, report] in
                try collect(report, since: execution.began?.stamp ?? 0)
            }
        } catch let failure as Collected.Failure {
            return try await fail(failure.inWords, report)
        } catch let failure as Discovery.Failure {
            return try await fail(failure.inWords, report)
        }
        switch yield.kept {
        case .kept(let discovered, let copies):
            let placed = try await publish(
                yield.collected, discovered, copies, report,
                startedAtNanoseconds: execution.began?.nanoseconds ?? 0, isAwaited: isAwaited)
            try await giveBack(yield.look, without: placed)
            return Finished(
                outputs: yield.collected.traced, report: report, undeclared: yield.undeclared, denied: yield.denied)
        case .moved(let path):
            report.ending = .inputMoved(path)
            try await giveBack(yield.look)
            return Finished(report: report)
        }
    }

    /// What an action that ended well has made.
    private struct Yield {
        let collected: Collected
        let look: Staging.Look
        let undeclared: [Path]
        /// What a sandbox kept it from, as far as that is worth a word.
        let denied: [Denied]
        let kept: Kept
    }

    private enum Kept {
        case kept([Discovered], StoreCopies?)
        case moved(Path)
    }

    /// All that is to be done before its outputs are published, and blocks.
    ///
    /// - Parameter start: when it began, by the clock that stamps come from.
    private func collect(_ report: ActionReport, since start: Int64) throws -> Yield {
        let disk = context.disk
        try Unstaged.end(plan, action, staging: task.staging, disk)
        let collected = try Collected(plan, action, staging: task.staging, disk)
        let leftovers = try Leftovers(of: task, collected.outputs.map(\.path), disk)
        let look = try context.staging.look(into: place, declared: leftovers.declared)
        let undeclared = try leftovers.find(in: look)
        let kept = try keep(collected, report, since: start)
        if report.mayHaveLog { try dropEmptyLog() }
        let denied = try denied(report).filter(\.isWorthAWarning)
        return Yield(collected: collected, look: look, undeclared: undeclared, denied: denied, kept: kept)
    }

    /// Finds out what the action discovered, and copies the outputs into the store, unless they do not count.
    ///
    /// - Parameter start: when it began, by the clock that stamps come from.
    private func keep(_ collected: Collected, _ report: ActionReport, since start: Int64) throws -> Kept {
        switch try discoveries(report, since: start) {
        case .moved(let path): return .moved(path)
        case .found(let discovered):
            if let moved = try inputs.moved(context.disk) { return .moved(moved) }
            return .kept(discovered, collected.keep(in: context.store, plan.rule(of: action).policy))
        }
    }

    private var places: ReadPlaces {
        ReadPlaces(root: Path(context.workspace.root), staging: task.staging, disk: context.disk)
    }

    private func denied(_ report: ActionReport) throws -> [Denied] {
        report.denials.looks.isEmpty ? [] : try Denied.all(report.denials, plan, action, places)
    }

    private func discoveries(_ report: ActionReport, since start: Int64) throws -> Discovery.Outcome {
        if report.reads.isEmpty { return .found([]) }
        let discovery = Discovery(
            plan: plan, action: action, missing: Set(missing), places: places, survey: context.survey)
        return try discovery.take(report.reads, since: start)
    }

    /// - Returns: at which paths something was put.
    private func publish(
        _ collected: Collected, _ discovered: [Discovered], _ copies: StoreCopies?, _ report: ActionReport,
        startedAtNanoseconds: Int64, isAwaited: Bool
    ) async throws -> Set<Path> {
        let trace = Trace(
            key: key.digest, packedParts: key.packed, outputs: collected.traced, missing: missing,
            discovered: discovered,
            builtAtNanoseconds: context.nowNanoseconds, startedAtNanoseconds: startedAtNanoseconds, run: context.run,
            durationSeconds: report.wallSeconds, peakBytes: report.peakBytes, inputBytes: inputBytes)
        return try await placing.place(collected, .built(trace, copies), isAwaited: isAwaited)
    }

    /// Gives its place back as it was looked at; that takes a thread only where something is left there.
    private func giveBack(_ look: Staging.Look, without placed: Set<Path> = []) async throws {
        if context.staging.giveBackEmpty(place, look, without: placed) { return }
        try await context.threads.run { [self] in context.staging.giveBack(place, look, without: placed) }
    }

    /// Gives its place back, whatever lies there.
    func clear() async throws {
        try await context.threads.run { [self] in
            context.staging.giveBack(place)
            try dropEmptyLog()
        }
    }

    /// An action that said nothing leaves no log.
    private func dropEmptyLog() throws {
        if try context.disk.stamp(task.log, followsLink: false)?.sizeBytes == 0 { try context.disk.remove(task.log) }
    }

    private func fail(_ words: String, _ report: ActionReport) async throws -> Finished {
        let (lines, what) = try await context.threads.run { [self] () -> ([String]?, String) in
            let denied = Wording.denied(try denied(report), report.denials)
            let what = ([words] + denied).joined(separator: Wording.nextLine)
            guard try context.disk.stamp(task.log, followsLink: false) != nil else { return (nil, what) }
            return (lastLines(try logEnd(task.logPlace(in: context.workspace.root)), count: 20), what)
        }
        let shortage = Shortage(
            action: name, what: what, logLines: lines ?? [], staging: task.staging, context.disk)
        try await clear()
        if let shortage { throw shortage }
        let failure = Event.ActionFailure(
            action, plan, attempt: number, what: what, report, logLines: lines ?? [],
            log: lines?.isEmpty == false ? task.log : nil)
        return Finished(report: report, failure: failure)
    }
}
