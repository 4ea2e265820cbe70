import Artifact
import Planning

/// What a request will take: the schedule played through with what its actions are estimated to take.
struct Price {
    private(set) var event = Event.Price()

    /// Beside an action's own time: its directories, its outputs' fingerprints and copies, its commit. An assumption: it
    /// is in no trace.
    private static let secondsAroundAction = 0.003
    /// Of less nobody wants to know what it will take.
    private static let leastSeconds = 3.0

    /// Of less nobody wants to know either.
    private static let leastDiskBytes: UInt64 = 1_000_000

    init(_ assessment: Assessment, _ request: Request, _ budget: Budget) {
        let estimates = assessment.estimates(request)
        var certain: [Simulation.Cost] = []
        var most: [Simulation.Cost] = []
        var madeBytes = 0.0
        for action in request.actions {
            switch assessment.verdicts[action.index] {
            case .build?, .undecided?:
                let estimate = estimates.estimate(of: action, inputBytes: assessment.inputBytes(of: action))
                let cost = Simulation.Cost(
                    action: action, seconds: estimate.seconds + Self.secondsAroundAction,
                    // Of what nobody knows nothing is said.
                    likelyBytes: estimate.bytesBasis == .assumed ? 0 : estimate.likelyBytes,
                    demand: Demand(of: action, in: assessment.plan, estimate))
                most.append(cost)
                if assessment.verdicts[action.index]?.isUndecided == false { certain.append(cost) }
                if estimate.secondsBasis == .assumed { event.neverRan += 1 }
                event.workSeconds += estimate.seconds
            case .restore?:
                let cost = Simulation.Cost(
                    action: action, seconds: Self.secondsAroundAction, likelyBytes: 0, demand: Demand())
                most.append(cost)
                certain.append(cost)
            default: continue
            }
            madeBytes += estimates.outputBytes(of: action) ?? 0
        }
        guard !most.isEmpty else { return }
        let simulation = Simulation(assessment.plan, request, most, budget)
        event.mostSeconds = simulation.seconds
        event.certainSeconds =
            certain.count == most.count
            ? simulation.seconds : Simulation(assessment.plan, request, certain, budget).seconds
        event.peakBytes = UInt64(clamping: simulation.peakBytes)
        event.diskBytes = UInt64(min(max(0, madeBytes), Double(Int64.max)))
    }

    /// - Returns: nil where it is too small to be said before a build.
    static func worthSaying(_ assessment: Assessment, _ request: Request, _ budget: Budget) -> Event.Price? {
        let price = Price(assessment, request, budget)
        return price.event.mostSeconds >= leastSeconds ? price.event : nil
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
