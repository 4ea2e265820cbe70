public import Artifact
public import Hashing

extension Plan {
    @inlinable public var actionCount: Int { actionRule.count }
    @inlinable public var actions: Numbers<ActionID> { Numbers(0 ..< actionCount) }
    @inlinable public var inTopologicalOrder: NumberList<ActionID> {
        NumberList(topological, 0 ..< topological.count)
    }

    package func rule(of action: ActionID) -> Rule { rules[Int(actionRule[action.index])] }
    @inlinable
    public func ruleID(of action: ActionID) -> RuleID { RuleID(actionRule[action.index]) }

    @inlinable
    public func identity(of action: ActionID) -> Digest {
        Digest(high: actionIdentity[2 * action.index], low: actionIdentity[2 * action.index + 1])
    }

    /// The artifact that must be current before this action's inputs can be listed.
    @inlinable
    public func awaits(_ action: ActionID) -> ArtifactID? {
        let awaited = actionAwaits[action.index]
        return awaited == Self.none ? nil : ArtifactID(awaited)
    }

    /// A property that gathers over an axis which came out empty.
    package func emptyProperty(of action: ActionID) -> [UInt8]? {
        let property = actionEmpty[action.index]
        return property == Self.none ? nil : text(property)
    }

    @inlinable
    public func inputs(of action: ActionID) -> Inputs { Inputs(self, range(inputAt, action.index)) }

    @inlinable
    public func outputs(of action: ActionID) -> Outputs { Outputs(self, range(outputAt, action.index)) }

    /// The artifacts that lie in trees which an action makes, as far as the rules name them.
    @inlinable
    public func members(of action: ActionID) -> NumberList<ArtifactID> {
        NumberList(memberArtifact, range(memberAt, action.index))
    }

    package func recipe(of action: ActionID) throws(UnpackError) -> RecipeValue {
        var unpacker = Unpacker(blob.bytes(recipeRange(of: action)))
        return try RecipeValue(from: &unpacker) { unpacker throws(UnpackError) in
            let name = try unpacker.number()
            guard name < UInt64(textCount) else { throw .malformed }
            return text(UInt32(name))
        }
    }

    /// Where in `blob` a recipe lies.
    func recipeRange(of action: ActionID) -> Range<Int> {
        recipeBytes.lowerBound + Int(clamping: recipeAt[action.index])
            ..< recipeBytes.lowerBound + Int(clamping: recipeAt[action.index + 1])
    }

    /// How many names of fields and files there are: their numbers are below it.
    var textCount: Int { textAt.count - 1 }

    package func text(_ id: UInt32) -> [UInt8] {
        let range = range(textAt, Int(id))
        return blob.bytes(textBytes.lowerBound + range.lowerBound ..< textBytes.lowerBound + range.upperBound)
    }

    /// The axis values of an action's cell, with their axes' names.
    package func cell(of action: ActionID) -> [(axis: [UInt8], value: [UInt8])] {
        zip(rule(of: action).axes, range(cellAt, action.index)).map { axis, position in
            (axes[axis].name, axes[axis].values[Int(cellPosition[position])])
        }
    }

    /// Which of an axis's values an action has.
    ///
    /// - Parameter axis: which of its rule's axes.
    package func cellPosition(of action: ActionID, axis: Int) -> UInt32? {
        let cell = range(cellAt, action.index)
        return cell.indices.contains(cell.lowerBound + axis) ? cellPosition[cell.lowerBound + axis] : nil
    }

    /// `train[route=JFK-LAX]`, as commands accept it.
    package func name(of action: ActionID) -> String {
        let cell = cell(of: action)
        let rule = printable(rule(of: action).name)
        if cell.isEmpty { return rule }
        return rule + "[" + cell.map { printable($0.axis) + "=" + printable($0.value) }.joined(separator: ",") + "]"
    }

    @inlinable
    func range(_ offsets: PackedArray<UInt32>, _ index: Int) -> Range<Int> {
        Int(offsets[index]) ..< Int(offsets[index + 1])
    }
}
