public import Artifact

/// All actions and artifacts of a Rulesfile, as arrays by number: no object for an action, names said once.
///
/// It is read from the bytes that `PlanBuilder` writes, which may be a mapped file. A class, though nothing in it ever
/// changes: as a value every copy would count the references of all its arrays. What loops go through is public: else it
/// is not inlined (see `Blob`).
public final class Plan: Sendable {
    package let blob: Blob

    // Artifacts, sorted by directory and name. Names have a NUL behind them.
    let directoryBytes: Range<Int>
    let directoryAt: PackedArray<UInt32>
    let directoryFirst: PackedArray<UInt32>
    let leafBytes: Range<Int>
    let leafAt: PackedArray<UInt32>
    @usableFromInline let artifactDirectory: PackedArray<UInt32>
    @usableFromInline let artifactFlags: PackedArray<UInt8>
    @usableFromInline let artifactMaker: PackedArray<UInt32>
    @usableFromInline let artifactTree: PackedArray<UInt32>
    let artifactPlace: PackedArray<UInt32>
    @usableFromInline let consumerAt: PackedArray<UInt32>
    @usableFromInline let consumerAction: PackedArray<UInt32>
    // Actions, in the order in which the rules said them.
    @usableFromInline let actionRule: PackedArray<UInt32>
    @usableFromInline let actionAwaits: PackedArray<UInt32>
    let actionEmpty: PackedArray<UInt32>
    @usableFromInline let actionIdentity: PackedArray<UInt64>
    let cellAt: PackedArray<UInt32>
    let cellPosition: PackedArray<UInt32>
    @usableFromInline let inputAt: PackedArray<UInt32>
    @usableFromInline let inputArtifact: PackedArray<UInt32>
    @usableFromInline let inputAspect: PackedArray<UInt8>
    @usableFromInline let inputProperty: PackedArray<UInt32>
    @usableFromInline let inputIndex: PackedArray<UInt32>
    @usableFromInline let outputAt: PackedArray<UInt32>
    @usableFromInline let outputArtifact: PackedArray<UInt32>
    @usableFromInline let outputProperty: PackedArray<UInt32>
    @usableFromInline let outputIndex: PackedArray<UInt32>
    @usableFromInline let memberAt: PackedArray<UInt32>
    @usableFromInline let memberArtifact: PackedArray<UInt32>
    let recipeBytes: Range<Int>
    let recipeAt: PackedArray<UInt64>
    /// Every action behind all those whose outputs it reads.
    @usableFromInline let topological: PackedArray<UInt32>
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

    @inlinable static var none: UInt32 { .max }

    /// Reads a plan; nil where the bytes are not one, whole and of this version: then it is made again.
    package init?(_ blob: Blob) {
        guard let sections = PlanSections(blob) else { return nil }
        self.blob = blob
        do throws(UnpackError) {
            (directoryBytes, directoryAt) = (try sections.place(.directoryBytes), try sections.array(.directoryAt))
            directoryFirst = try sections.array(.directoryFirst)
            (leafBytes, leafAt) = (try sections.place(.leafBytes), try sections.array(.leafAt))
            artifactDirectory = try sections.array(.artifactDirectory)
            artifactFlags = try sections.array(.artifactFlags)
            artifactMaker = try sections.array(.artifactMaker)
            artifactTree = try sections.array(.artifactTree)
            artifactPlace = try sections.array(.artifactPlace)
            (consumerAt, consumerAction) = (try sections.array(.consumerAt), try sections.array(.consumerAction))
            actionRule = try sections.array(.actionRule)
            actionAwaits = try sections.array(.actionAwaits)
            actionEmpty = try sections.array(.actionEmpty)
            actionIdentity = try sections.array(.actionIdentity)
            (cellAt, cellPosition) = (try sections.array(.cellAt), try sections.array(.cellPosition))
            (inputAt, inputArtifact) = (try sections.array(.inputAt), try sections.array(.inputArtifact))
            inputAspect = try sections.array(.inputAspect)
            (inputProperty, inputIndex) = (try sections.array(.inputProperty), try sections.array(.inputIndex))
            (outputAt, outputArtifact) = (try sections.array(.outputAt), try sections.array(.outputArtifact))
            (outputProperty, outputIndex) = (try sections.array(.outputProperty), try sections.array(.outputIndex))
            (memberAt, memberArtifact) = (try sections.array(.memberAt), try sections.array(.memberArtifact))
            (recipeBytes, recipeAt) = (try sections.place(.recipeBytes), try sections.array(.recipeAt))
            topological = try sections.array(.topological)
            (textBytes, textAt) = (try sections.place(.textBytes), try sections.array(.textAt))

            var unpacker = Unpacker(blob.bytes(try sections.place(.description)))
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

    public enum Aspect: UInt8, Sendable {
        case bytes = 0
        /// The names in a directory.
        case listing = 1
    }

    /// An artifact that an action reads, and as what.
    public struct Input: Hashable, Sendable {
        public let artifact: ArtifactID
        public let aspect: Aspect
        /// The recipe's property, as `text(_:)` knows it.
        public let property: UInt32
        /// Its place in the property.
        public let index: UInt32

        @inlinable
        init(artifact: ArtifactID, aspect: Aspect, property: UInt32, index: UInt32) {
            (self.artifact, self.aspect, self.property, self.index) = (artifact, aspect, property, index)
        }
    }

    public struct Output: Hashable, Sendable {
        public let artifact: ArtifactID
        public let property: UInt32
        public let index: UInt32

        @inlinable
        init(artifact: ArtifactID, property: UInt32, index: UInt32) {
            (self.artifact, self.property, self.index) = (artifact, property, index)
        }
    }
}

@usableFromInline
enum ArtifactFlag {
    @inlinable static var tree: UInt8 { 1 }
    @inlinable static var source: UInt8 { 2 }
    @inlinable static var mayBeAbsent: UInt8 { 4 }
}
