import Artifact
import Planning

/// What an action says to have looked at without declaring it, made into parts of what its outputs depend on.
struct Discovery {
    let plan: Plan
    let action: ActionID
    /// The places of inputs that it went without.
    let missing: Set<Path>
    let places: ReadPlaces
    let survey: Survey

    /// A path as it was reported.
    struct Read: Hashable, Sendable {
        let path: [UInt8]
        /// Where a relative one begins, itself relative to the workspace.
        let base: Path
        /// Whether something lay there; nil where nobody says.
        let wasThere: Bool?
    }

    enum Outcome: Hashable {
        /// Sorted by path, each once.
        case found([Discovered])
        /// It is not sure to be what the action saw.
        case moved(Path)
    }

    /// What an action may not read, or not so.
    enum Failure: Error, Hashable {
        /// Another action makes it, which need not have ended before.
        case undeclared(Path, maker: String)
        /// Other actions make things in this directory.
        case aroundMade(Path, made: Path, maker: String)
        /// Its own, as an earlier run has left it: what it gives would depend on how often it ran.
        case ownOutput(Path)
        case unfit([UInt8], Path.Flaw)
        case unreadable(CensusError)
    }

    /// - Parameter start: when the action began, by the clock that stamps come from.
    func take(_ reads: [Read], since start: Int64) throws -> Outcome {
        var looks: [Path: Set<Bool?>] = [:]
        for read in reads {
            switch try places.place(of: read.path, from: read.base) {
            case .own: continue
            case .unfit(let bytes, let flaw): throw Failure.unfit(bytes, flaw)
            case .at(let path):
                if isOutput(path) { throw Failure.ownOutput(path) }
                if !isDeclared(path) { looks[path, default: []].insert(read.wasThere) }
            }
        }
        var found: [Discovered] = []
        for (path, wasThere) in looks.sorted(by: { $0.key < $1.key }) {
            // Devices have no content, and every program may use them.
            if path.below("/dev") != nil { continue }
            try checkMaker(of: path)
            if let made = plan.firstMade(below: path) {
                throw Failure.aroundMade(path, made: made.path, maker: plan.name(of: made.maker))
            }
            if let target = places.target(of: path) { try checkMaker(of: target) }
            guard let seen = try look(path, since: start, isSaid: wasThere != [nil]) else { return .moved(path) }
            if wasThere.contains(seen.content == nil) { return .moved(path) }
            found.append(seen)
        }
        return .found(found)
    }

    /// Inputs with all that lies in them, unless only their names are one.
    private func isDeclared(_ path: Path) -> Bool {
        plan.inputs(of: action).contains {
            $0.aspect == .bytes && holds($0.artifact, path) && !missing.contains(plan.path(of: $0.artifact))
        }
    }

    private func isOutput(_ path: Path) -> Bool { plan.outputs(of: action).contains { holds($0.artifact, path) } }

    private func holds(_ artifact: ArtifactID, _ path: Path) -> Bool {
        let place = plan.path(of: artifact)
        return path == place || path.below(place) != nil
    }

    private func checkMaker(of path: Path) throws(Failure) {
        guard let maker = plan.maker(at: path), !plan.ancestors(of: action).contains(maker) else { return }
        throw .undeclared(path, maker: plan.name(of: maker))
    }

    private func look(_ path: Path, since start: Int64, isSaid: Bool) throws(Failure) -> Discovered? {
        do throws(CensusError) {
            return try survey.revisit(path, since: start, absenceIsSaid: isSaid).map {
                Discovered(path: path, content: $0?.content)
            }
        } catch {
            if case .keepsChanging = error { return nil }
            throw .unreadable(error)
        }
    }
}
