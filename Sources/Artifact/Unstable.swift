package import Hashing

/// That an action was found to give other outputs from the same inputs.
package struct Unstable: Hashable, Sendable {
    /// What it was built from: with another key it is another question.
    package let key: Digest
    /// What differs and why, in words.
    package let why: String
    /// When it was found, nanoseconds since 1970-01-01T00:00:00Z.
    package let nowNanoseconds: Int64

    package init(key: Digest, why: String, nowNanoseconds: Int64) {
        (self.key, self.why, self.nowNanoseconds) = (key, why, nowNanoseconds)
    }
}
