import Artifact
import Planning

/// `verify --json`.
struct VerifyDocument: Encodable {
    let format = "dbuild.verify/1"
    let checked: Int
    let times: Int
    let seconds: Double
    let exitCode: Int32
    let isInterrupted: Bool
    let notCurrent: [String]
    let leftOut: Int
    /// By program.
    let notVaried: [String: Int]
    let findings: [Finding]

    struct Finding: Encodable {
        let action: String
        /// `different`, `tolerated`, `table`, `failed`, `moved` or `away`.
        let result: String
        var why: String?
        /// What the sandbox kept it from.
        var denied: [String] = []
        var logLines: [String] = []
        var differences: [Difference] = []
        /// `factors`, `chance`, `recordedOtherwise`, `notFoundAgain`, `notHeld` or `notBuilt`.
        var cause: String?
        var factors: [String] = []
        var isCauseOfAnother: Bool?
    }

    struct Difference: Encodable {
        let path: String
        let result: String
        var onlyIn: String?
        var oldBytes: UInt64?
        var newBytes: UInt64?
        var schema: [String] = []
        var oldRows: Int?
        var newRows: Int?
        var differingRows: Int?
        var columns: [Column] = []
        var cells: [Cell] = []
    }

    struct Column: Encodable {
        let name: String
        let cells: Int
        let largest: Double?
    }

    struct Cell: Encodable {
        /// From 0.
        let row: Int
        let column: String
        let old: String?
        let new: String?
    }

    init(_ text: VerifyText) {
        checked = text.verification.checked
        times = text.verification.times
        seconds = text.seconds
        exitCode = text.exitStatus
        isInterrupted = text.verification.signal != nil
        notCurrent = text.notCurrent
        leftOut = text.leftOut
        notVaried = text.verification.unvaried
        findings = text.verification.findings.map { Finding($0) }
    }
}

extension VerifyDocument.Finding {
    fileprivate init(_ finding: Verification.Finding) {
        action = finding.name
        switch finding.what {
        case .moved(let path): (result, why) = ("moved", "\(path)")
        case .away(let path): (result, why) = ("away", "\(path)")
        case .failed(let why, let denied, let logLines):
            (result, self.why, self.denied, self.logLines) = ("failed", why, denied, logLines)
        case .differs(let comparison):
            result = comparison.sameness.name
            differences = comparison.differences.map { VerifyDocument.Difference($0) }
        }
        guard let cause = finding.cause else { return }
        isCauseOfAnother = cause.isOfAnother
        switch cause.cause {
        case .factors(let found): (self.cause, factors) = ("factors", found.map(\.rawValue))
        case .chance: self.cause = "chance"
        case .recordedOtherwise: self.cause = "recordedOtherwise"
        case .notFoundAgain: self.cause = "notFoundAgain"
        case .notBuilt: self.cause = "notBuilt"
        case .notHeld: self.cause = "notHeld"
        }
    }
}

extension VerifyDocument.Difference {
    fileprivate init(_ difference: OutputComparison.Difference) {
        path = "\(difference.path)"
        result = difference.sameness.name
        switch difference.detail {
        case .onlyOld: onlyIn = "recorded"
        case .onlyNew: onlyIn = "rebuilt"
        case .bytes(let old, let new): (oldBytes, newBytes) = (old, new)
        case .table(let table):
            schema = table.schema
            (oldRows, newRows, differingRows) = (table.oldRows, table.newRows, table.differingRows)
            columns = table.columns.map { .init(name: $0.name, cells: $0.cells, largest: $0.largest) }
            cells = table.cells.map { .init(row: $0.row, column: $0.column, old: $0.old, new: $0.new) }
        }
    }
}

extension OutputComparison.Sameness {
    fileprivate var name: String {
        switch self {
        case .bits: "bits"
        case .table: "table"
        case .tolerated: "tolerated"
        case .different: "different"
        }
    }
}
