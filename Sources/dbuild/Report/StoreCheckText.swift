import Artifact

extension StoreCheck {
    private static let mostNamed = 50

    /// What `verify --store` says.
    var text: String {
        var lines = damaged.prefix(Self.mostNamed).map { damaged in
            "damaged  \(damaged.place): \(damaged.damage.inWords)"
                + (damaged.outputs.first.map { ", a copy of \($0)" } ?? "")
                + (damaged.outputs.count > 1 ? " and \(grouped(damaged.outputs.count - 1)) more" : "")
        }
        if damaged.count > Self.mostNamed {
            lines.append("damaged  \(grouped(damaged.count - Self.mostNamed)) more: --json names all")
        }
        if !damaged.isEmpty { lines.append("note     a damaged copy is never put in place: what needs it is built") }
        let said = damaged.isEmpty ? "all whole" : "\(grouped(damaged.count)) damaged   exit 5"
        lines.append("verified \(counted(checked, "stored copy")), \(byteCount(checkedBytes)), \(said)")
        return lines.joined(separator: "\n") + "\n"
    }
}

extension StoreCheck.Damaged {
    fileprivate var place: String { path.map { "\($0)" } ?? "\(object.digest) in state.db" }
}

extension StoreCheck.Damage {
    fileprivate var inWords: String {
        switch self {
        case .absent: "gone"
        case .otherBytes: "its bytes are not those it is named by"
        case .unreadable(let error): "it cannot be read: \(error.inWords)"
        }
    }
}

/// `verify --store --json`.
struct StoreCheckDocument: Encodable {
    let format = "dbuild.store-check/1"
    let checked: Int
    let checkedBytes: UInt64
    let damaged: [Damaged]

    struct Damaged: Encodable {
        let fingerprint: String
        let path: String?
        let why: String
        let outputs: [String]
    }

    init(_ check: StoreCheck) {
        checked = check.checked
        checkedBytes = check.checkedBytes
        damaged = check.damaged.map {
            Damaged(
                fingerprint: "\($0.object.digest)", path: $0.path.map { "\($0)" }, why: $0.damage.inWords,
                outputs: $0.outputs.map { "\($0)" })
        }
    }
}
