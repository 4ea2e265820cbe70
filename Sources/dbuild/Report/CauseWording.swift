import Artifact
import Planning

extension RootCause {
    /// What changed, from what to what, without how much follows from it.
    ///
    /// - Parameters:
    ///   - reason: one that it gave.
    ///   - paths: some of what its reasons spoke of.
    func inWords(_ reason: Reason, paths: [Path], rows: (Content) -> Int? = { _ in nil }) -> String {
        let example = paths.first.map { ", as `\($0)`" } ?? ""
        let change =
            switch reason {
            case .inputChanged(_, let from, let to), .discovered(_, let from, let to): contentChange(from, to, rows)
            default: "changed"
            }
        return switch self {
        case .forced: "forced by the command"
        case .always(let rule): "`\(printable(rule))` is built in every run"
        case .refreshDue(let rule):
            if case .refreshDue(let instant) = reason {
                "refresh of `\(printable(rule))` due since \(Instant.text(instant))"
            } else {
                "refresh of `\(printable(rule))` due"
            }
        case .neverBuilt: "never built"
        case .changed(let path, isSource: true): "`\(path)` \(change)"
        case .changed(let path, isSource: false): "`\(path)` was made or edited without what reads it"
        case .discovered(let path): "`\(path)`, which is read undeclared, \(change)"
        case .inputsAdded(let rule): "`\(printable(rule))` reads more than it did\(example)"
        case .inputsRemoved(let rule): "`\(printable(rule))` reads less than it did\(example)"
        case .rewired(let rule, let property): "`\(printable(property))` of `\(printable(rule))` reads in another order"
        case .outputsMissing(let rule): "outputs of `\(printable(rule))` are missing\(example)"
        case .outputsEdited(let rule): "outputs of `\(printable(rule))` are not as they were built\(example)"
        case .outputsMoved(let rule): "outputs of `\(printable(rule))` have other places\(example)"
        case .recalled(let rule): "outputs of `\(printable(rule))` are needed, and away"
        // Where the places of files are the same, their paths say what differs.
        case .difference(.arguments(let from, let to)) where from == to: reason.inWords
        case .difference(let reason): reason.inWords
        }
    }
}

extension RootCauses.Group {
    /// What changed, from what to what, without how much follows from it.
    func inWords(rows: (Content) -> Int?) -> String {
        // The files of one action can be named.
        if case .arguments = reason, certain.count + followed.count + held.count <= 1 { return reason.inWords }
        return cause.inWords(reason, paths: paths, rows: rows)
    }

    /// `1 action for certain, at most 1,036 more`
    var extent: String {
        var parts: [String] = []
        if !certain.isEmpty { parts.append("\(counted(certain.count, "action")) for certain") }
        if !followed.isEmpty { parts.append("\(grouped(followed.count)) that followed") }
        if undecidedCount > 0 {
            parts.append("at most \(grouped(undecidedCount)) \(certain.isEmpty ? "actions" : "more")")
        }
        if !held.isEmpty { parts.append("\(grouped(held.count)) held by policy") }
        return parts.isEmpty ? "no action for certain" : parts.joined(separator: ", ")
    }
}

/// What a change of content comes to: rows where they are known, else bytes.
func contentChange(_ from: Content?, _ to: Content?, _ rows: (Content) -> Int?) -> String {
    guard let from else { return to == nil ? "changed" : "is there now" }
    guard let to else { return "is gone" }
    if let before = rows(from), let after = rows(to) {
        return before == after
            ? "changed: \(counted(after, "row")) as before" : "changed: \(grouped(before)) -> \(counted(after, "row"))"
    }
    if from.kind == .tree || to.kind == .tree { return "changed" }
    let (before, after) = (from.fingerprint.sizeBytes, to.fingerprint.sizeBytes)
    if from.fingerprint == to.fingerprint { return "changed its permission to be run" }
    return before == after
        ? "changed: \(counted(Int(clamping: after), "byte")) as before"
        : "changed: \(grouped(Int(clamping: before))) -> \(counted(Int(clamping: after), "byte"))"
}

/// `1 action`, `2,436 actions`, `2 entities`
func counted(_ count: Int, _ noun: String) -> String { "\(grouped(count)) \(count == 1 ? noun : plural(noun))" }

private func plural(_ noun: String) -> String {
    if noun.hasSuffix("y"), !["ay", "ey", "oy", "uy"].contains(where: { noun.hasSuffix($0) }) {
        return noun.dropLast() + "ies"
    }
    return ["s", "x", "ch", "sh"].contains { noun.hasSuffix($0) } ? noun + "es" : noun + "s"
}
