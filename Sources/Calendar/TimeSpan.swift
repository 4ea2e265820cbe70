/// A length of time, as `.hours(1.5)` or `.days(2)`. A day is 24 hours, whatever clocks are set to.
public struct TimeSpan: Hashable, Sendable {
    /// Whole nanoseconds; nil where what was said is no number, or one of more than 292 years.
    package let nanoseconds: Int64?
    /// As it was said: `1.5 hours`.
    package let text: String

    public static func seconds(_ count: Double) -> TimeSpan { TimeSpan(count, "seconds", nanosecondsEach: 1e9) }
    public static func minutes(_ count: Double) -> TimeSpan { TimeSpan(count, "minutes", nanosecondsEach: 60e9) }
    public static func hours(_ count: Double) -> TimeSpan { TimeSpan(count, "hours", nanosecondsEach: 3600e9) }
    public static func days(_ count: Double) -> TimeSpan { TimeSpan(count, "days", nanosecondsEach: 86_400e9) }

    private init(_ count: Double, _ unit: String, nanosecondsEach: Double) {
        nanoseconds = Int64(exactly: (count * nanosecondsEach).rounded())
        text = "\(count) \(unit)"
    }
}
