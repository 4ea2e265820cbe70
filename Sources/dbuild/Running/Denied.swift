import Artifact
import Planning

/// What a sandbox kept an action from, as its rules say it.
struct Denied: Hashable, Sendable {
    enum Place: Hashable, Sendable {
        /// Of the workspace, and no action makes it.
        case source(Path)
        case made(Path, maker: String)
        /// A directory in which an input of the action lies.
        case around(Path, input: Path)
        /// It is to make it, where it runs; this is in the workspace itself.
        case ownOutput(Path)
        /// It declares it as an input.
        case input(Path)
        /// Below `.dbuild`.
        case reserved(Path)
        /// Absolute.
        case outside(Path)
    }

    let act: Denials.Act
    let place: Place
    /// Whether a program did it, not a recipe.
    let isCommand: Bool

    /// Python writes and reads its bytecode beside a script where it can, and does without where it cannot.
    private static let bytecode = Array("__pycache__".utf8)
    /// What the kernel shows is no file of anybody.
    private static let unnamed = ["/proc", "/dev", "/sys"].map { Path($0) }

    /// Of what was written down the part that the sandbox denied: not what this process might not have either.
    static func all(
        _ denials: Denials, _ plan: Plan, _ action: ActionID, _ places: ReadPlaces
    ) throws(DiskError) -> [Denied] {
        var found: [Denied] = []
        for look in denials.looks where isWorthALook(look) {
            guard let place = try place(of: look.path, plan, action, places),
                isByTheSandbox(look, place, root: places.root)
            else { continue }
            // What it has not made yet it cannot find where it runs.
            if case .ownOutput = place, Path(look.path).below(places.root / places.staging) != nil { continue }
            let denied = Denied(act: look.act, place: place, isCommand: plan.rule(of: action).isCommand)
            if !found.contains(denied) { found.append(denied) }
        }
        // Who looks whether a file is there often goes on to open it.
        return found.filter { denied in
            denied.act != .examine || !found.contains { $0.place == denied.place && $0.act != .examine }
        }
    }

    private static func isWorthALook(_ look: Denials.Look) -> Bool {
        if unnamed.contains(where: { Path(look.path).below($0) != nil }) { return false }
        return !look.path.split(separator: UInt8(ascii: "/")).contains { $0.elementsEqual(bytecode) }
    }

    /// Whether this process could have it: else it is not for the sandbox that the action could not.
    private static func isByTheSandbox(_ look: Denials.Look, _ place: Place, root: Path) -> Bool {
        // What is absent where it ran may be in the workspace.
        let path = place.isOutside ? place.path.bytes : (root / place.path).bytes
        return switch look.act {
        case .read, .list: mayRead(path)
        case .execute: mayExecute(path)
        case .examine: resolved(path) != nil
        case .write:
            resolved(path) == nil ? mayWrite(Path(path).directory.bytes) : mayWrite(path)
        }
    }

    private static func place(
        of path: [UInt8], _ plan: Plan, _ action: ActionID, _ places: ReadPlaces
    ) throws(DiskError) -> Place? {
        switch try places.place(of: path, from: Path([UInt8]())) {
        case .own:
            // A link that it made itself: what that leads to.
            guard let target = resolved(path), target != path else { return nil }
            return try self.place(of: target, plan, action, places)
        case .unfit(_, let flaw):
            let place = Path(path)
            return flaw == .reserved ? .reserved(place.below(places.root) ?? place) : .outside(place)
        case .at(let place):
            if place.bytes.first == UInt8(ascii: "/") { return .outside(place) }
            if plan.inputs(of: action).contains(where: { plan.path(of: $0.artifact) == place }) { return .input(place) }
            if let maker = plan.maker(at: place) {
                return maker == action ? .ownOutput(place) : .made(place, maker: plan.name(of: maker))
            }
            let inside = plan.inputs(of: action).lazy.map { plan.path(of: $0.artifact) }
                .first { $0.below(place) != nil }
            return inside.map { .around(place, input: $0) } ?? .source(place)
        }
    }

    /// Whether an action that went on without it is to be told of: programs look around them.
    var isWorthAWarning: Bool {
        if act == .examine { return false }
        return if case .around = place, act == .list { false } else { true }
    }
}
