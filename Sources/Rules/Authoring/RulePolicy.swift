/// What a rule says of the age and the existence of what it makes.
///
///     build.rule("train", entities) { … }
///         .policy(.settle(hours: 24, of: \.features, column: "observed_at", atLatestAfterDays: 7))
///
/// A policy is never part of a key: it says when an action is built, not what it gives.
public struct RulePolicy<R: Recipe> {
    let said: Said

    enum Said {
        case settle(Settle)
        case atMost(every: TimeSpan, holds: Held)
        case keepExisting(adopt: Bool)
        case always
        case refresh(every: TimeSpan)
        case refreshAt(RefreshTime, zone: String)
        case keepEdited
        case intermediate
    }

    struct Settle {
        let hours: Double
        let observed: Observed
        let atLatestAfterDays: Double?
        let firstBuild: FirstBuild
        let holds: Held
    }

    /// Where the newest observation is read.
    enum Observed {
        case fileTimes
        case column(String, property: (Adjusted<R>) -> PointedProperty)
    }

    private init(_ said: Said) { self.said = said }
}

/// What a policy may hold back.
public enum Held: Hashable, Sendable {
    /// Actions of which nothing but the content of inputs has changed.
    case inputs
    /// Those too whose parameters, code, tools or libraries have.
    case everything
}

/// What a settle policy does with an action that was never built.
public enum FirstBuild: Hashable, Sendable {
    case builds
    /// It waits as every later one does; what needs it is blocked meanwhile.
    case waits
}

extension RulePolicy {
    /// Waits until the newest observation of an input is at least so old.
    ///
    /// The observation is the maximum of a column of instants: Parquet timestamps that say they are UTC, or texts with
    /// an offset (`2013-12-01T06:00:00-05:00`, `…Z`). Exactly `hours` old is old enough; without any observation
    /// nothing waits.
    ///
    /// - Parameters:
    ///   - hours: 0 is off.
    ///   - input: files ending in `.csv`, `.csv.gz` or `.parquet`.
    ///   - atLatestAfterDays: what has been stale for so long is built even so: an entity that is fed all the time
    ///     must not starve.
    public static func settle<W: Wiring>(
        hours: Double, of input: WritableKeyPath<R, W>, column: String, atLatestAfterDays: Double? = nil,
        firstBuild: FirstBuild = .builds, holds: Held = .inputs
    ) -> RulePolicy {
        RulePolicy(
            .settle(
                Settle(
                    hours: hours, observed: .column(column) { PointedProperty(input, in: $0) },
                    atLatestAfterDays: atLatestAfterDays, firstBuild: firstBuild, holds: holds)))
    }

    /// Waits until the newest input was written at least so long ago, by the times of the files.
    ///
    /// Copying or checking out a file gives it another time: where the data says when it was observed, name its column.
    public static func settle(
        hours: Double, atLatestAfterDays: Double? = nil, firstBuild: FirstBuild = .builds, holds: Held = .inputs
    ) -> RulePolicy {
        RulePolicy(
            .settle(
                Settle(
                    hours: hours, observed: .fileTimes, atLatestAfterDays: atLatestAfterDays, firstBuild: firstBuild,
                    holds: holds)))
    }

    /// Builds what has been built before again only when so much time has passed since.
    public static func atMost(every span: TimeSpan, holds: Held = .inputs) -> RulePolicy {
        RulePolicy(.atMost(every: span, holds: holds))
    }

    /// Never builds what exists: what has changed since is shown, and left so. Files that dbuild did not make count.
    public static var keepExisting: RulePolicy { keepExisting(adopt: true) }

    /// Never builds what exists.
    ///
    /// - Parameter adopt: whether files that dbuild did not make count.
    public static func keepExisting(adopt: Bool) -> RulePolicy { RulePolicy(.keepExisting(adopt: adopt)) }

    /// Builds in every run, whatever exists.
    public static var always: RulePolicy { RulePolicy(.always) }

    /// Builds whatever was built longer ago than this, changed or not.
    public static func refresh(every span: TimeSpan) -> RulePolicy { RulePolicy(.refresh(every: span)) }

    /// Builds whatever was built before the last of these times, changed or not: one that was missed is made up for by
    /// the next run.
    ///
    /// - Parameters:
    ///   - time: where a zone's clock is put forward over it, the first instant after the gap; where it is put back,
    ///     the first of the two.
    ///   - zone: of the time zone database, as `America/New_York`.
    public static func refresh(_ time: RefreshTime, in zone: String = "UTC") -> RulePolicy {
        RulePolicy(.refreshAt(time, zone: zone))
    }

    /// Leaves outputs that somebody has edited as they are; what reads them sees the edited content.
    public static var keepEdited: RulePolicy { RulePolicy(.keepEdited) }

    /// Does not miss its outputs while nothing needs their bytes: they may be deleted, and come back when needed.
    public static var intermediate: RulePolicy { RulePolicy(.intermediate) }
}

extension RulePolicy where R == Command {
    /// Waits until the newest observation of the command's inputs is at least so old: the maximum of a column that all
    /// its `.csv`, `.csv.gz` and `.parquet` inputs have.
    ///
    /// As `settle(hours:of:column:…)` otherwise.
    public static func settle(
        hours: Double, column: String, atLatestAfterDays: Double? = nil, firstBuild: FirstBuild = .builds,
        holds: Held = .inputs
    ) -> RulePolicy {
        RulePolicy(
            .settle(
                Settle(
                    hours: hours, observed: .column(column) { _ in .input(Command.inputProperty) },
                    atLatestAfterDays: atLatestAfterDays, firstBuild: firstBuild, holds: holds)))
    }
}
