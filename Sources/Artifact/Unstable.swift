/// That an action was found to give other outputs from the same inputs.
package struct Unstable: Hashable, Sendable {
    /// What differs and why, in words.
    package let why: String
    /// When it was found, nanoseconds since 1970-01-01T00:00:00Z.
    package let nowNanoseconds: Int64

    package init(why: String, nowNanoseconds: Int64) { (self.why, self.nowNanoseconds) = (why, nowNanoseconds) }
}
