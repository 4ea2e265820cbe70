import Artifact
import Calendar
import Planning

@testable import TestOracle

/// The rules as a plan, as dbuild would have it.
extension Rulebook {
    static let column = Array("lines".utf8)

    /// - Parameter answers: what reads gave, by path; nil: "not yet".
    func plan(_ answers: [String: [String]]) throws -> Plan {
        var sketch = Sketch()
        let axes = Set(acts.compactMap(\.axis))
        let read = Set(acts.flatMap { $0.inputs.map(\.path) }.filter { !$0.contains("*") }).union(axes)
        for path in read.sorted() where !isMade(path) {
            try sketch.source(Path(path), mayBeAbsent: perhaps.contains(path))
        }
        var asked: Set<String> = []
        for act in acts {
            if let axis = act.axis, asked.insert(axis).inserted {
                sketch.builder.questions.append(
                    .init(
                        path: Path(axis), column: Self.column, answer: answers[axis]?.map { Array($0.utf8) },
                        actionsBefore: sketch.builder.actionCount))
            }
            try add(act, act.axis.flatMap { answers[$0] }, to: &sketch)
        }
        return try sketch.plan()
    }

    private func add(_ act: Act, _ lines: [String]?, to sketch: inout Sketch) throws {
        let isFamily = if case .each? = act.spread { true } else { false }
        let axes = isFamily ? [sketch.axis("axis", lines ?? [])] : []
        let rule = try sketch.rule(act.name, axes: axes) { rule in
            rule.accepts = act.accepts.sorted { $0.key < $1.key }.map {
                Plan.Acceptance(property: Array($0.key.utf8), leastShare: $0.value)
            }
            rule.policy = act.terms.policy
            if isFamily, lines == nil { rule.awaits = act.axis.map { Path($0) } }
        }
        for (index, cell) in (isFamily && lines == nil ? [] : act.cells(lines ?? [])).enumerated() {
            let isAwaiting = act.axis != nil && lines == nil
            let isEmpty = !isFamily && act.axis != nil && lines?.isEmpty == true
            try sketch.action(
                of: rule, cell: isFamily ? [index] : [],
                awaits: isAwaiting ? act.axis.map { Path($0) } : nil, empty: isEmpty ? "each" : nil,
                fields(cell, isAwaiting: isAwaiting))
        }
    }

    private func fields(_ act: Act, isAwaiting: Bool) -> [(String, Sketch.Piece)] {
        func text(_ text: String) -> RecipeValue { .string(Array(text.utf8)) }
        var fields: [(String, Sketch.Piece)] = [
            ("does", .value(text(act.does.rawValue))), ("level", .value(.int(Int64(act.level)))),
            ("peeks", .value(.list(act.peeks.map(text)))),
        ]
        for name in ["gathered", "each"] where !act.properties.contains(where: { $0.name == name }) {
            fields.append((name, isAwaiting && name == "each" ? .value(.awaited) : .inputs([])))
        }
        for (name, inputs) in act.properties {
            if name.hasPrefix("fixed"), let input = inputs.first {
                fields.append((name, input.piece))
            } else {
                fields.append((name, .inputs(inputs.map { Path($0.path) })))
            }
        }
        for (place, path) in act.outputs.enumerated() {
            fields.append(("out-\(place)", act.does == .split ? .outputTree(Path(path)) : .output(Path(path))))
        }
        return fields
    }
}

extension Act.Input {
    fileprivate var piece: Sketch.Piece {
        switch how {
        case .bytes: .input(Path(path))
        case .tree: .tree(Path(path))
        case .listing: .listing(Path(path))
        }
    }
}

extension Terms {
    var policy: Policy {
        var policy = Policy()
        policy.existence =
            switch existence {
            case .keepExisting(let adopts)?: .keepExisting(adoptsForeign: adopts)
            case .always?: .always
            case .refresh(let period)?: .refresh(.every(nanoseconds: Int64(period)))
            case .daily(let hour)?: .refresh(.calendar(.daily(minuteOfDay: 60 * hour), zone: "UTC"))
            case nil: nil
            }
        policy.settle = settle.map { settle in
            Policy.Settle(
                nanoseconds: Int64(settle.age),
                observation: settle.property.map {
                    Policy.ObservedColumn(property: Array($0.utf8), column: Rulebook.column)
                },
                latestAfterNanoseconds: settle.latestAfter.map { Int64($0) }, firstBuildWaits: settle.firstBuildWaits,
                holdsEverything: settle.holdsEverything)
        }
        policy.interval = interval.map {
            Policy.Interval(nanoseconds: Int64($0.length), holdsEverything: $0.holdsEverything)
        }
        policy.keepsEdited = keepsEdited
        policy.useExisting = useExisting.map { Policy.UseExisting(maxAgeNanoseconds: $0.maxAge.map { Int64($0) }) }
        policy.isIntermediate = isIntermediate
        policy.storing = isStored ? .upToLimit : .never
        return policy
    }
}

extension Order {
    func circumstances(_ plan: Plan) -> Circumstances {
        var circumstances = Circumstances(plan, nowNanoseconds: Int64(now))
        circumstances.keepsEdited = keepsEdited
        for action in plan.actions {
            let name = printable(plan.rule(of: action).name)
            if forced.contains(name) { circumstances.forced.insert(action) }
            if skipped.contains(name) { circumstances.skipped.insert(action) }
        }
        for (index, rule) in plan.rules.enumerated() {
            guard case .refresh(.calendar(.daily(minuteOfDay: let minute), _))? = rule.policy.existence else {
                continue
            }
            let sinceLast = ((now - minute / 60) % Terms.day + Terms.day) % Terms.day
            let last = Int64(now - sinceLast)
            circumstances.moments[RuleID(index)] = RefreshMoments(last: last, next: last + Int64(Terms.day))
        }
        return circumstances
    }
}

extension Order {
    /// As the command line selects it, and what the rules read while planning.
    func request(_ plan: Plan) throws -> Request {
        let names = targets.isEmpty ? plan.rules.map { printable($0.name) } : targets.sorted()
        return try plan.select(names).request(plan, skipped: circumstances(plan).skipped)
    }
}
