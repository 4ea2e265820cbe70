/// Why a run starts nothing more although there is something to do. What runs goes on to its end.
enum Halt: Hashable, Sendable {
    case interruption
    /// `--fail-fast`: something has failed.
    case failure
    /// `--deadline`: the instant has come, nanoseconds since 1970-01-01T00:00:00Z.
    case deadline(Int64)
    /// The disk or the machinery failed.
    case trouble

    /// For programs.
    var kind: String {
        switch self {
        case .interruption: "interruption"
        case .failure: "failure"
        case .deadline: "deadline"
        case .trouble: "trouble"
        }
    }

    init(kind: String, deadline: Int64?) {
        switch kind {
        case "interruption": self = .interruption
        case "failure": self = .failure
        case "deadline": self = .deadline(deadline ?? 0)
        default: self = .trouble
        }
    }
}

/// What a command says about when to stop.
struct StopOptions: Hashable, Sendable {
    /// Whether the first failure ends the run.
    var stopsAtFailure = false
    /// From when on nothing is started, by the machine's clock, nanoseconds since 1970-01-01T00:00:00Z.
    var deadlineNanoseconds: Int64?
}
