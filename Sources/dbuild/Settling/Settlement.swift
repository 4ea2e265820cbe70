import Artifact
import Calendar
import Hashing
import Planning
import Settled

/// What a run that left nothing to do rests on, so that the next one like it need not find that out again.
///
/// Of runs after which everything asked for is current; of their decisions all facts are in it but the state database,
/// which `StateMark` speaks of.
struct Settlement {
    private var facts = SettledFacts()
    private var form = Form.whole(SettledWriter())
    private let disk: WorkspaceDisk
    /// Of its file.
    let name: String

    private enum Form {
        case whole(SettledWriter)
        /// The file that is there is put right.
        case patch(SettledPatch)
    }

    /// - Parameters:
    ///   - invocation: how the command was given.
    ///   - before: the whole program, and the file of the parameters, as they were before that was read.
    /// - Returns: nil where something is to be done next time, or may be: by its policies, since a probe or a secret must
    ///   be asked for, or because something has changed since it was looked at.
    init?(
        _ invocation: Invocation, _ session: Session, _ ending: BuildRun.Ending, before: [FileStamp],
        isQuiet: Bool
    ) throws {
        disk = session.disk
        name = invocation.name
        let (assessment, request) = (ending.assessment, ending.request)
        let plan = assessment.plan
        guard session.options.usesClock, !session.options.judgesByKeyAlone, Self.isCurrent(ending),
            assessment.circumstances.forced.isEmpty,
            assessment.surroundings.probes.isEmpty, assessment.surroundings.secrets.isEmpty,
            let next = Self.nextMoment(session, ending)
        else { return nil }

        let orphans = try session.orphans(plan).flatMap(\.outputs)
        (facts.arguments, facts.start, facts.program) = (invocation.arguments, invocation.start, invocation.program)
        addFacts(session, plan)
        (facts.notBefore, facts.before) = (session.options.nowNanoseconds, next)
        let there = try orphans.count { try disk.stamp($0.path, followsLink: false) != nil }
        let messages = SettledMessages(
            ending.run, session.settings.resolved, assessment, request, orphans: there, isQuiet: isQuiet)
        (facts.message, facts.events) = (messages.text, messages.template)

        if orphans.isEmpty, let patch = session.found.flatMap({ session.survey.patch($0, plan) }) {
            try session.database?.record(session.survey.takeChanged())
            form = .patch(patch)
            return
        }
        guard
            let grounds = try? Grounds(
                session.workspace, disk, session.survey, session.rules, plan, before: before,
                programs: try session.commands(plan).programs,
                startedNanoseconds: session.options.nowNanoseconds)
        else { return nil }
        var writer = SettledWriter()
        guard session.survey.settle(plan, into: &writer) else { return nil }
        try session.database?.record(session.survey.takeChanged())
        for orphan in orphans {
            Self.add(orphan.path, try disk.stamp(orphan.path, followsLink: false), follows: false, disk, to: &writer)
        }
        for file in grounds.files { Self.add(Path(file.path), file.stamp, follows: true, disk, to: &writer) }
        guard writer.unknownStamps == 0 else { return nil }
        form = .whole(writer)
    }

    /// Writes it, as one of a generation of the state.
    func write(_ generation: UInt64) throws {
        var facts = facts
        facts.generation = generation
        let path = Path(".dbuild/settled") / Path(name)
        let file = String(decoding: disk.root.bytes, as: UTF8.self) + "/\(path)"
        switch form {
        case .whole(let writer):
            guard let bytes = writer.finish(facts) else { return }
            try disk.makeDirectory(path.directory)
            try replaceFile(file, with: bytes)
        case .patch(let patch):
            // What is left of it would be neither the old one nor the new one.
            if !patch.write(facts, to: file) { try disk.remove(path) }
        }
    }

