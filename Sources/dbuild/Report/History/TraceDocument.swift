/// A run for Perfetto and `chrome://tracing`: a lane for each slot, an event for each action, memory as a counter.
///
/// - Source: Trace Event Format of the Chromium project.
struct TraceDocument {
    private let told: Event.Run?
    private let actions: ActionAccounts
    private static let process = 1

    init(_ account: RunAccount, _ actions: ActionAccounts) {
        told = account.told
        self.actions = actions
    }

    /// One JSON object.
    var bytes: [UInt8] {
        var text = Array(#"{"displayTimeUnit":"ms","traceEvents":["#.utf8)
        var isFirst = true
        for line in names + actions.accounts.map(slice) + actions.memory.map(counter) {
            text += isFirst ? Array("\n".utf8) : Array(",\n".utf8)
            text += line.end().dropLast()
            isFirst = false
        }
        return text + Array("\n]}\n".utf8)
    }

    private var names: [JSONLine] {
        let lanes = Set(actions.accounts.map(\.lane)).sorted()
        let run = told.map { "dbuild run \($0.run)" } ?? "dbuild"
        return [metadata("process_name", lane: nil, run)]
            + lanes.map { metadata("thread_name", lane: $0, "slot \($0)") }
    }

    private func metadata(_ name: String, lane: Int?, _ value: String) -> JSONLine {
        var line = JSONLine()
        line.add("ph", "M")
        line.add("name", name)
        line.add("pid", Self.process)
        line.add("tid", lane.map { $0 &+ 1 })
        line.add("args") { $0.add("name", value) }
        return line
    }

    private func slice(_ account: ActionAccounts.Account) -> JSONLine {
        var line = JSONLine()
        let end = max(account.ran ?? account.ended ?? account.started, account.started)
        line.add("ph", "X")
        line.add("name", account.action)
        line.add("cat", account.rule)
        line.add("pid", Self.process)
        line.add("tid", account.lane &+ 1)
        line.add("ts", seconds: Double(account.started) / 1e3)
        line.add("dur", seconds: Double(end - account.started) / 1e3)
        // The colours of the viewer's own names.
        if account.ending == .failed { line.add("cname", "terrible") }
        line.add("args") { line in
            line.add("ending", account.ending.rawValue)
            line.add("attempt", account.attempt)
            line.add("what", account.what)
            line.add("reasons", account.decision?.reasons ?? [])
            line.add("causes", account.decision?.causes ?? [])
            line.add("cpuSeconds", seconds: account.cpuSeconds)
            line.add("estimatedSeconds", seconds: account.estimate.seconds)
            line.add("peakBytes", account.peakBytes)
            line.add("estimatedBytes", account.estimate.bytes)
        }
        return line
    }

    private func counter(_ memory: ActionAccounts.Memory) -> JSONLine {
        var line = JSONLine()
        line.add("ph", "C")
        line.add("name", "memory")
        line.add("pid", Self.process)
        line.add("ts", seconds: Double(memory.nanoseconds) / 1e3)
        line.add("args") { $0.add("bytes", memory.bytes) }
        return line
    }
}
