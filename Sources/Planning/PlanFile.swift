import Artifact
private import Hashing

/// The sections of a plan file, in their order.
enum PlanSection: Int, CaseIterable {
    case directoryBytes, directoryAt, directoryFirst, leafBytes, leafAt
    case artifactDirectory, artifactFlags, artifactMaker, artifactTree, artifactPlace, consumerAt, consumerAction
    case actionRule, actionAwaits, actionEmpty, actionIdentity, cellAt, cellPosition
    case inputAt, inputArtifact, inputAspect, inputProperty, inputIndex
    case outputAt, outputArtifact, outputProperty, outputIndex
    case memberAt, memberArtifact, recipeBytes, recipeAt, topological, textBytes, textAt, description
}

/// Eight bytes each, the machine's order: magic, version, a digest of 16 bytes, then where each section starts and how long it is.
enum PlanHeader {
    static let magic: UInt64 = 0x6E61_6C70_646C_6275
    static let version: UInt64 = 11
    /// Behind magic and version: the digest of all that follows it.
    static let digestAt = 16
    static let tableAt = 32
    static let byteCount = tableAt + 16 * PlanSection.allCases.count
}

/// The sections of a blob that says it is a plan.
struct PlanSections {
    private let blob: Blob

    /// - Returns: nil where the blob is no plan, or not one of this version, or damaged.
    init?(_ blob: Blob) {
        guard blob.count >= PlanHeader.byteCount, blob.load(0, as: UInt64.self) == PlanHeader.magic,
            blob.load(8, as: UInt64.self) == PlanHeader.version,
            // Damage that reads well would be another plan.
            blob.digest(from: PlanHeader.tableAt)
                == Digest(
                    high: blob.load(PlanHeader.digestAt, as: UInt64.self),
                    low: blob.load(PlanHeader.digestAt + 8, as: UInt64.self))
        else { return nil }
        self.blob = blob
    }

    /// Where a section lies in the blob.
    func place(_ section: PlanSection) throws(UnpackError) -> Range<Int> {
        let at = PlanHeader.tableAt + 16 * section.rawValue
        guard let start = Int(exactly: blob.load(at, as: UInt64.self)),
            let count = Int(exactly: blob.load(at + 8, as: UInt64.self)), start <= blob.count,
            count <= blob.count - start
        else { throw .malformed }
        return start ..< start + count
    }

    func array<Element>(_ section: PlanSection) throws(UnpackError) -> PackedArray<Element> {
        let place = try place(section)
        guard let array = PackedArray<Element>(blob, at: place.lowerBound, byteCount: place.count) else {
            throw .malformed
        }
        return array
    }
}

extension Plan {
    /// Every number is one of something that is there, so that nothing behind this check can go wrong.
    var isWellFormed: Bool {
        func ascends(_ offsets: PackedArray<UInt32>, count: Int, to end: Int) -> Bool {
            offsets.count == count + 1 && offsets[0] == 0 && Int(offsets[count]) == end && offsets.ascends
        }
        /// Each has its NUL, whether there is anything before it or not.
        func areNames(_ section: Range<Int>, _ offsets: PackedArray<UInt32>, count: Int) -> Bool {
            guard ascends(offsets, count: count, to: section.count) else { return false }
            for index in 0 ..< count {
                let end = Int(offsets[index + 1])
                guard end > Int(offsets[index]), blob.load(section.lowerBound + end - 1, as: UInt8.self) == 0
                else { return false }
            }
            return true
        }
        func below(_ numbers: PackedArray<UInt32>, _ limit: Int, orNone: Bool = false) -> Bool {
            numbers.areBelow(limit, orNone: orNone)
        }
        let artifacts = artifactFlags.count
        let actions = actionRule.count
        let directories = directoryFirst.count - 1
        guard directories >= 0, areNames(directoryBytes, directoryAt, count: directories),
            ascends(directoryFirst, count: directories, to: artifacts),
            areNames(leafBytes, leafAt, count: artifacts),
            artifactDirectory.count == artifacts, below(artifactDirectory, directories),
            artifactMaker.count == artifacts, below(artifactMaker, actions, orNone: true),
            artifactTree.count == artifacts, below(artifactTree, artifacts, orNone: true),
            artifactPlace.count == 2 * artifacts,
            ascends(consumerAt, count: artifacts, to: consumerAction.count), below(consumerAction, actions),
            below(actionRule, rules.count), actionAwaits.count == actions,
            below(actionAwaits, artifacts, orNone: true),
            actionEmpty.count == actions, below(actionEmpty, textAt.count - 1, orNone: true),
            actionIdentity.count == 2 * actions,
            ascends(cellAt, count: actions, to: cellPosition.count),
            ascends(inputAt, count: actions, to: inputArtifact.count), below(inputArtifact, artifacts),
            inputAspect.count == inputArtifact.count, inputProperty.count == inputArtifact.count,
            inputIndex.count == inputArtifact.count,
            ascends(outputAt, count: actions, to: outputArtifact.count), below(outputArtifact, artifacts),
            outputProperty.count == outputArtifact.count, outputIndex.count == outputArtifact.count,
            ascends(memberAt, count: actions, to: memberArtifact.count), below(memberArtifact, artifacts),
            textAt.count >= 1, ascends(textAt, count: textAt.count - 1, to: textBytes.count),
            below(inputProperty, textAt.count - 1), below(outputProperty, textAt.count - 1),
            recipeAt.count == actions + 1, recipeAt[0] == 0,
            recipeAt[actions] == UInt64(recipeBytes.count),
            topological.count == actions, below(topological, actions),
            rules.allSatisfy({ $0.axes.allSatisfy { axis in axis >= 0 && axis < axes.count } }),
            rules.allSatisfy({ ($0.running.pool ?? -1) < pools.count }),
            rules.allSatisfy({ rule in (rule.running.batch?.axis ?? -1) < rule.axes.count })
        else { return false }
        let axisCounts = rules.map { rule in rule.axes.map { axes[$0].values.count } }
        for index in 0 ..< actions {
            guard recipeAt[index] <= recipeAt[index + 1] else { return false }
            let cell = Int(cellAt[index]) ..< Int(cellAt[index + 1])
            let counts = axisCounts[Int(actionRule[index])]
            guard cell.count == counts.count else { return false }
            for axis in 0 ..< counts.count where cellPosition[cell.lowerBound + axis] >= counts[axis] { return false }
        }
        return (groups + (defaults.map { [$0] } ?? [])).allSatisfy { group in
            group.members.allSatisfy { if case .rule(let rule) = $0 { rule.index < rules.count } else { true } }
        }
    }
}
