import Artifact
import Planning

/// What a request will take: the schedule played through with what its actions are estimated to take.
struct Price {
    private(set) var event = Event.Price()
    /// By which it was played through, and in which the build goes about it that follows, if one does.
    private(set) var priority = Rehearsal.Choice.longestPathFirst

    /// Beside an action's own time: its directories, its outputs' fingerprints and copies, its commit. An assumption: it
    /// is in no trace.
    fileprivate static let secondsAroundAction = 0.003
    /// Of less nobody wants to know what it will take.
    private static let leastSeconds = 3.0

    /// Of less nobody wants to know either.
    private static let leastDiskBytes: UInt64 = 1_000_000

    init(_ assessment: Assessment, _ request: Request, _ budget: Budget) {
        self.init(Costs(assessment, request), request, budget, isOfBuild: false)
    }

    /// - Parameter isOfBuild: whether the build follows; a view does not look for as good an order.
    private init(_ costs: Costs, _ request: Request, _ budget: Budget, isOfBuild: Bool) {
        event = costs.event
        guard !costs.most.isEmpty else { return }
        priority = Rehearsal.choice(
            costs.plan, request, costs.most, budget, searches: isOfBuild, goesOn: isOfBuild)
        let play: @Sendable ([Simulation.Cost]) -> Simulation = { [plan = costs.plan, rule = priority.rule] some in
            Simulation(plan, request, some, budget, priority: rule)
        }
        let simulation: Simulation
        if costs.areAllCertain {
            simulation = play(costs.most)
            event.certainSeconds = simulation.seconds
        } else {
            let certain: Simulation
            (simulation, certain) = Self.both(costs.most.count, { play(costs.most) }, { play(costs.certain) })
            event.certainSeconds = certain.seconds
        }
        event.mostSeconds = simulation.seconds
        event.peakBytes = UInt64(clamping: simulation.peakBytes)
    }

    /// - Returns: nil where it is certainly too small to be said before a build.
    static func ofBuild(_ assessment: Assessment, _ request: Request, _ budget: Budget) -> Price? {
        let costs = Costs(assessment, request)
        // Something always runs: one after another is the longest that it can take.
        guard costs.waitsForTime || costs.sumSeconds >= leastSeconds else { return nil }
        return Price(costs, request, budget, isOfBuild: true)
    }

    /// Whether anybody wants to know it before a build.
    var isWorthSaying: Bool { event.mostSeconds >= Self.leastSeconds }

    /// Of fewer actions a second thread costs more than it saves.
    private static let fewestBeside = 4096

    private static func both<Value: Sendable>(
        _ count: Int, _ one: () -> Value, _ other: @escaping @Sendable () -> Value
    ) -> (Value, Value) {
        count < fewestBeside ? (one(), other()) : atOnce(one, other)
    }

    /// What each action is estimated to take.
    private struct Costs {
        let plan: Plan
        /// Of what may run, and of what runs for certain.
        private(set) var most: [Simulation.Cost] = []
        private var isUndecided: [Bool] = []
        /// Without what only playing it through says.
        private(set) var event = Event.Price()

        init(_ assessment: Assessment, _ request: Request) {
            plan = assessment.plan
            let open = assessment.notCurrent(request)
            let estimates = assessment.estimates(request)
            let (own, rest) = (open[..<(open.count / 2)], open[(open.count / 2)...])
            var sums = both(
                open.count, { Share(of: own, assessment, estimates, count: open.count) },
                { Share(of: rest, assessment, estimates, count: rest.count) })
            sums.0.add(sums.1)
            (most, isUndecided) = (sums.0.most, sums.0.isUndecided)
            (event.neverRan, event.workSeconds) = (sums.0.neverRan, sums.0.workSeconds)
            guard !most.isEmpty else { return }
            event.diskBytes = UInt64(min(max(0, sums.0.madeBytes), Double(Int64.max)))
        }

        /// Of some of the actions.
        private struct Share: Sendable {
            private(set) var most: [Simulation.Cost] = []
            private(set) var isUndecided: [Bool] = []
            private(set) var neverRan = 0
            private(set) var workSeconds = 0.0
            private(set) var madeBytes = 0.0

            /// - Parameter count: so many there will be, with what others add.
            init(of actions: ArraySlice<ActionID>, _ assessment: Assessment, _ estimates: Estimates, count: Int) {
                var estimates = estimates
                most.reserveCapacity(count)
                isUndecided.reserveCapacity(count)
                for action in actions {
                    switch assessment.verdicts[action.index] {
                    case .build?, .undecided?: add(action, assessment, &estimates)
                    case .restore?:
                        most.append(
                            Simulation.Cost(
                                action: action, seconds: Price.secondsAroundAction, likelyBytes: 0, demand: Demand()))
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
                        action: action, seconds: estimate.seconds + Price.secondsAroundAction,
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

    /// `price    certain 0.4 s / at most 5 s, 310 MiB at the peak, 12 MiB on disk`
    static func line(_ price: Event.Price) -> String {
        var parts = [
            price.certainSeconds == price.mostSeconds
                ? "about \(duration(price.mostSeconds))"
                : "certain \(duration(price.certainSeconds)) / at most \(duration(price.mostSeconds))"
        ]
        if let bytes = price.peakBytes, bytes > 0 { parts.append("\(byteCount(bytes)) at the peak") }
        if let bytes = price.diskBytes, bytes >= leastDiskBytes { parts.append("\(byteCount(bytes)) on disk") }
        if price.neverRan > 0 {
            parts.append(
                "\(counted(price.neverRan, "action")) never ran: assumed \(duration(Estimates.assumedSeconds)) and \(Estimates.assumedBytes >> 20) MiB each"
            )
        }
        return "price    " + parts.joined(separator: ", ")
    }

    /// `4 s`, `0.4 to 5 s`
    static func time(_ price: Event.Price) -> String {
        price.certainSeconds == price.mostSeconds
            ? duration(price.mostSeconds) : "\(duration(price.certainSeconds)) to \(duration(price.mostSeconds))"
    }
}