    private mutating func addFacts(_ session: Session, _ plan: Plan) {
        facts.plan = plan.digest
        facts.root = Array(session.workspace.root.utf8)
        facts.userID = UInt64(ThisProcess.userID)
        facts.openFileLimit = SettledFacts.currentOpenFileLimit()
        facts.boot = SettledFacts.currentBoot()
        facts.overrides = session.settings.overrides.map { Array($0.utf8) }
        // How a run is shown makes no difference to one that has nothing to show.
        let asked = Machine.variablesAsked.subtracting(["TERM", "NO_COLOR"]).union(["TZ"])
        facts.environment = asked.sorted().map { name in
            // What is relative in PATH has been left out since.
            let value = name == "PATH" ? Machine.searchPathAsGiven.map { Array($0.utf8) } : nil
            return SettledFacts.Variable(
                name: Array(name.utf8), value: value ?? SettledFacts.variable(Array(name.utf8)))
        }
    }

    private static func add(
        _ path: Path, _ stamp: Stamp?, follows: Bool, _ disk: WorkspaceDisk, to writer: inout SettledWriter
    ) {
        // What may still change without its stamp is not known.
        let known = stamp.map { disk.isPast($0) ? SeenStamp($0) : SeenStamp() }
        writer.add(directory: path.placeBytes, leaf: path.leaf, known, follows: follows)
    }

    /// Whether every action asked for was current, or is so now.
    private static func isCurrent(_ ending: BuildRun.Ending) -> Bool {
        let (assessment, request) = (ending.assessment, ending.request)
        guard request.unlisted.isEmpty, assessment.usesExisting.isEmpty, assessment.unreproducible.isEmpty,
            RunWarnings(assessment, request).texts.isEmpty
        else { return false }
        return assessment.notCurrent(request).allSatisfy { action in
            switch assessment.verdicts[action.index] {
            case .build?: ending.built.contains(assessment.plan.identity(of: action))
            case .restore?: ending.restored.contains(assessment.plan.identity(of: action))
            default: false
            }
        }
    }

    /// When something is due that is not now; nil where it is in every run, or nobody can say when.
    private static func nextMoment(_ session: Session, _ ending: BuildRun.Ending) -> Int64? {
        let (assessment, now) = (ending.assessment, session.options.nowNanoseconds)
        let plan = assessment.plan
        var next = session.settings.resolved.map { $0.end(after: now) }.min() ?? .max
        let policies = assessment.circumstances.policies
        guard policies.contains(where: { $0.existence != nil }) else { return next }
        for action in ending.request.actions {
            let rule = plan.ruleID(of: action)
            if case .refresh? = policies[rule.index].existence, ending.restored.contains(plan.identity(of: action)) {
                // It is as old as what was put back.
                return nil
            }
            switch policies[rule.index].existence {
            case .always?: return nil
            case .refresh(.every(let period))?:
                let isNew = ending.built.contains(plan.identity(of: action))
                guard let last = isNew ? now : assessment.snapshot.builtAtNanoseconds[action.index] else { return nil }
                let (due, overflows) = last.addingReportingOverflow(period)
                if !overflows { next = min(next, due) }
            case .refresh(.calendar)?:
                guard let moments = assessment.circumstances.moments[rule] else { return nil }
                next = min(next, moments.next)
            case .keepExisting?, nil: break
            }
        }
        return next
    }
}

extension ResolvedDay {
    /// When its word will stand for another day.
    ///
    /// - Parameter now: nanoseconds since 1970-01-01T00:00:00Z.
    /// - Returns: the same.
    fileprivate func end(after now: Int64) -> Int64 {
        guard let zone = Zone(zone) else { return now }
        return zone.instant(of: zone.day(at: now) + 1, minuteOfDay: 0) &* 1_000_000_000
    }
}

extension Stamp {
    init(_ stamp: SeenStamp) {
        self.init()
        (device, inode, sizeBytes) = (stamp.device, stamp.inode, stamp.sizeBytes)
        (modifiedNanoseconds, changedNanoseconds) = (stamp.modifiedNanoseconds, stamp.changedNanoseconds)
        mode = stamp.mode
    }
}

extension SeenStamp {
    init(_ stamp: Stamp) {
        self.init()
        (device, inode, sizeBytes) = (stamp.device, stamp.inode, stamp.sizeBytes)
        (modifiedNanoseconds, changedNanoseconds) = (stamp.modifiedNanoseconds, stamp.changedNanoseconds)
        mode = stamp.mode
    }
}
