import Testing

/// Random worlds, built by `Planning` and by the oracle, action by action and byte by byte.
///
/// A seed that is found is run alone with `DBUILD_SEED`.
@Suite struct OracleTests {
    @Test(arguments: Seeds.batches(of: 100, short: 4, long: 500))
    func `a build does what the table says`(seeds: Range<UInt64>) throws {
        for seed in seeds {
            var sequence = BuildSequence(seed: seed)
            let found = try sequence.discrepancy(rounds: 6)
            #expect(found == nil)
        }
    }
}
