import Artifact

/// What `gc` removed, or would remove, and what stays.
struct GCReport {
    let isDryRun: Bool
    var store = Store.Collected()
    /// Of old runs: events, logs, and what they had moved out of the way.
    var oldDirectories: [Path] = []
    var oldBytes: UInt64 = 0

    init(isDryRun: Bool) { self.isDryRun = isDryRun }

    /// The summary is the last line.
    var text: String {
        var lines: [String] = []
        if !oldDirectories.isEmpty {
            lines.append(
                "\(isDryRun ? "would clear" : "cleared") \(counted(oldDirectories.count, "directory")) of old runs, \(exactByteCount(oldBytes))"
            )
        }
        if store.repaired > 0 { lines.append("mended \(counted(store.repaired, "copy")) that a killed run had left") }
        if store.bytesAboveLimit > 0 {
            lines.append(
                "the store stays \(exactByteCount(UInt64(clamping: store.bytesAboveLimit))) above its limit: those are copies of what is recorded as built"
            )
        }
        lines.append(
            "\(isDryRun ? "would drop" : "dropped") \(Self.amount(store.droppedEntries, store.droppedBytes, store.droppedSeconds)); kept \(Self.amount(store.keptEntries, store.keptBytes, store.keptSeconds))"
        )
        return lines.map { $0 + "\n" }.joined()
    }

    /// `12 results (3.1 GiB, 4 min 10 s to make)`
    private static func amount(_ entries: Int, _ bytes: Int64, _ seconds: Double) -> String {
        let time = entries > 0 ? ", \(duration(seconds)) to make" : ""
        return "\(counted(entries, "result")) (\(exactByteCount(UInt64(clamping: bytes)))\(time))"
    }
}

/// `dbuild gc --json`
struct GCDocument: Encodable {
    let format = "dbuild.gc/1"
    let isDryRun: Bool
    let droppedResults: Int
    let droppedBytes: Int64
    let droppedSeconds: Double
    let keptResults: Int
    let keptBytes: Int64
    let keptSeconds: Double
    let bytesAboveLimit: Int64
    let repaired: Int
    /// Of old runs.
    let directories: [String]
    let directoryBytes: UInt64

    init(_ report: GCReport) {
        isDryRun = report.isDryRun
        let store = report.store
        (droppedResults, droppedBytes) = (store.droppedEntries, store.droppedBytes)
        (keptResults, keptBytes) = (store.keptEntries, store.keptBytes)
        (droppedSeconds, keptSeconds) = (store.droppedSeconds, store.keptSeconds)
        (bytesAboveLimit, repaired) = (store.bytesAboveLimit, store.repaired)
        directories = report.oldDirectories.sorted().map { "\($0)" }
        directoryBytes = report.oldBytes
    }
}
