import Artifact
import Hashing
import Planning

/// What goes and what stays in a workspace, and what it takes to carry that out.
struct CleaningDecision {
    private(set) var cleaning = Cleaning([], Cleaning.Terms(), ways: [:])
    private(set) var ways: [Path: Way] = [:]
    /// Of what goes: the stamps under which its content is known.
    private(set) var stamps: [Path: Stamp] = [:]
    private(set) var failures: [Failure] = []
    /// Of the files that go: how many the store can put back; nil where nobody asked.
    private(set) var storedCount: Int?
    private(set) var terms = Cleaning.Terms()
    /// What was named and nobody makes: it stays.
    private(set) var sources: [Path] = []
    /// Rules that were named and whose actions nobody can list before an artifact is current.
    private(set) var unlisted: [(rule: [UInt8], awaits: Path)] = []

    struct Failure {
        let identity: Digest
        /// Nil where an earlier release has kept no more than the run.
        let action: String?
        let run: Int64
        let logs: [Path]
    }

    /// Where nothing was ever built.
    init() {}

    init(_ wanted: WantedCleaning, _ session: Session) async throws {
        terms = wanted.terms
        // Not the one that is kept: a directory may list other files by now.
        let plan = try await session.makePlan([:], answersFromBefore: true)
        let snapshot = try session.snapshot(plan)
        let orphans = try session.orphans(plan)
        let selection = try Self.select(wanted, plan, orphans)
        sources = selection.sources.map { plan.path(of: $0) }
        unlisted = selection.unlisted.map { (plan.rules[$0.0.index].name, $0.1) }
        var actions = selection.actions
        if wanted.downstream {
            actions = plan.downstream(of: actions, sources: selection.sources, discovered: snapshot.discovered)
        }
        var facts = try CleaningFacts(session)
        if wanted.isOfOutputs { try await facts.add(actions, plan, snapshot) }
        if wanted.orphans {
            let named = wanted.targets.map { OrphanName($0) }
            let chosen = orphans.filter { orphan in
                named.isEmpty
                    || named.contains { name in orphan.outputs.contains { name.matches(rule: orphan.rule, $0.path) } }
            }
            try await facts.add(chosen, known: try Self.censuses(of: chosen, session.database))
        }
        (ways, stamps) = (facts.ways, facts.stamps)
        cleaning = Cleaning(facts.made, wanted.terms, ways: facts.ways)
        if wanted.failed {
            try addFailures(wanted.targets.isEmpty ? nil : Set(actions.map { plan.identity(of: $0) }), session)
        }
    }

    /// What the targets stand for in the plan; a word that names orphans may stand for nothing there.
    private static func select(
        _ wanted: WantedCleaning, _ plan: Plan, _ orphans: [Orphan]
    ) throws -> Selection {
        if wanted.targets.isEmpty { return Selection() }
        let words = try wanted.targets.filter { word in
            do throws(TargetError) { _ = try plan.select([word]) } catch {
                let name = OrphanName(word)
                let isOrphan = orphans.contains { orphan in
                    orphan.outputs.contains { name.matches(rule: orphan.rule, $0.path) }
                }
                guard isOrphan else { throw error }
                if wanted.orphans { return false }
                throw CleanError.orphan(word)
            }
            return true
        }
        // No word at all would stand for the rules' defaults.
        return words.isEmpty ? Selection() : try plan.select(words)
    }

    private static func censuses(of orphans: [Orphan], _ database: StateDatabase?) throws -> [Path: Census] {
        let paths = Set(orphans.flatMap(\.outputs).map(\.path))
        var found: [Path: Census] = [:]
        if paths.isEmpty { return found }
        try database?.forEachCensus { path, census in if paths.contains(path) { found[path] = census } }
        return found
    }

    mutating func countStored(_ session: Session) throws {
        guard let database = session.database else { return }
        storedCount = try cleaning.steps.lazy.flatMap(\.pieces).filter {
            try !$0.isEdited && database.isStored($0.content, on: session.disk)
        }.count
    }

    private mutating func addFailures(_ wanted: Set<Digest>?, _ session: Session) throws {
        guard let database = session.database else { return }
        let runs = try database.failures()
        let records = try database.failureRecords()
        let cleaner = FailureCleaner(database: database, disk: session.disk)
        let chosen = Cleaning.failures(
            runs, of: wanted, instants: try database.runInstants(), before: terms.builtBeforeNanoseconds)
        failures = try chosen.map { identity in
            Failure(
                identity: identity, action: records[identity]?.action, run: runs[identity] ?? 0,
                logs: try cleaner.logs(of: records[identity]))
        }
        failures.sort { ($0.action ?? "", $0.run) < ($1.action ?? "", $1.run) }
    }
}
