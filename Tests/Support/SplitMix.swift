@_exported public import Hashing

/// What a test asks of chance; it gives the seed, so that a failure can be repeated.
extension SplitMix {
    package mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
    package mutating func chance(oneIn count: Int) -> Bool { below(count) == 0 }
}
