import Artifact

/// `dbuild failures --json`
struct FailuresDocument: Encodable {
    let format = "dbuild.failures/1"
    let failures: [Failure]

    struct Failure: Encodable {
        let action: String
        let rule: String
        /// By axis; absent where the action is not in the plan.
        let cell: [String: String]?
        let isInPlan: Bool
        let run: Int64
        let category: String?
        let reason: String?
        let canRetry: Bool?
        let attempt: Int?
        let seconds: Double?
        let peakBytes: UInt64?
        let log: String?
    }

    init(_ list: FailureList) {
        failures = list.entries.map { entry in
            Failure(
                action: entry.action, rule: entry.rule,
                cell: entry.cell.map {
                    Dictionary($0.map { ($0.axis, $0.value) }, uniquingKeysWith: { first, _ in first })
                },
                isInPlan: entry.cell != nil, run: entry.run, category: entry.record?.category.name,
                reason: entry.record?.reason, canRetry: entry.record?.canRetry, attempt: entry.record?.attempt,
                seconds: entry.record?.seconds, peakBytes: entry.record?.peakBytes,
                log: entry.record.flatMap { $0.log.bytes.isEmpty ? nil : "\($0.log)" })
        }
    }
}
