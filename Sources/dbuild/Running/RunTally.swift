import Artifact
import Hashing
import Planning

/// What the runs of all phases came to.
@dynamicMemberLookup
struct RunTally {
    private var results = Results()
    /// What depended on others before anything ran.
    var undecided: Set<Digest> = []
    var pools = PoolStarts()
    /// Inputs that changed twice while they were read.
    var moved: Set<Path> = []
    var causes = CauseTally()
    /// As it was said before anything ran, where it was worth a line.
    var price: Event.Price?
    /// The order that was found when the price was.
    var priority: Rehearsal.Choice?

    mutating func add(_ outcome: Builder.Outcome) {
        results.add(outcome.results)
        pools = outcome.pools
    }

    subscript<Value>(dynamicMember member: KeyPath<Results, Value>) -> Value { results[keyPath: member] }
}
