package import Artifact

/// Where it begins that something is not current: a reason at its origin, alike ones as one.
///
/// It names rules, not their numbers, so that it means the same in every plan of a run.
package enum RootCause: Hashable, Sendable {
    case forced
    /// Its rule builds it in every run.
    case always(rule: [UInt8])
    case refreshDue(rule: [UInt8])
    case neverBuilt
    /// What lies at a path is not what its readers have used; of an artifact that an action makes: it was built, or
    /// edited, without them.
    case changed(Path, isSource: Bool)
    /// The same of what was read without being declared.
    case discovered(Path)
    case inputsAdded(rule: [UInt8])
    case inputsRemoved(rule: [UInt8])
    case rewired(rule: [UInt8], property: [UInt8])
    case outputsMissing(rule: [UInt8])
    case outputsEdited(rule: [UInt8])
    case outputsMoved(rule: [UInt8])
    /// Current, but its bytes are away, and somebody needs them.
    case recalled(rule: [UInt8])
    /// A difference that is the same for everyone: a parameter, the code, a library, a tool.
    case difference(Reason)

    /// What kind of thing it is that changed, in the order in which a person would ask.
    package enum Class: String, CaseIterable, Comparable, Sendable {
        case forced, policies, sources, parameters, code, libraries, tools, environment, outputs, inputs
        case neverBuilt = "never built"
        case other

        package static func < (left: Class, right: Class) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    package var kind: Class {
        switch self {
        case .forced: .forced
        case .always, .refreshDue: .policies
        case .neverBuilt: .neverBuilt
        case .changed(_, let isSource): isSource ? .sources : .inputs
        case .discovered: .sources
        case .inputsAdded, .inputsRemoved, .rewired: .inputs
        case .outputsMissing, .outputsEdited, .outputsMoved, .recalled: .outputs
        case .difference(let reason):
            switch reason {
            case .parameter, .arguments, .seed, .cpus: .parameters
            case .code, .recipe, .version: .code
            case .library, .platform: .libraries
            case .tool, .probe: .tools
            case .environment: .environment
            default: .other
            }
        }
    }
}

/// What a reason of an action says of its cause.
package enum ReasonOrigin {
    case root(RootCause)
    /// It follows from what this action gives in the same run.
    case follows(ActionID)
    /// It tells what happened, and is no cause.
    case remark
}

extension Assessment {
    /// - Parameter built: actions that an earlier part of the run has built, by identity.
    package func origin(of reason: Reason, _ action: ActionID, built: Set<ActionID>) -> ReasonOrigin {
        let rule = plan.rule(of: action).name
        func at(_ path: Path, else root: RootCause) -> ReasonOrigin {
            guard let maker = plan.artifact(at: path).flatMap({ plan.maker(of: $0) }) else { return .root(root) }
            switch verdicts[maker.index] {
            case .build?, .restore?, .undecided?: return .follows(maker)
            default: return built.contains(maker) ? .follows(maker) : .root(root)
            }
        }
        switch reason {
        case .forced: return .root(.forced)
        case .always: return .root(.always(rule: rule))
        case .refreshDue: return .root(.refreshDue(rule: rule))
        case .neverBuilt: return .root(.neverBuilt)
        case .recalled: return .root(.recalled(rule: rule))
        case .inputChanged(let path, _, _):
            let isSource = plan.artifact(at: path).map { plan.isSource($0) } ?? false
            return at(path, else: .changed(path, isSource: isSource))
        case .discovered(let path, _, _): return at(path, else: .discovered(path))
        case .inputAdded(let path): return at(path, else: .inputsAdded(rule: rule))
        case .inputRemoved: return .root(.inputsRemoved(rule: rule))
        case .rewired(let property): return .root(.rewired(rule: rule, property: property))
        case .outputMissing: return .root(.outputsMissing(rule: rule))
        case .outputEdited: return .root(.outputsEdited(rule: rule))
        case .output: return .root(.outputsMoved(rule: rule))
        case .overdue, .storeObjectLost, .failedBefore, .foreign: return .remark
        // One edit gives each recipe another fingerprint: what was edited is the cause.
        case .code(_, _, let changes) where !changes.isEmpty:
            return .root(.difference(.code(from: nil, to: nil, changes)))
        // Many actions are given something else in the same way, each with files of its own.
        case .arguments(let from, let to):
            return .root(.difference(.arguments(from: from.map(\.withoutPath), to: to.map(\.withoutPath))))
        default: return .root(.difference(reason))
        }
    }
}

extension Reason {
    /// The path that it speaks of.
    package var path: Path? {
        switch self {
        case .inputChanged(let path, _, _), .discovered(let path, _, _), .inputAdded(let path), .inputRemoved(let path),
            .outputMissing(let path), .outputEdited(let path), .output(let path), .foreign(let path):
            path
        default: nil
        }
    }
}
