package import Artifact

/// Where in the rules something was said.
package struct Place: Hashable, Comparable, Sendable {
    package let file: [UInt8]
    /// Counted from 1.
    package let line: Int

    package init(file: [UInt8], line: Int) {
        self.file = file
        self.line = line
    }

    package static func < (left: Place, right: Place) -> Bool {
        left.file == right.file ? left.line < right.line : left.file.lexicographicallyPrecedes(right.file)
    }
}

/// An action's name for people, and where its rule stands.
package struct Mention: Hashable, Sendable {
    package let name: String
    package let place: Place

    package init(name: String, place: Place) {
        self.name = name
        self.place = place
    }
}

/// A plan that cannot be.
package enum PlanError: Error, Hashable, Sendable {
    case twoMakers(Path, Mention, Mention)
    case madeAndSource(Path, Mention, source: Place)
    /// A source known by a probe, and something else of that name.
    case twoSources(Path, Place, Place)
    case noMaker(Path, wantedBy: Mention)
    case unfit(Path, Path.Flaw, Mention)
    /// An output among the rules themselves, or around them.
    case amongRules(Path, Mention, rules: Path)
    /// An output that lies in the tree which another action makes.
    case insideTree(Path, Mention, tree: Path, Mention)
    /// One action's output, or an input, below a file that an action makes.
    case belowFile(Path, Mention, file: Path)
    /// An output that lies in a directory which is a source.
    case insideSource(Path, Mention, source: Path, Place)
    case cycle([Mention])
    case noSuchProperty(String, Mention)
    /// An input whose column the rule's policy names, and which is no table.
    case noColumns(Path, column: String, Mention)
    case cpus(Int, Mention)
    case tooLarge(String)
    case duplicateRule(String, Place, Place)
    case duplicateGroup(String, Place, Place)
    case groupAndRule(String, group: Place, rule: Place)
    /// A rule or a group that nobody could name.
    case noName(Place)
    case sameAxis(String, Mention)
    case noOutput(Mention)
}
