import Artifact
import Planning

/// Inputs whose bytes are away from their places, as the store gives them to one action: nobody else sees them, since what
/// is away by a policy is not to come back because somebody verifies.
struct RecalledInputs: Sendable {
    /// An output's bytes are not to be had, or not where the action looks for them.
    struct Failure: Error { let output: Path }

    private let away: [Assessment.InputAway]

    init(_ away: [Assessment.InputAway], for task: ActionTask) throws(Failure) {
        self.away = away
        for input in away where !Self.isReadInItsDirectory(input, by: task) { throw Failure(output: input.output) }
    }

    private static func isReadInItsDirectory(_ input: Assessment.InputAway, by task: ActionTask) -> Bool {
        // What is read undeclared is read in its own place.
        guard let declared = input.declared else { return false }
        // A program that stays is started in a directory that is not the action's.
        guard case .request(let program, _) = task.work else { return true }
        return !program.inputs.contains { $0.path == declared.path }
    }

    var paths: Set<Path> { Set(away.compactMap { $0.declared?.path }) }

    /// - Parameter place: a directory in which none of them lies yet.
    func make(in place: Path, _ store: Store, _ disk: any Disk) throws {
        if away.isEmpty { return }
        // A member is there with the tree it lies in.
        let topmost = Set(InputLinks.topmost(Array(paths)))
        let restoration = Restoration(store: store, disk: disk, staging: place)
        var made: Set<Path> = []
        for input in away {
            guard let output = input.declared, topmost.contains(output.path), made.insert(output.path).inserted else {
                continue
            }
            // The store gives files: directories, as an empty tree's own, are made here.
            if output.content.kind == .tree { try disk.makeDirectory(place / output.path) }
            for member in output.members where member.content == .directory {
                try disk.makeDirectory(place / output.path / member.path)
            }
            do { _ = try restoration.collect([output], present: { _ in nil }) } catch is Restoration.Failure {
                throw Failure(output: input.output)
            }
        }
    }
}
