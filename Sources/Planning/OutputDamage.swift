import Artifact

/// How an action's outputs, as they lie there, stand to what was recorded of them.
struct OutputDamage {
    /// Outputs and members of trees that are not there.
    var missing: [Path] = []
    /// Outputs whose content, as far as it is there, is not what was published, and trees that hold more.
    var edited: [Path] = []
    /// Something is recorded, no set is broken, and what is missing can be put back.
    var isComplete = false
    /// Every output is there, and nothing is recorded.
    var isForeign = false

    var isIntact: Bool { isComplete && missing.isEmpty && edited.isEmpty }
    var isEditedOnly: Bool { isComplete && missing.isEmpty && !edited.isEmpty }
    var reasons: [Reason] { missing.map { .outputMissing($0) } + edited.map { .outputEdited($0) } }
}

extension Trace.Output {
    /// What of a recorded output is not there, and whether what is there is something else.
    ///
    /// - Parameter present: the members of a tree that lies there.
    func damage(_ sight: Assessment.Sight, _ present: [Trace.Member]?) -> (missing: [Trace.Output], isEdited: Bool) {
        guard case .content(let found) = sight else {
            if case .nothing = sight { return ([self], false) }
            return ([], true)
        }
        if found == content { return ([], false) }
        guard content.kind == .tree, found.kind == .tree, let present else { return ([], true) }
        let there = Dictionary(present.map { ($0.path, $0.content) }) { first, _ in first }
        let lacking = members.filter { there[$0.path] == nil }
        let recorded = Dictionary(members.map { ($0.path, $0.content) }) { first, _ in first }
        let isEdited = present.contains { recorded[$0.path] != $0.content }
        return (lacking.map { Trace.Output(path: path / $0.path, content: $0.content) }, isEdited)
    }

    /// A tree as it is once what it lacks has been put back beside what lies there.
    func completed(_ present: [Trace.Member]) -> Trace.Output {
        let there = Set(present.map(\.path))
        let members = (present + self.members.filter { !there.contains($0.path) }).sorted { $0.path < $1.path }
        return Trace.Output(path: path, content: Census.treeContent(members), members: members)
    }
}
