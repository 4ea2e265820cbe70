package import Artifact

/// What there are few of in a plan.
extension Plan {
    package struct Rule: Hashable, Sendable, Packable {
        package var name: [UInt8]
        /// The recipe's mangled type name, by which a worker finds it.
        package var type: [UInt8]
        package var shortType: [UInt8]
        package var isCommand: Bool
        package var place: Place
        package var axes: [Int]
        package var cpus: Int = 1
        /// Which losses of an input's members are accepted: the least share that must be there; 0 where none must.
        package var accepts: [Acceptance] = []
        /// The artifact that must be current before its actions can be listed.
        package var awaits: Path?
        package var policy = Policy()
        /// What the recipe says of itself, 0 or more.
        package var version = 0
        package var running = Running()

        package init(
            name: [UInt8], type: [UInt8], shortType: [UInt8], isCommand: Bool, place: Place, axes: [Int], awaits: Path?
        ) {
            (self.name, self.type, self.shortType) = (name, type, shortType)
            (self.isCommand, self.place, self.axes, self.awaits) = (isCommand, place, axes, awaits)
        }
    }

    package struct Acceptance: Hashable, Sendable {
        package var property: [UInt8]
        package var leastShare: Double

        package init(property: [UInt8], leastShare: Double) {
            self.property = property
            self.leastShare = leastShare
        }
    }

    package struct Axis: Hashable, Sendable {
        package var name: [UInt8]
        package var values: [[UInt8]]

        package init(name: [UInt8], values: [[UInt8]]) {
            self.name = name
            self.values = values
        }
    }

    package struct Group: Hashable, Sendable {
        package enum Member: Hashable, Sendable {
            case rule(RuleID)
            case artifact(Path)
        }
        package var name: [UInt8]
        package var place: Place
        package var members: [Member]

        package init(name: [UInt8], place: Place, members: [Member]) {
            (self.name, self.place, self.members) = (name, place, members)
        }
    }

    /// A read that the rules asked for while they were evaluated, and what they were told.
    package struct Question: Hashable, Sendable {
        package enum Kind: UInt8, Sendable {
            /// The values of a table's column.
            case column
            /// The files of a directory whose names end so.
            case files
        }

        package var kind: Kind
        package var path: Path
        /// The column, or how names end.
        package var column: [UInt8]
        /// Nil: "not yet".
        package var answer: [[UInt8]]?
        /// How many actions the rules had said when they asked: no answer has changed those.
        package var actionsBefore: Int

        package init(
            _ kind: Kind = .column, path: Path, column: [UInt8], answer: [[UInt8]]? = nil, actionsBefore: Int
        ) {
            (self.kind, self.path, self.column) = (kind, path, column)
            (self.answer, self.actionsBefore) = (answer, actionsBefore)
        }
    }

    package struct ProbedSource: Hashable, Sendable {
        package var path: Path
        package var probe: Probe

        package init(path: Path, probe: Probe) { (self.path, self.probe) = (path, probe) }
    }

    package struct Parameter: Hashable, Sendable {
        package var name: [UInt8]
        package var value: [UInt8]
        package var type: [UInt8]

        package init(name: [UInt8], value: [UInt8], type: [UInt8]) {
            (self.name, self.value, self.type) = (name, value, type)
        }
    }
}
