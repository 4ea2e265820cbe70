package import Artifact
package import Hashing

/// All actions and artifacts of a Rulesfile, as arrays by number: no object for an action, names said once.
///
/// It is read from the bytes that `PlanBuilder` writes, which may be a mapped file. A class, though nothing in it ever
/// changes: as a value every copy would count the references of all its arrays.
package final class Plan: Sendable {
    package let blob: Blob

    // Artifacts, sorted by directory and name.
    let directoryBytes: Range<Int>
    let directoryAt: PackedArray<UInt32>
    let directoryFirst: PackedArray<UInt32>
    let leafBytes: Range<Int>
    let leafAt: PackedArray<UInt32>
    let artifactDirectory: PackedArray<UInt32>
    let artifactFlags: PackedArray<UInt8>
    let artifactMaker: PackedArray<UInt32>
    let artifactTree: PackedArray<UInt32>
    let artifactPlace: PackedArray<UInt32>
    let consumerAt: PackedArray<UInt32>
    let consumerAction: PackedArray<UInt32>
    // Actions, in the order in which the rules said them.
    let actionRule: PackedArray<UInt32>
    let actionAwaits: PackedArray<UInt32>
    let actionEmpty: PackedArray<UInt32>
    let actionIdentity: PackedArray<UInt64>
    let cellAt: PackedArray<UInt32>
    let cellPosition: PackedArray<UInt32>
    let inputAt: PackedArray<UInt32>
    let inputArtifact: PackedArray<UInt32>
    let inputAspect: PackedArray<UInt8>
    let inputProperty: PackedArray<UInt32>
    let inputIndex: PackedArray<UInt32>
    let outputAt: PackedArray<UInt32>
    let outputArtifact: PackedArray<UInt32>
    let outputProperty: PackedArray<UInt32>
    let outputIndex: PackedArray<UInt32>
    let memberAt: PackedArray<UInt32>
    let memberArtifact: PackedArray<UInt32>
    let recipeBytes: Range<Int>
    let recipeAt: PackedArray<UInt64>
    /// Every action behind all those whose outputs it reads.
    let topological: PackedArray<UInt32>
    let textBytes: Range<Int>
    let textAt: PackedArray<UInt32>
    /// What there are few of.
    package let rules: [Rule]
    package let axes: [Axis]
    package let groups: [Group]
    /// What is built where no target is named; nil where the rules do not say.
    package let defaults: Group?
    package let questions: [Question]
    /// Sources that are no files, by path.
    package let probedSources: [ProbedSource]
    package let parameters: [Parameter]
    package let pools: [Pool]

    static let none = UInt32.max

    /// Reads a plan; nil where the bytes are not one, whole and of this version: then it is made again.
    package init?(_ blob: Blob) {
        guard blob.count >= PlanHeader.byteCount, blob.load(0, as: UInt64.self) == PlanHeader.magic,
            blob.load(8, as: UInt64.self) == PlanHeader.version,
            // Damage that reads well would be another plan.
            blob.digest(from: PlanHeader.tableAt)
                == Digest(
                    high: blob.load(PlanHeader.digestAt, as: UInt64.self),
                    low: blob.load(PlanHeader.digestAt + 8, as: UInt64.self))
        else { return nil }
        func place(_ section: PlanSection) -> Range<Int>? {
            let at = PlanHeader.tableAt + 16 * section.rawValue
            guard let start = Int(exactly: blob.load(at, as: UInt64.self)),
                let count = Int(exactly: blob.load(at + 8, as: UInt64.self)), start <= blob.count,
                count <= blob.count - start
            else { return nil }
            return start ..< start + count
        }
        func array<Element>(_ section: PlanSection, of _: Element.Type = Element.self) -> PackedArray<Element>? {
            guard let place = place(section) else { return nil }
            return PackedArray<Element>(blob, at: place.lowerBound, byteCount: place.count)
        }
        guard let directoryBytes = place(.directoryBytes), let directoryAt = array(.directoryAt, of: UInt32.self),
            let directoryFirst = array(.directoryFirst, of: UInt32.self), let leafBytes = place(.leafBytes),
            let leafAt = array(.leafAt, of: UInt32.self),
            let artifactDirectory = array(.artifactDirectory, of: UInt32.self),
            let artifactFlags = array(.artifactFlags, of: UInt8.self),
            let artifactMaker = array(.artifactMaker, of: UInt32.self),
            let artifactTree = array(.artifactTree, of: UInt32.self),
            let artifactPlace = array(.artifactPlace, of: UInt32.self),
            let consumerAt = array(.consumerAt, of: UInt32.self),
            let consumerAction = array(.consumerAction, of: UInt32.self),
            let actionRule = array(.actionRule, of: UInt32.self),
            let actionAwaits = array(.actionAwaits, of: UInt32.self),
            let actionEmpty = array(.actionEmpty, of: UInt32.self),
            let actionIdentity = array(.actionIdentity, of: UInt64.self), let cellAt = array(.cellAt, of: UInt32.self),
            let cellPosition = array(.cellPosition, of: UInt32.self), let inputAt = array(.inputAt, of: UInt32.self),
            let inputArtifact = array(.inputArtifact, of: UInt32.self),
            let inputAspect = array(.inputAspect, of: UInt8.self),
            let inputProperty = array(.inputProperty, of: UInt32.self),
            let inputIndex = array(.inputIndex, of: UInt32.self), let outputAt = array(.outputAt, of: UInt32.self),
            let outputArtifact = array(.outputArtifact, of: UInt32.self),
            let outputProperty = array(.outputProperty, of: UInt32.self),
            let outputIndex = array(.outputIndex, of: UInt32.self), let recipeBytes = place(.recipeBytes),
            let memberAt = array(.memberAt, of: UInt32.self),
            let memberArtifact = array(.memberArtifact, of: UInt32.self),
            let recipeAt = array(.recipeAt, of: UInt64.self), let topological = array(.topological, of: UInt32.self),
            let textBytes = place(.textBytes), let textAt = array(.textAt, of: UInt32.self),
            let description = place(.description)
        else { return nil }

        self.blob = blob
        (self.directoryBytes, self.directoryAt, self.directoryFirst) = (directoryBytes, directoryAt, directoryFirst)
        (self.leafBytes, self.leafAt) = (leafBytes, leafAt)
        (self.artifactDirectory, self.artifactFlags) = (artifactDirectory, artifactFlags)
        (self.artifactMaker, self.artifactTree, self.artifactPlace) = (artifactMaker, artifactTree, artifactPlace)
        (self.consumerAt, self.consumerAction) = (consumerAt, consumerAction)
        (self.actionRule, self.actionAwaits, self.actionIdentity) = (actionRule, actionAwaits, actionIdentity)
        self.actionEmpty = actionEmpty
        (self.cellAt, self.cellPosition) = (cellAt, cellPosition)
        (self.inputAt, self.inputArtifact, self.inputAspect) = (inputAt, inputArtifact, inputAspect)
        (self.inputProperty, self.inputIndex) = (inputProperty, inputIndex)
        (self.outputAt, self.outputArtifact) = (outputAt, outputArtifact)
        (self.outputProperty, self.outputIndex) = (outputProperty, outputIndex)
        (self.memberAt, self.memberArtifact) = (memberAt, memberArtifact)
        (self.recipeBytes, self.recipeAt, self.topological) = (recipeBytes, recipeAt, topological)
        (self.textBytes, self.textAt) = (textBytes, textAt)

        var unpacker = Unpacker(blob.bytes(description))
        do throws(UnpackError) {
            rules = try unpacker.list(of: Rule.self)
            axes = try unpacker.list(of: Axis.self)
            groups = try unpacker.list(of: Group.self)
            defaults = try unpacker.bool() ? try Group(from: &unpacker) : nil
            questions = try unpacker.list(of: Question.self)
            probedSources = try unpacker.list(of: ProbedSource.self)
            parameters = try unpacker.list(of: Parameter.self)
            pools = try unpacker.list(of: Pool.self)
        } catch { return nil }
        guard isWellFormed else { return nil }
    }

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

    package enum Aspect: UInt8, Sendable {
        case bytes = 0
        /// The names in a directory.
        case listing = 1
    }

    /// An artifact that an action reads, and as what.
    package struct Input: Hashable, Sendable {
        package let artifact: ArtifactID
        package let aspect: Aspect
        /// The recipe's property, as `text(_:)` knows it.
        package let property: UInt32
        /// Its place in the property.
        package let index: UInt32
    }

    package struct Output: Hashable, Sendable {
        package let artifact: ArtifactID
        package let property: UInt32
        package let index: UInt32
    }
}

