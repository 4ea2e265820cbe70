package import Artifact

/// What a target's ancestry was when it was locked: `dbuild.lock`.
///
/// Data and outputs by SHA-256, and the facts they were made under as information. Nothing in it is of one machine: no
/// absolute path, no instant.
package struct LockFile: Hashable, Sendable {
    /// As a person named them; none: the rules' defaults.
    package var targets: [[UInt8]] = []
    /// By name.
    package var parameters: [Parameter] = []
    /// By path: what the actions read and no action makes.
    package var sources: [Entry] = []
    /// By path.
    package var outputs: [Entry] = []
    /// By name: those that are too large to be listed.
    package var families: [Family] = []
    /// By kind and subject.
    package var facts: [Fact] = []

    package init() {}

    package struct Parameter: Hashable, Sendable {
        package enum Origin: String, Hashable, Sendable {
            /// The rules' own value.
            case standard = "default"
            /// `params.json`.
            case file
            /// The command itself: whoever rebuilds sets it, too.
            case set
        }

        package var origin: Origin
        package var name: [UInt8]
        package var value: [UInt8]

        package init(_ origin: Origin, name: [UInt8], value: [UInt8]) {
            (self.origin, self.name, self.value) = (origin, name, value)
        }
    }

    /// What lies at a path.
    package enum Item: Hashable, Sendable {
        case file(SHA256Digest, sizeBytes: UInt64, isExecutable: Bool)
        /// By the SHA-256 of the name it leads to.
        case link(SHA256Digest, sizeBytes: UInt64)
        case directory
        /// A source that may be absent, and is.
        case absent
        /// A source that is no file: what its probe printed, by dbuild's own fingerprint.
        case probe([UInt8])
    }

    package struct Entry: Hashable, Sendable {
        package var path: Path
        package var item: Item

        package init(_ path: Path, _ item: Item) {
            self.path = path
            self.item = item
        }
    }

    /// All outputs of a rule, or all that is in a source's directory, as one.
    package struct Family: Hashable, Sendable {
        package var name: Name
        /// Files, links and directories.
        package var count: Int
        package var sizeBytes: UInt64
        /// Of `LockFile.merkle`.
        package var digest: SHA256Digest

        package init(_ name: Name, count: Int, sizeBytes: UInt64, digest: SHA256Digest) {
            (self.name, self.count, self.sizeBytes, self.digest) = (name, count, sizeBytes, digest)
        }

        package enum Name: Hashable, Sendable {
            case outputs(ofRule: [UInt8])
            case source(Path)

            package var bytes: [UInt8] {
                switch self {
                case .outputs(let rule): rule
                case .source(let path): path.bytes
                }
            }
        }
    }

    /// Information: where it alone differs, nothing is wrong.
    package struct Fact: Hashable, Sendable {
        package enum Kind: String, Hashable, Sendable, CaseIterable {
            /// Of a rule: what its actions are told, their inputs' contents aside.
            case recipe
            /// Of a rule: the code that its recipe reaches.
            case code
            case tool, probe, environment, library, platform
        }

        package var kind: Kind
        package var subject: [UInt8]
        package var value: [UInt8]

        package init(_ kind: Kind, _ subject: [UInt8], _ value: [UInt8]) {
            (self.kind, self.subject, self.value) = (kind, subject, value)
        }
    }
}

extension LockFile {
    /// How many members a family has that are listed one by one.
    package static let mostListed = 1000

    /// In the one order in which it is written.
    package func sorted() -> LockFile {
        var file = self
        file.targets.sort { $0.lexicographicallyPrecedes($1) }
        file.parameters.sort { $0.name.lexicographicallyPrecedes($1.name) }
        file.sources.sort { $0.path < $1.path }
        file.outputs.sort { $0.path < $1.path }
        file.families.sort { $0.name.order.lexicographicallyPrecedes($1.name.order) }
        file.facts.sort { $0.order.lexicographicallyPrecedes($1.order) }
        return file
    }

    /// With families as they are written: those of more than `most` members as one line each, and those that `other` has
    /// so.
    ///
    /// - Parameters:
    ///   - most: `Int.max`: none for its size.
    ///   - plan: says which family a path belongs to.
    package func folded(_ plan: Plan, above most: Int, like other: LockFile? = nil) -> LockFile {
        var file = self
        let asked = Set(other?.families.map(\.name) ?? [])
        func fold(_ entries: [Entry]) -> [Entry] {
            var families: [Family.Name: [Entry]] = [:]
            for entry in entries {
                if let name = plan.lockFamily(of: entry.path) { families[name, default: []].append(entry) }
            }
            families = families.filter { $0.value.count > most || asked.contains($0.key) }
            for (name, members) in families {
                let size = members.reduce(0 as UInt64) { $0 &+ $1.item.sizeBytes }
                file.families.append(
                    Family(name, count: members.count, sizeBytes: size, digest: Self.merkle(members)))
            }
            return entries.filter { entry in plan.lockFamily(of: entry.path).map { families[$0] == nil } ?? true }
        }
        file.sources = fold(sources)
        file.outputs = fold(outputs)
        return file.sorted()
    }

    /// The root of a tree of SHA-256 over members in the order of their paths.
    ///
    /// - Source: RFC 6962, section 2.1; a leaf is a member's line as the lock file would have it.
    package static func merkle(_ members: [Entry]) -> SHA256Digest {
        // Complete subtrees from left to right, each half as high as the one before at most.
        var roots: [(digest: SHA256Digest, height: Int)] = []
        func join() {
            guard let right = roots.popLast(), let left = roots.popLast() else { return }
            let digest = SHA256.hash([1] + left.digest.bytes + right.digest.bytes)
            roots.append((digest, max(left.height, right.height) + 1))
        }
        for member in members.sorted(by: { $0.path < $1.path }) {
            roots.append((SHA256.hash([0] + Array(member.fields.utf8)), 0))
            while roots.count > 1, roots[roots.count - 1].height == roots[roots.count - 2].height { join() }
        }
        while roots.count > 1 { join() }
        return roots.first?.digest ?? SHA256.hash([])
    }
}

extension LockFile.Item {
    /// 0 of what has no bytes of its own.
    package var sizeBytes: UInt64 {
        switch self {
        case .file(_, let size, _), .link(_, let size): size
        case .directory, .absent, .probe: 0
        }
    }
}

extension Plan {
    /// The family that a path of a lock file is counted with; nil for what stands alone.
    package func lockFamily(of path: Path) -> LockFile.Family.Name? {
        if let maker = maker(at: path) { return .outputs(ofRule: rule(of: maker).name) }
        var tree = path
        while !tree.bytes.isEmpty {
            if let artifact = artifact(at: tree), isSource(artifact), tree != path || isTree(artifact) {
                return .source(tree)
            }
            tree = tree.directory
        }
        return nil
    }
}

extension LockFile.Family.Name {
    fileprivate var order: [UInt8] { bytes + [0] + (self == .outputs(ofRule: bytes) ? [1] : [0]) }
}

extension LockFile.Fact {
    fileprivate var order: [UInt8] { Array(kind.rawValue.utf8) + [0] + subject }
}
