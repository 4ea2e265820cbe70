/// What a run was and came to, folded from its events.
struct RunAccount: Sendable {
    let run: Int64
    private(set) var told: Event.Run?
    private(set) var summary: Event.Summary?
    private(set) var nanoseconds: UInt64 = 0

    init(_ run: Int64, _ lines: [EventLine]) {
        self.run = run
        for line in lines {
            nanoseconds = max(nanoseconds, line.nanoseconds)
            switch line.event {
            case .runStarted(let told): self.told = told
            case .summary(let summary): self.summary = summary
            default: continue
            }
        }
    }

    enum State: String, Sendable {
        case ended, running
        /// It wrote no summary, and its process is gone.
        case killed
        /// On another machine: whether it still goes on cannot be seen from here.
        case unknown
    }

    var state: State {
        if summary != nil { return .ended }
        guard let told else { return .killed }
        guard told.host == Machine.hostName else { return told.host.isEmpty ? .killed : .unknown }
        return ProcessIdentity(number: told.process, start: told.processStart).isAlive ? .running : .killed
    }

    /// Until its end, or the last that it wrote.
    var seconds: Double { summary?.seconds ?? Double(nanoseconds) / 1e9 }
}