extension Plan {
    package var artifactCount: Int { artifactFlags.count }
    package var actionCount: Int { actionRule.count }
    package var actions: some Sequence<ActionID> { (0 ..< actionCount).lazy.map { ActionID($0) } }
    package var artifacts: some Sequence<ArtifactID> { (0 ..< artifactCount).lazy.map { ArtifactID($0) } }
    package var inTopologicalOrder: some Sequence<ActionID> { topological.lazy.map { ActionID($0) } }

    // MARK: Artifacts

    package func path(of artifact: ArtifactID) -> Path {
        let directory = directory(of: artifact)
        return directory / Path(leaf(of: artifact))
    }

    package func directory(of artifact: ArtifactID) -> Path {
        Path(bytes(directoryBytes, directoryAt, Int(artifactDirectory[artifact.index])))
    }

    package func leaf(of artifact: ArtifactID) -> [UInt8] { bytes(leafBytes, leafAt, artifact.index) }

    package func artifact(at path: Path) -> ArtifactID? {
        let directory = path.directory
        let leaf = Array(path.leaf)
        var low = 0
        var high = artifactCount
        while low < high {
            let middle = (low + high) / 2
            let other = ArtifactID(middle)
            let otherDirectory = self.directory(of: other)
            if otherDirectory == directory && self.leaf(of: other) == leaf { return other }
            let isBefore =
                otherDirectory == directory
                ? self.leaf(of: other).lexicographicallyPrecedes(leaf) : otherDirectory < directory
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return nil
    }

    private func flag(_ artifact: ArtifactID, _ flag: ArtifactFlag) -> Bool {
        artifactFlags[artifact.index] & flag.rawValue != 0
    }

    package func isTree(_ artifact: ArtifactID) -> Bool { flag(artifact, .tree) }
    package func isSource(_ artifact: ArtifactID) -> Bool { flag(artifact, .source) }
    package func mayBeAbsent(_ artifact: ArtifactID) -> Bool { flag(artifact, .mayBeAbsent) }

    /// Where in the rules a source was declared.
    package func place(ofSource artifact: ArtifactID) -> Place? {
        let file = artifactPlace[2 * artifact.index]
        return file < textAt.count - 1 ? Place(file: text(file), line: Int(artifactPlace[2 * artifact.index + 1])) : nil
    }

    /// The action that makes it, or makes the tree that it is a member of.
    package func maker(of artifact: ArtifactID) -> ActionID? {
        let maker = artifactMaker[artifact.index]
        return maker == Self.none ? nil : ActionID(maker)
    }

    /// The tree that an action makes and in which this artifact lies.
    package func tree(of artifact: ArtifactID) -> ArtifactID? {
        let tree = artifactTree[artifact.index]
        return tree == Self.none ? nil : ArtifactID(tree)
    }

    /// The artifacts that lie in trees which an action makes, as far as the rules name them.
    package func members(of action: ActionID) -> some RandomAccessCollection<ArtifactID> {
        range(memberAt, action.index).lazy.map { [self] in ArtifactID(memberArtifact[$0]) }
    }

    package func consumers(of artifact: ArtifactID) -> some Sequence<ActionID> {
        range(consumerAt, artifact.index).lazy.map { [self] in ActionID(consumerAction[$0]) }
    }

    // MARK: Actions

    package func rule(of action: ActionID) -> Rule { rules[Int(actionRule[action.index])] }
    package func ruleID(of action: ActionID) -> RuleID { RuleID(actionRule[action.index]) }

    package func identity(of action: ActionID) -> Digest {
        Digest(high: actionIdentity[2 * action.index], low: actionIdentity[2 * action.index + 1])
    }

    /// The artifact that must be current before this action's inputs can be listed.
    package func awaits(_ action: ActionID) -> ArtifactID? {
        let awaited = actionAwaits[action.index]
        return awaited == Self.none ? nil : ArtifactID(awaited)
    }

    /// A property that gathers over an axis which came out empty.
    package func emptyProperty(of action: ActionID) -> [UInt8]? {
        let property = actionEmpty[action.index]
        return property == Self.none ? nil : text(property)
    }

    package func inputs(of action: ActionID) -> some RandomAccessCollection<Input> {
        range(inputAt, action.index).lazy.map { [self] input in
            Input(
                artifact: ArtifactID(inputArtifact[input]), aspect: Aspect(rawValue: inputAspect[input]) ?? .bytes,
                property: inputProperty[input], index: inputIndex[input])
        }
    }

    package func outputs(of action: ActionID) -> some RandomAccessCollection<Output> {
        range(outputAt, action.index).lazy.map { [self] output in
            Output(
                artifact: ArtifactID(outputArtifact[output]), property: outputProperty[output],
                index: outputIndex[output])
        }
    }

    package func recipe(of action: ActionID) throws(UnpackError) -> RecipeValue {
        let start = recipeBytes.lowerBound + Int(clamping: recipeAt[action.index])
        let end = recipeBytes.lowerBound + Int(clamping: recipeAt[action.index + 1])
        var unpacker = Unpacker(blob.bytes(start ..< end))
        return try RecipeValue(from: &unpacker)
    }

    package func text(_ id: UInt32) -> [UInt8] { bytes(textBytes, textAt, Int(id)) }

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

    private func range(_ offsets: PackedArray<UInt32>, _ index: Int) -> Range<Int> {
        Int(offsets[index]) ..< Int(offsets[index + 1])
    }

    private func bytes(_ section: Range<Int>, _ offsets: PackedArray<UInt32>, _ index: Int) -> [UInt8] {
        blob.bytes(section.lowerBound + Int(offsets[index]) ..< section.lowerBound + Int(offsets[index + 1]))
    }
}

enum ArtifactFlag: UInt8 {
    case tree = 1
    case source = 2
    case mayBeAbsent = 4
}
