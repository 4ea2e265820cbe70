import Artifact
import Planning

/// `verify --locked --json`; `docs/json.md`.
struct LockDocument: Encodable {
    let format = "dbuild.verify-locked/1"
    let checked: Int
    let seconds: Double
    let isSame: Bool
    /// In build order.
    let differences: [Difference]
    let parameters: [Parameter]
    /// For information.
    let facts: [Fact]

    struct Difference: Encodable {
        /// A path, or what is one line for many.
        let name: String
        /// `file`, `outputs` of a rule, or `source` for a source's directory.
        let subject: String
        /// `content`, `added` or `missing`.
        let change: String
        var action: String?
        /// Absent where what is before it explains it.
        var cause: String?
        var locked: Item?
        var now: Item?
    }

    struct Item: Encodable {
        let kind: String
        var sha256: String?
        var sizeBytes: UInt64?
        var count: Int?
    }

    struct Parameter: Encodable {
        let name: String
        let locked: String?
        let now: String?
    }

    struct Fact: Encodable {
        let kind: String
        let subject: String
        let locked: String?
        let now: String?
    }

    init(_ report: LockedReport) {
        let comparison = report.comparison
        (checked, seconds, isSame) = (comparison.checkedCount, report.seconds, comparison.isSame)
        differences = comparison.differences.map { Difference($0, report.plan) }
        parameters = comparison.parameters.map {
            Parameter(
                name: printable($0.name), locked: $0.locked.map { printable($0) }, now: $0.now.map { printable($0) })
        }
        facts = comparison.facts.map {
            Fact(
                kind: $0.kind.rawValue, subject: printable($0.subject), locked: $0.locked.map { printable($0) },
                now: $0.now.map { printable($0) })
        }
    }
}

extension LockDocument.Difference {
    fileprivate init(_ difference: LockComparison.Difference, _ plan: Plan) {
        switch difference.subject {
        case .path(let path): (name, subject) = ("\(path)", "file")
        case .family(.outputs(let rule)): (name, subject) = (printable(rule), "outputs")
        case .family(.source(let path)): (name, subject) = ("\(path)", "source")
        }
        switch difference.change {
        case .content(let before, let after):
            change = "content"
            (locked, now) = (LockDocument.Item(before), LockDocument.Item(after))
        case .added(let item):
            change = "added"
            now = LockDocument.Item(item)
        case .missing(let item):
            change = "missing"
            locked = LockDocument.Item(item)
        case .family(let before, let after):
            change = after == nil ? "missing" : "content"
            (locked, now) = (LockDocument.Item(before), after.map { LockDocument.Item($0) })
        }
        action = difference.maker.map { plan.name(of: $0) }
        cause = difference.cause?.kind
    }
}

extension LockDocument.Item {
    fileprivate init(_ item: LockFile.Item) {
        switch item {
        case .file(let digest, let size, let isExecutable):
            self.init(kind: isExecutable ? "executable" : "file", sha256: "\(digest)", sizeBytes: size)
        case .link(let digest, let size): self.init(kind: "link", sha256: "\(digest)", sizeBytes: size)
        case .directory: self.init(kind: "directory")
        case .absent: self.init(kind: "absent")
        case .probe: self.init(kind: "probe")
        }
    }

    fileprivate init(_ family: LockFile.Family) {
        self.init(kind: "family", sha256: "\(family.digest)", sizeBytes: family.sizeBytes, count: family.count)
    }
}
