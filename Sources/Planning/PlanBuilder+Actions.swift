package import Artifact

/// The artifacts of all actions on one side, action by action.
struct Edges {
    /// Where those of each action begin, and at last where those of the next will.
    private(set) var starts: [UInt32] = [0]
    private(set) var paths: [UInt32] = []
    private(set) var aspects: [UInt8] = []
    private(set) var properties: [UInt32] = []
    private(set) var indices: [UInt32] = []

    func range(of action: Int) -> Range<Int> { Int(starts[action]) ..< Int(starts[action + 1]) }

    /// How many the action has whose list is still open.
    var openCount: Int { paths.count - Int(starts[starts.count - 1]) }

    mutating func add(_ path: UInt32, _ aspect: Plan.Aspect, property: UInt32, index: Int) {
        paths.append(path)
        aspects.append(aspect.rawValue)
        properties.append(property)
        indices.append(UInt32(clamping: index))
    }

    mutating func close() { starts.append(UInt32(paths.count)) }
}

/// An action is begun, its recipe and artifacts are said in any order, and it is ended.
extension PlanBuilder {
    /// - Parameter cell: a position on each axis of the rule.
    package mutating func beginAction(rule: Int, cell: [Int]) throws(PlanError) {
        guard actionRule.count < Int(Plan.none) - 1, cells.count < Int(Plan.none) - cell.count else {
            throw .tooLarge("actions")
        }
        actionRule.append(UInt32(rule))
        for position in cell { cells.append(UInt32(position)) }
        cellAt.append(UInt32(cells.count))
    }

    /// - Parameters:
    ///   - property: as `number(ofText:)` gives it.
    ///   - index: its place in the property.
    /// - Returns: its place among the action's inputs.
    package mutating func addInput(
        _ path: Span<UInt8>, isTree: Bool, aspect: Plan.Aspect, property: UInt32, index: Int
    ) throws(PlanError) -> Int {
        guard inputs.paths.count < Int(Plan.none) - 1 else { throw .tooLarge("actions") }
        inputs.add(try number(ofPath: path, isTree: isTree), aspect, property: property, index: index)
        return inputs.openCount - 1
    }

    /// As `addInput`, of what it writes.
    package mutating func addOutput(
        _ path: Span<UInt8>, isTree: Bool, property: UInt32, index: Int
    ) throws(PlanError) -> Int {
        guard outputs.paths.count < Int(Plan.none) - 1 else { throw .tooLarge("actions") }
        outputs.add(try number(ofPath: path, isTree: isTree), .bytes, property: property, index: index)
        return outputs.openCount - 1
    }

    /// - Parameters:
    ///   - awaits: what must be current before its inputs can be listed.
    ///   - emptyProperty: the number of a property that gathers over an axis which came out empty.
    package mutating func endAction(awaits: [UInt8]?, emptyProperty: UInt32?) throws(PlanError) {
        if let awaits {
            actionAwaits.append(try number(ofPath: awaits.span, isTree: false))
        } else {
            actionAwaits.append(Plan.none)
        }
        actionEmpty.append(emptyProperty ?? Plan.none)
        inputs.close()
        outputs.close()
        recipeAt.append(UInt64(recipe.byteCount))
    }
}

extension PlanBuilder {
    /// What was said as the recipe of an action.
    func recipe(of action: Int) throws(UnpackError) -> RecipeValue {
        var unpacker = Unpacker(Array(recipe.bytes[Int(recipeAt[action]) ..< Int(recipeAt[action + 1])]))
        return try RecipeValue(from: &unpacker) { unpacker throws(UnpackError) in
            let name = try unpacker.number()
            guard name < UInt64(texts.count) else { throw .malformed }
            return Array(texts[Int(name)])
        }
    }
}

/// Whole actions, for whoever has them as values.
extension PlanBuilder {
    package struct Wiring {
        package struct Reference: Hashable {
            package var path: Path
            package var isTree: Bool
            package var aspect: Plan.Aspect
            package var property: [UInt8]
            package var index: Int

            package init(path: Path, isTree: Bool, aspect: Plan.Aspect, property: [UInt8], index: Int) {
                self.path = path
                self.isTree = isTree
                self.aspect = aspect
                self.property = property
                self.index = index
            }
        }

        package var inputs: [Reference] = []
        package var outputs: [Reference] = []
        package var awaits: Path?
        /// A property that gathers over an axis which came out empty.
        package var emptyProperty: [UInt8]?

        package init() {}
    }

    package mutating func addAction(
        rule: Int, cell: [Int], recipe value: RecipeValue, wiring: Wiring
    ) throws(PlanError) {
        try beginAction(rule: rule, cell: cell)
        for input in wiring.inputs {
            _ = try addInput(
                input.path.bytes.span, isTree: input.isTree, aspect: input.aspect,
                property: number(ofText: input.property.span), index: input.index)
        }
        for output in wiring.outputs {
            _ = try addOutput(
                output.path.bytes.span, isTree: output.isTree, property: number(ofText: output.property.span),
                index: output.index)
        }
        try write(value)
        var emptyProperty: UInt32?
        if let property = wiring.emptyProperty { emptyProperty = try number(ofText: property.span) }
        try endAction(awaits: wiring.awaits?.bytes, emptyProperty: emptyProperty)
    }

    private mutating func write(_ value: RecipeValue) throws(PlanError) {
        switch value {
        case .absent: recipe.absent()
        case .bool(let value): recipe.bool(value)
        case .int(let value): recipe.int(value)
        case .uint(let value): recipe.uint(value)
        case .double(let bits): recipe.double(bits: bits)
        case .string(let text): recipe.string(text)
        case .object(let fields):
            let opening = recipe.beginObject()
            for field in fields {
                recipe.name(try number(ofText: field.name.span))
                try write(field.value)
            }
            recipe.end(opening, count: fields.count)
        case .list(let values):
            let opening = recipe.beginList()
            for value in values { try write(value) }
            recipe.end(opening, count: values.count)
        case .input(let ordinal): recipe.input(ordinal: ordinal)
        case .output(let ordinal): recipe.output(ordinal: ordinal)
        case .awaited: recipe.awaited()
        }
    }
}
