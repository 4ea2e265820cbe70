import Artifact
import Hashing
import Synchronization

/// Directories of links to inputs, which actions that want the same ones share, and later runs find again: to make and
/// remove a link for each of 94,720 inputs takes longer than everything else about a gather (57 us of cpu each, measured).
///
/// What is not declared is not in them, and what a program writes beside its inputs comes into them and not into the
/// workspace. There others could see it: so an action is not believed that leaves such a directory otherwise than it was,
/// nor is one that ran beside it, and the directory is not used again.
final class SharedLinks: Sendable {
    private enum Standing: Sendable {
        case usable(LinkTree)
        /// Somebody has changed it.
        ///
        /// - Parameter path: what is otherwise, relative to the workspace.
        case spoilt(Path)
    }

    private let trees: LinkTrees
    private let state = Mutex(State())

    private struct State {
        /// By their directories below `LinkTrees.directory`: those that were asked for in this run.
        var known: [Path: Standing] = [:]
        /// How many actions have each now.
        var users: [Path: Int] = [:]
        /// One has been changed: then nothing is shared any more in this run, so that what is repeated finds its own.
        var isOver = false
    }

    /// So many are kept for later runs.
    private static let mostKept = 8

    /// - Parameters:
    ///   - root: the workspace's directory.
    ///   - boot: changes with every boot of the machine.
    init(_ disk: any Disk, root: String, boot: String = Machine.bootIdentity) {
        trees = LinkTrees(disk, root: root, boot: boot)
    }

    /// A directory in which there are just these links, relative to the workspace; nil where each input is to be linked by
    /// itself.
    ///
    /// - Parameter action: by its name: what it had in an earlier run becomes what it wants now.
    func take(_ wanted: InputLinks.Shared, for action: String) throws -> Path? {
        let place = trees.place(of: wanted)
        // Who wants the same waits until it is there.
        return try state.withLock { state in
            if state.isOver { return nil }
            switch state.known[place] {
            case .spoilt?: return nil
            case .usable(let tree)?:
                guard try trees.isIntact(tree) else {
                    try spoil(wanted, tree, &state)
                    return nil
                }
            case nil:
                switch try trees.find(place) {
                case .tree(let tree): state.known[place] = .usable(tree)
                case .spoilt:
                    state.known[place] = .spoilt(wanted.directory)
                    return nil
                case .nothing: state.known[place] = .usable(try make(wanted, at: place, for: action, &state))
                }
            }
            state.users[place, default: 0] += 1
            return place / LinkTree.top
        }
    }

    /// Takes back what an action was given.
    ///
    /// - Returns: what is not as it was taken, relative to the workspace; nil: nothing. One that is not is never used
    ///   again.
    func giveBack(_ taken: InputLinks.Shared) throws -> Path? {
        let place = trees.place(of: taken)
        return try state.withLock { state in
            state.users[place, default: 1] -= 1
            switch state.known[place] {
            case .usable(let tree)?: return try trees.isIntact(tree) ? nil : try spoil(taken, tree, &state)
            case .spoilt(let path)?: return path
            case nil: return taken.directory
            }
        }
    }

    /// - Returns: what is otherwise.
    @discardableResult
    private func spoil(_ wanted: InputLinks.Shared, _ tree: LinkTree, _ state: inout State) throws(DiskError) -> Path {
        let path = try trees.spoil(tree, of: wanted)
        state.known[tree.place] = .spoilt(path)
        state.isOver = true
        return path
    }

    private func make(
        _ wanted: InputLinks.Shared, at place: Path, for action: String, _ state: inout State
    ) throws -> LinkTree {
        let owner = trees.owner(action, of: wanted)
        // Whoever asks for it in this run is to find it.
        let before = try trees.all().first { tree in
            try tree.owner == owner && state.known[tree.place] == nil && trees.isIntact(tree)
        }
        if let before {
            return try trees.make(wanted, at: place, for: owner, from: before)
        }
        try makeRoom(&state)
        return try trees.make(wanted, at: place, for: owner, from: nil)
    }

    /// Removes those that were made longest ago, of those that nobody has now.
    private func makeRoom(_ state: inout State) throws(DiskError) {
        let inUse = Set(state.users.filter { $0.value > 0 }.keys)
        let others = try trees.places().filter { !inUse.contains($0.path) }.sorted { $0.made > $1.made }
        for other in others.dropFirst(Self.mostKept - 1) {
            trees.remove(other.path)
            state.known[other.path] = nil
        }
    }
}
