import Artifact
import Planning
import Settled

/// Which artifacts of a plan have been looked at in a run, by their numbers, and whether they are as they were seen last.
struct SurveyedPlan: Sendable {
    var plan: Plan { before.plan }
    let before: SeenBefore
    private var snapshot: Snapshot { before.snapshot }
    /// By artifact.
    private var marks: [Mark]

    private enum Mark: UInt8 {
        case unseen
        /// With the stamp, and so with the content, with which it was seen last.
        case asSeen
        /// Known by its path.
        case byPath
        /// Nothing is looked at here: it lies in a tree that is made, or is known by a probe.
        case elsewhere
    }

    /// - Parameters:
    ///   - others: whether anything has been looked at in this run, as of an earlier plan.
    ///   - isKnown: whether a path has.
    init(_ plan: Plan, _ snapshot: Snapshot, besides others: Bool, isKnown: (Path) -> Bool) {
        before = SeenBefore(plan, snapshot)
        marks = Array(repeating: .unseen, count: plan.artifactCount)
        for artifact in plan.artifacts where plan.tree(of: artifact) != nil { marks[artifact.index] = .elsewhere }
        for source in plan.probedSources {
            if let artifact = plan.artifact(at: source.path) { marks[artifact.index] = .elsewhere }
        }
        guard others else { return }
        for artifact in plan.artifacts where marks[artifact.index] == .unseen && isKnown(plan.path(of: artifact)) {
            marks[artifact.index] = .byPath
        }
    }

    /// What of a request has not been looked at.
    func unseen(_ request: Request) -> [ArtifactID] { request.artifacts.filter { marks[$0.index] == .unseen } }

    /// What of a list may be known by its stamp alone.
    func stamped(_ wanted: [ArtifactID]) -> [ArtifactID] {
        let snapshot = snapshot
        return wanted.filter { snapshot.mayBeKnownByStamp($0) }
    }

    /// Takes up what has been looked at for this command already: with the stamps that the settled file has, where those
    /// are the ones with which artifacts were seen last.
    ///
    /// - Returns: of how many.
    mutating func note(_ found: Found, in request: Request) -> Int {
        guard found.file.facts.plan == plan.digest else { return 0 }
        var taken = 0
        let (snapshot, count) = (snapshot, plan.artifactCount)
        for entry in 0 ..< found.file.entryCount {
            guard let number = found.file.artifact(entry), number < count else { continue }
            let artifact = ArtifactID(number)
            guard marks[artifact.index] == .unseen, request.holds(artifact), !found.moved.contains(entry),
                snapshot.mayBeKnownByStamp(artifact),
                snapshot.wasSeen(artifact, with: Stamp(found.file.stamp(entry)))
            else { continue }
            marks[artifact.index] = .asSeen
            taken += 1
        }
        return taken
    }

    mutating func note(asSeen artifacts: [ArtifactID]) { for artifact in artifacts { marks[artifact.index] = .asSeen } }
    mutating func note(byPath artifacts: [ArtifactID]) { for artifact in artifacts { marks[artifact.index] = .byPath } }

    /// What lies at a path is known by it now.
    mutating func note(byPath path: Path) {
        guard let artifact = plan.artifact(at: path), marks[artifact.index] != .elsewhere else { return }
        marks[artifact.index] = .byPath
    }

    /// What lies at paths, or below them, is to be looked at again, and what holds them as a tree.
    mutating func forget(_ paths: PathsAndAbove) {
        for artifact in plan.artifacts where isLooked(artifact) {
            let own = plan.path(of: artifact)
            if paths.isOneOrAbove(own) || paths.isBelow(own) { marks[artifact.index] = .unseen }
        }
    }

    /// What was seen at a path, where that has not changed since.
    func census(asSeen path: Path) -> Census? { plan.artifact(at: path).flatMap { census(asSeen: $0) } }

    /// Whether an artifact has the stamp, and so the content, with which it was seen last.
    func isAsSeen(_ artifact: ArtifactID) -> Bool { marks[artifact.index] == .asSeen }

    /// The same, with just this stamp.
    func isAsSeen(_ artifact: ArtifactID, with stamp: Stamp) -> Bool {
        marks[artifact.index] == .asSeen && snapshot.wasSeen(artifact, with: stamp)
    }

    func isLooked(_ artifact: ArtifactID) -> Bool {
        switch marks[artifact.index] {
        case .asSeen, .byPath: true
        case .unseen, .elsewhere: false
        }
    }

    /// How many artifacts have been looked at.
    var lookedCount: Int { marks.count { $0 == .asSeen || $0 == .byPath } }

    func census(asSeen artifact: ArtifactID) -> Census? {
        marks[artifact.index] == .asSeen ? snapshot.census(of: artifact) : nil
    }

    /// - Parameters:
    ///   - present: by what is judged: it also knows what the run has found out since it began.
    ///   - look: what lies at a path, of those that are known by it.
    func sights(by present: Snapshot, _ look: (Path) -> Assessment.Sight) -> Sights {
        var sights = Sights(present)
        let plan = plan
        for artifact in plan.artifacts {
            switch marks[artifact.index] {
            case .asSeen: sights.noteAsSeen(artifact.index)
            case .byPath: sights[artifact.index] = look(plan.path(of: artifact))
            case .unseen, .elsewhere: continue
            }
        }
        for artifact in snapshot.seenOtherwise(by: present) where marks[artifact.index] == .asSeen {
            sights[artifact.index] = snapshot.seen[artifact.index].map { .content($0) } ?? .nothing
        }
        return sights
    }
}
