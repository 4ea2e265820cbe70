/// What readers are given where an action fails.
public struct FailurePolicy: Hashable, Sendable {
    let maxAge: TimeSpan?

    /// What an earlier run has built, however old; the run then is degraded.
    public static var useExisting: FailurePolicy { FailurePolicy(maxAge: nil) }

    /// What an earlier run has built, if that is not longer ago than this; the run then is degraded.
    public static func useExisting(maxAge: TimeSpan) -> FailurePolicy { FailurePolicy(maxAge: maxAge) }
}

/// Whether copies of what is built are kept, from which it can be put back without building.
public enum StorePolicy: Hashable, Sendable {
    /// Also those larger than the stated size.
    case always
    case never
}
