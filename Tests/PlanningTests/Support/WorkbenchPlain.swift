import Artifact
import Planning
import TestSupport

@testable import TestOracle

/// Scenarios that lay out their own plan: without policies, at the instant 0.
extension Workbench {
    /// With these files, and without a store.
    init(_ texts: [Path: String]) {
        self.init()
        hasStore = false
        files = texts.mapValues { Array($0.utf8) }
    }

    var files: [Path: [UInt8]] {
        get { Dictionary(uniqueKeysWithValues: place.files.map { (Path($0.key), $0.value) }) }
        set { place.files = Dictionary(uniqueKeysWithValues: newValue.map { ("\($0.key)", $0.value) }) }
    }

    /// - Parameter request: nil: everything.
    func assess(
        _ plan: Plan, _ request: Request? = nil, forced: Set<ActionID> = [], failed: Set<ActionID> = []
    ) -> Assessment {
        var circumstances = Circumstances(plan, nowNanoseconds: 0)
        (circumstances.forced, circumstances.failed) = (forced, failed)
        return assess(plan, request ?? plan.everything, circumstances)
    }

    /// - Parameter request: nil: everything.
    @discardableResult
    mutating func build(
        _ plan: Plan, _ request: Request? = nil, forced: Set<ActionID> = [], jobs: Int = 1, seed: UInt64 = 0
    ) throws -> Outcome {
        run += 1
        var random = SplitMix(state: seed)
        var outcome = Outcome(assessment: assess(plan, request, forced: forced))
        try work(request ?? plan.everything, &outcome, jobs, &random) { _, _ in }
        conclude(outcome.assessment, request ?? plan.everything)
        return outcome
    }
}
