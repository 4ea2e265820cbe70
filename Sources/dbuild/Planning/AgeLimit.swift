/// An age as a person names it.
enum AgeLimit {
    /// The instant before which things are older than an age.
    ///
    /// - Parameters:
    ///   - age: `30d`, `12h`; nil: there is none.
    ///   - nowNanoseconds: since 1970-01-01T00:00:00Z.
    static func instant(_ age: String?, before nowNanoseconds: Int64) throws(SettingsError) -> Int64? {
        guard let age else { return nil }
        guard let nanoseconds = Period.nanoseconds(age[...]) else { throw .badPeriod(age) }
        let (instant, overflows) = nowNanoseconds.subtractingReportingOverflow(nanoseconds)
        return overflows ? .min : instant
    }
}
