import Artifact
import Planning

/// Rules said in few words, laid out as a plan.
struct Sketch {
    var builder = PlanBuilder()
    private var line = 0

    /// What a recipe's property holds.
    enum Piece: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral {
        case value(RecipeValue)
        case input(Path)
        case tree(Path)
        case listing(Path)
        case inputs([Path])
        case keyed([(key: String, path: Path)])
        case output(Path)
        case outputTree(Path)

        init(stringLiteral text: String) { self = .value(.string(Array(text.utf8))) }
        init(integerLiteral number: Int64) { self = .value(.int(number)) }
    }

    /// - Returns: the axis's number.
    mutating func axis(_ name: String, _ values: [String]) -> Int {
        builder.add(Plan.Axis(name: Array(name.utf8), values: values.map { Array($0.utf8) }))
        return builder.axes.count - 1
    }

    mutating func source(_ path: Path, mayBeAbsent: Bool = false) throws(PlanError) {
        try builder.addSource(path, mayBeAbsent: mayBeAbsent, place: nextPlace())
    }

    /// - Returns: the rule's number.
    @discardableResult
    mutating func rule(
        _ name: String, axes: [Int] = [], _ change: (inout Plan.Rule) -> Void = { _ in }
    ) throws(PlanError) -> Int {
        var rule = Plan.Rule(
            name: Array(name.utf8), type: Array("Recipe".utf8), shortType: Array("Recipe".utf8), isCommand: false,
            place: nextPlace(), axes: axes, awaits: nil)
        change(&rule)
        try builder.add(rule)
        return builder.rules.count - 1
    }

    mutating func action(
        of rule: Int, cell: [Int] = [], awaits: Path? = nil, empty: String? = nil, _ fields: [(String, Piece)]
    ) throws(PlanError) {
        var wiring = PlanBuilder.Wiring()
        wiring.awaits = awaits
        wiring.emptyProperty = empty.map { Array($0.utf8) }
        let values = fields.map { name, piece in
            RecipeValue.Field(name: Array(name.utf8), value: Self.value(piece, Array(name.utf8), &wiring))
        }
        try builder.addAction(rule: rule, cell: cell, recipe: .object(values), wiring: wiring)
    }

    /// A rule with a single action.
    mutating func action(
        _ name: String, awaits: Path? = nil, empty: String? = nil, rule change: (inout Plan.Rule) -> Void = { _ in },
        _ fields: [(String, Piece)]
    ) throws(PlanError) {
        try action(of: rule(name, change), awaits: awaits, empty: empty, fields)
    }

    mutating func group(_ name: String, _ members: [Plan.Group.Member]) {
        builder.groups.append(Plan.Group(name: Array(name.utf8), place: nextPlace(), members: members))
    }

    mutating func parameter(_ name: String, _ value: String) {
        builder.parameters.append(
            Plan.Parameter(name: Array(name.utf8), value: Array(value.utf8), type: Array("String".utf8)))
    }

    func plan(isWhole: Bool = true) throws(PlanError) -> Plan { try builder.finish(isWhole: isWhole) }

    private mutating func nextPlace() -> Place {
        line += 1
        return Place(file: Array("rules/Rulesfile.swift".utf8), line: line)
    }

    private static func value(
        _ piece: Piece, _ property: [UInt8], _ wiring: inout PlanBuilder.Wiring
    ) -> RecipeValue {
        func reference(_ path: Path, isTree: Bool = false, _ aspect: Plan.Aspect = .bytes, at index: Int = 0)
            -> PlanBuilder.Wiring.Reference
        {
            PlanBuilder.Wiring.Reference(path: path, isTree: isTree, aspect: aspect, property: property, index: index)
        }
        func input(_ reference: PlanBuilder.Wiring.Reference) -> RecipeValue {
            wiring.inputs.append(reference)
            return .input(ordinal: wiring.inputs.count - 1)
        }
        func output(_ reference: PlanBuilder.Wiring.Reference) -> RecipeValue {
            wiring.outputs.append(reference)
            return .output(ordinal: wiring.outputs.count - 1)
        }
        switch piece {
        case .value(let value): return value
        case .input(let path): return input(reference(path))
        case .tree(let path): return input(reference(path, isTree: true))
        case .listing(let path): return input(reference(path, isTree: true, .listing))
        case .inputs(let paths):
            return .list(paths.enumerated().map { input(reference($0.element, at: $0.offset)) })
        case .keyed(let entries):
            return .list(
                entries.enumerated().flatMap { index, entry in
                    [.string(Array(entry.key.utf8)), input(reference(entry.path, at: index))]
                })
        case .output(let path): return output(reference(path))
        case .outputTree(let path): return output(reference(path, isTree: true))
        }
    }
}

extension Plan {
    /// The action with this name, as `name(of:)` gives it.
    func action(_ name: String) -> ActionID? { actions.first { self.name(of: $0) == name } }

    /// Everything there is.
    var everything: Request {
        Request(
            self, actions: Array(actions), sources: artifacts.filter { isSource($0) },
            unlisted: rules.indices.compactMap { index in rules[index].awaits.map { (RuleID(index), $0) } })
    }
}
