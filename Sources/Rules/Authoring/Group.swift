/// Something `Build.group` can hold: a rule, an action, or an artifact.
public protocol Groupable {
    func join(_ group: GroupMembers)
}

/// The members of a group, while they are listed.
public struct GroupMembers {
    let wire: WireWriter

    func add(rule: Int) {
        wire.number(MemberKind.rule.rawValue)
        wire.number(rule)
    }

    func add(path: String) {
        wire.number(MemberKind.artifact.rawValue)
        wire.text("member", path)
    }
}

extension Rule: Groupable {
    public func join(_ group: GroupMembers) { group.add(rule: cells.identifier) }
}

extension Action: Groupable {
    public func join(_ group: GroupMembers) { group.add(rule: rule) }
}

extension Artifact: Groupable {
    public func join(_ group: GroupMembers) { group.add(path: path) }
}

extension TypedArtifact {
    public func join(_ group: GroupMembers) { group.add(path: path) }
}

extension Tree: Groupable {
    public func join(_ group: GroupMembers) { group.add(path: path) }
}
