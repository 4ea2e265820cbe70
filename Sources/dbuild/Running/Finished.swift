import Artifact

/// What became of an attempt at an action.
struct Finished: Sendable {
    var outputs: [Trace.Output] = []
    var report: ActionReport
    var failure: Event.ActionFailure?
    /// What it wrote and does not declare, relative to where it ran; nothing of that is kept.
    var undeclared: [Path] = []
    /// What a sandbox kept it from, where it ended well all the same.
    var denied: [Denied] = []
}
