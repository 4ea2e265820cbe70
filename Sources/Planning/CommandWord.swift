package import Artifact

/// A word that a program is given, as keys have it: an artifact is its place among the inputs or outputs.
package enum CommandWord: Hashable, Sendable {
    case text([UInt8])
    /// By its place, counted from 0; with its path where that is known.
    case input(Int, Path?)
    case output(Int, Path?)
    /// What stands before it starts a program that stays alive.
    case worker
    /// Words that are the same on both sides.
    case alike

    /// As it stands in a key: the same for actions that read and write different files alike.
    var withoutPath: CommandWord {
        switch self {
        case .input(let place, _): .input(place, nil)
        case .output(let place, _): .output(place, nil)
        case .text, .worker, .alike: self
        }
    }

    /// Whether the program is given the same, at whatever place it stands.
    private func isSame(as other: CommandWord) -> Bool {
        switch (self, other) {
        case (.input(_, let path?), .input(_, let others?)), (.output(_, let path?), .output(_, let others?)):
            path == others
        default: self == other
        }
    }

    /// Those that differ, with one on either side to tell where that is.
    static func differing(
        _ old: [CommandWord], _ new: [CommandWord]
    ) -> (from: [CommandWord], to: [CommandWord]) {
        let most = min(old.count, new.count)
        var (first, last) = (0, 0)
        while first < most, old[first].isSame(as: new[first]) { first += 1 }
        // One file may stand at two places: then those differ, and the paths do not.
        if first == old.count, first == new.count { return (old.map(\.withoutPath), new.map(\.withoutPath)) }
        while last < most - first, old[old.count - 1 - last].isSame(as: new[new.count - 1 - last]) { last += 1 }
        // What is left out takes a word itself.
        let (begin, end) = (first > 2 ? first - 1 : 0, last > 2 ? last - 1 : 0)
        func part(_ words: [CommandWord]) -> [CommandWord] {
            (begin > 0 ? [.alike] : []) + words[begin ..< words.count - end] + (end > 0 ? [.alike] : [])
        }
        return (part(old), part(new))
    }
}
