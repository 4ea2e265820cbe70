import Artifact
import Planning

extension Price {
    /// What each action is estimated to take.
    struct Costs {
        /// Beside an action's own time: its directories, its outputs' fingerprints and copies, its commit. An assumption:
        /// it is in no trace.
        private static let secondsAroundAction = 0.003

        let plan: Plan
        /// Of what may run, and of what runs for certain.
        private(set) var most: [Simulation.Cost] = []
        private var isUndecided: [Bool] = []
        /// Without what only playing it through says.
        private(set) var event = Event.Price()

        init(_ assessment: Assessment, _ request: Request) {
            plan = assessment.plan
            let open = assessment.notCurrent(request)
            let share = Self.share(of: open, assessment, assessment.estimates(request))
            (most, isUndecided) = (share.most, share.isUndecided)
            (event.neverRan, event.workSeconds) = (share.neverRan, share.workSeconds)
            guard !most.isEmpty else { return }
            event.diskBytes = UInt64(min(max(0, share.madeBytes), Double(Int64.max)))
        }

        /// Of all that is open: the halves at once where they are large, and each then learns from earlier runs for itself.
        private static func share(of open: [ActionID], _ assessment: Assessment, _ estimates: Estimates) -> Share {
            guard open.count >= fewestBeside else { return Share(of: open[...], assessment, estimates) }
            let (own, rest) = (open[..<(open.count / 2)], open[(open.count / 2)...])
            var halves = atOnce(
                { Share(of: own, assessment, estimates, reserving: open.count) },
                { Share(of: rest, assessment, estimates) })
            halves.0.add(halves.1)
            return halves.0
        }

        /// Of some of the actions.
        private struct Share: Sendable {
            private(set) var most: [Simulation.Cost] = []
            private(set) var isUndecided: [Bool] = []
            private(set) var neverRan = 0
            private(set) var workSeconds = 0.0
            private(set) var madeBytes = 0.0

            /// - Parameter count: of all for which room is made, where others are added later; nil: of these.
            init(
                of actions: ArraySlice<ActionID>, _ assessment: Assessment, _ estimates: Estimates,
                reserving count: Int? = nil
            ) {
                var estimates = estimates
                most.reserveCapacity(count ?? actions.count)
                isUndecided.reserveCapacity(count ?? actions.count)
                for action in actions {
                    switch assessment.verdicts[action.index] {
                    case .build?, .undecided?: add(action, assessment, &estimates)
                    case .restore?:
                        most.append(
                            Simulation.Cost(
                                action: action, seconds: Costs.secondsAroundAction, likelyBytes: 0, demand: Demand()))
                        isUndecided.append(false)
                    default: continue
                    }
                    madeBytes += estimates.outputBytes(of: action) ?? 0
                }
            }

            private mutating func add(_ action: ActionID, _ assessment: Assessment, _ estimates: inout Estimates) {
                let estimate = assessment.estimate(of: action, &estimates)
                most.append(
                    Simulation.Cost(
                        action: action, seconds: estimate.seconds + Costs.secondsAroundAction,
                        // Of what nobody knows nothing is said.
                        likelyBytes: estimate.bytesBasis == .assumed ? 0 : estimate.likelyBytes,
                        demand: Demand(of: action, in: assessment.plan, estimate)))
                isUndecided.append(assessment.verdicts[action.index]?.isUndecided == true)
                if estimate.secondsBasis == .assumed { neverRan += 1 }
                workSeconds += estimate.seconds
            }

            mutating func add(_ other: Share) {
                most += other.most
                isUndecided += other.isUndecided
                neverRan += other.neverRan
                workSeconds += other.workSeconds
                madeBytes += other.madeBytes
            }
        }

        var areAllCertain: Bool { !isUndecided.contains(true) }
        var certain: [Simulation.Cost] { zip(most, isUndecided).filter { !$1 }.map(\.0) }
        var sumSeconds: Double { most.reduce(0) { $0 + $1.seconds } }
        /// Whether a pool may keep what it holds back waiting while nothing runs.
        var waitsForTime: Bool { plan.pools.contains { $0.perMinute != nil } }
    }
}
