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
    private var writer = SettledWriter()
    private let disk: WorkspaceDisk
    /// Of its file.
    private let name: String
    /// So many files may have to be read again each time: their stamps tell nothing.
    private static let mostUnknown = 16

    /// - Parameters:
    ///   - invocation: how the command was given.
    ///   - run: as it began.
    ///   - parameters: the file of the parameters, absolute.
    /// - Returns: nil where something is to be done next time, or may be: by its policies, since a probe or a secret must
    ///   be asked for, or because something has changed since it was looked at.
    init?(
        _ invocation: Invocation, _ session: Session, _ ending: BuildRun.Ending, parameters: String, isQuiet: Bool
    ) throws {
        disk = session.disk
        name = invocation.name
        let (assessment, request) = (ending.assessment, ending.request)
        let plan = assessment.plan
        guard session.options.usesClock, !session.options.judgesByKeyAlone, Self.isCurrent(ending),
            assessment.surroundings.probes.isEmpty, assessment.surroundings.secrets.isEmpty,
            let before = Self.nextMoment(session, assessment, request, built: ending.done)
        else { return nil }

        let orphans = try session.orphans(plan).flatMap(\.outputs)
        (facts.arguments, facts.start) = (invocation.arguments, invocation.start)
        addFacts(session)
        (facts.notBefore, facts.before) = (session.options.nowNanoseconds, before)
        let there = try orphans.count { try disk.stamp($0.path, followsLink: false) != nil }
        let messages = SettledMessages(
            ending.run, session.settings.resolved, assessment, request, orphans: there, isQuiet: isQuiet)
        (facts.message, facts.events) = (messages.text, messages.template)

        guard
            let tools = try? Grounds(
                session.workspace, disk, session.rules, plan, parameters: parameters,
                programs: assessment.surroundings.tools.keys.sorted { $0.lexicographicallyPrecedes($1) })
        else { return nil }
        guard session.survey.settle(plan, into: &writer) else { return nil }
        try session.database?.record(session.survey.takeChanged())
        for orphan in orphans {
            add(orphan.path, try disk.stamp(orphan.path, followsLink: false), follows: false)
        }
        for file in tools.files { add(Path(file.path), file.stamp, follows: true) }
        guard writer.unknownStamps <= Self.mostUnknown else { return nil }
    }

    /// Writes it, as one of a generation of the state.
    func write(_ generation: UInt64) throws {
        var facts = facts
        facts.generation = generation
        guard let bytes = writer.finish(facts) else { return }
        let path = Path(".dbuild/settled") / Path(name)
        try disk.makeDirectory(path.directory)
        try replaceFile(String(decoding: disk.root.bytes, as: UTF8.self) + "/\(path)", with: bytes)
    }

    private mutating func addFacts(_ session: Session) {
        facts.root = Array(session.workspace.root.utf8)
        facts.userID = UInt64(ThisProcess.userID)
        facts.openFileLimit = SettledFacts.currentOpenFileLimit()
        facts.boot = SettledFacts.currentBoot()
        facts.overrides = session.settings.overrides.map { Array($0.utf8) }
        // How a run is shown makes no difference to one that has nothing to show.
        let asked = Machine.variablesAsked.subtracting(["TERM", "NO_COLOR"]).union(["TZ"])
        facts.environment = asked.sorted().map { name in
            SettledFacts.Variable(name: Array(name.utf8), value: SettledFacts.variable(Array(name.utf8)))
        }
    }

    private mutating func add(_ path: Path, _ stamp: Stamp?, follows: Bool) {
        // What may still change without its stamp is not known.
        let known = stamp.map { disk.isPast($0) ? SeenStamp($0) : SeenStamp() }
        writer.add(directory: path.directory.bytes, leaf: path.leaf, known, follows: follows)
    }

    /// Whether every action asked for was current, or is so now.
    private static func isCurrent(_ ending: BuildRun.Ending) -> Bool {
        let (assessment, request) = (ending.assessment, ending.request)
        guard request.unlisted.isEmpty, assessment.usesExisting.isEmpty, assessment.unreproducible.isEmpty,
            RunWarnings(assessment, request).texts.isEmpty
        else { return false }
        return request.actions.allSatisfy { action in
            switch assessment.verdicts[action.index] {
            case .current?: true
            case .build?, .restore?: ending.done.contains(assessment.plan.identity(of: action))
            default: false
            }
        }
    }

    /// When something is due that is not now; nil where it is in every run.
    private static func nextMoment(
        _ session: Session, _ assessment: Assessment, _ request: Request, built: Set<Digest>
    ) -> Int64? {
        let (plan, now) = (assessment.plan, session.options.nowNanoseconds)
        var next = session.settings.resolved.map { $0.end(after: now) }.min() ?? .max
        let policies = assessment.circumstances.policies
        guard policies.contains(where: { $0.existence != nil }) else { return next }
        for action in request.actions {
            let rule = plan.ruleID(of: action)
            switch policies[rule.index].existence {
            case .always?: return nil
            case .refresh(.every(let period))?:
                let isNew = built.contains(plan.identity(of: action))
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

extension SeenStamp {
    init(_ stamp: Stamp) {
        self.init()
        (device, inode, sizeBytes) = (stamp.device, stamp.inode, stamp.sizeBytes)
        (modifiedNanoseconds, changedNanoseconds) = (stamp.modifiedNanoseconds, stamp.changedNanoseconds)
        mode = stamp.mode
    }
}
