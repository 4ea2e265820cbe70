package import Artifact

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
    static let version: UInt64 = 10
    /// Behind magic and version: the digest of all that follows it.
    static let digestAt = 16
    static let tableAt = 32
    static let byteCount = tableAt + 16 * PlanSection.allCases.count
}

extension Plan {
    /// Every number is one of something that is there, so that nothing behind this check can go wrong.
    var isWellFormed: Bool {
        func ascends(_ offsets: PackedArray<UInt32>, count: Int, to end: Int) -> Bool {
            guard offsets.count == count + 1, offsets.first == 0, Int(offsets[count]) == end else { return false }
            for index in 0 ..< count where offsets[index] > offsets[index + 1] { return false }
            return true
        }
        func below(_ numbers: PackedArray<UInt32>, _ limit: Int, orNone: Bool = false) -> Bool {
            numbers.allSatisfy { $0 < limit || (orNone && $0 == Plan.none) }
        }
        let artifacts = artifactFlags.count
        let actions = actionRule.count
        let directories = directoryFirst.count - 1
        guard directories >= 0, ascends(directoryAt, count: directories, to: directoryBytes.count),
            ascends(directoryFirst, count: directories, to: artifacts),
            ascends(leafAt, count: artifacts, to: leafBytes.count),
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
            recipeAt.count == actions + 1, recipeAt.first == 0, recipeAt.last == UInt64(recipeBytes.count),
            topological.count == actions, below(topological, actions),
            rules.allSatisfy({ $0.axes.allSatisfy { axis in axis >= 0 && axis < axes.count } }),
            rules.allSatisfy({ ($0.running.pool ?? -1) < pools.count }),
            rules.allSatisfy({ rule in (rule.running.batch?.axis ?? -1) < rule.axes.count })
        else { return false }
        for index in 0 ..< actions {
            guard recipeAt[index] <= recipeAt[index + 1] else { return false }
            let axes = rules[Int(actionRule[index])].axes
            let cell = Int(cellAt[index]) ..< Int(cellAt[index + 1])
            guard cell.count == axes.count else { return false }
            for (axis, position) in zip(axes, cell) where cellPosition[position] >= self.axes[axis].values.count {
                return false
            }
        }
        return (groups + (defaults.map { [$0] } ?? [])).allSatisfy { group in
            group.members.allSatisfy { if case .rule(let rule) = $0 { rule.index < rules.count } else { true } }
        }
    }
}

extension Plan.Rule {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        packer.string(type)
        packer.string(shortType)
        packer.bool(isCommand)
        place.pack(into: &packer)
        packer.list(axes) { packer, axis in packer.number(axis) }
        packer.number(cpus)
        packer.list(accepts) { packer, acceptance in
            packer.string(acceptance.property)
            packer.fixed(acceptance.leastShare.bitPattern)
        }
        packer.list(awaits.map { [$0] } ?? [])
        policy.pack(into: &packer)
        packer.number(version)
        running.pack(into: &packer)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        type = try unpacker.string()
        shortType = try unpacker.string()
        isCommand = try unpacker.bool()
        place = try Place(from: &unpacker)
        axes = try unpacker.list { unpacker throws(UnpackError) in Int(clamping: try unpacker.number()) }
        cpus = Int(clamping: try unpacker.number())
        accepts = try unpacker.list { unpacker throws(UnpackError) in
            Plan.Acceptance(
                property: try unpacker.string(), leastShare: Double(bitPattern: try unpacker.fixed()))
        }
        awaits = try unpacker.list(of: Path.self).first
        policy = try Policy(from: &unpacker)
        version = Int(clamping: try unpacker.number())
        running = try Running(from: &unpacker)
    }
}

extension Place: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(file)
        packer.number(line)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        file = try unpacker.string()
        line = Int(clamping: try unpacker.number())
    }
}

extension Plan.Axis: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        packer.list(values) { packer, value in packer.string(value) }
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        values = try unpacker.list { unpacker throws(UnpackError) in try unpacker.string() }
    }
}

extension Plan.Group: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        place.pack(into: &packer)
        packer.list(members) { packer, member in
            switch member {
            case .rule(let rule):
                packer.bool(true)
                packer.number(rule.index)
            case .artifact(let path):
                packer.bool(false)
                path.pack(into: &packer)
            }
        }
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        place = try Place(from: &unpacker)
        members = try unpacker.list { unpacker throws(UnpackError) in
            try unpacker.bool()
                ? .rule(RuleID(UInt32(clamping: try unpacker.number()))) : .artifact(try Path(from: &unpacker))
        }
    }
}

extension Plan.Question: Packable {
    package func pack(into packer: inout Packer) {
        packer.byte(kind.rawValue)
        path.pack(into: &packer)
        packer.string(column)
        packer.bool(answer != nil)
        packer.list(answer ?? []) { packer, value in packer.string(value) }
        packer.number(actionsBefore)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        guard let kind = Kind(rawValue: try unpacker.byte()) else { throw .malformed }
        self.kind = kind
        path = try Path(from: &unpacker)
        column = try unpacker.string()
        let isAnswered = try unpacker.bool()
        let values = try unpacker.list { unpacker throws(UnpackError) in try unpacker.string() }
        answer = isAnswered ? values : nil
        actionsBefore = Int(clamping: try unpacker.number())
    }
}

extension Plan.ProbedSource: Packable {
    package func pack(into packer: inout Packer) {
        path.pack(into: &packer)
        probe.pack(into: &packer)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        path = try Path(from: &unpacker)
        probe = try Probe(from: &unpacker)
    }
}

extension Plan.Parameter: Packable {
    package func pack(into packer: inout Packer) {
        packer.string(name)
        packer.string(value)
        packer.string(type)
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        name = try unpacker.string()
        value = try unpacker.string()
        type = try unpacker.string()
    }
}
