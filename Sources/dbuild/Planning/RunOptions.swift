import Planning

/// What a command says of how actions are to be judged: the same for a build and for a view.
struct RunOptions: Sendable {
    /// The run's instant, nanoseconds since 1970-01-01T00:00:00Z.
    var nowNanoseconds: Int64
    /// Everything that was named is built, current or not.
    var force = false

    init(nowNanoseconds: Int64) { self.nowNanoseconds = nowNanoseconds }

    /// - Parameter selection: what was named.
    func circumstances(_ plan: Plan, _ selection: Selection) -> Circumstances {
        var circumstances = Circumstances(plan, nowNanoseconds: nowNanoseconds)
        if force { circumstances.forced = Set(selection.actions) }
        return circumstances
    }
}
