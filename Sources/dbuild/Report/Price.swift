import Artifact
import Planning

/// What a request will take: the schedule played through with what its actions are estimated to take.
struct Price {
    private(set) var event = Event.Price()
    /// By which it was played through, and in which the build goes about it that follows, if one does.
    private(set) var priority = Rehearsal.Choice.longestPathFirst

    /// Of less nobody wants to know what it will take.
    private static let leastSeconds = 3.0

    /// Of less nobody wants to know either.
    private static let leastDiskBytes: UInt64 = 1_000_000

    init(ofView costs: Costs, _ request: Request, _ budget: Budget) {
        self.init(costs, request, budget, isOfBuild: false)
    }

    /// - Parameter isOfBuild: whether the build follows; a view does not look for as good an order.
    private init(_ costs: Costs, _ request: Request, _ budget: Budget, isOfBuild: Bool) {
        event = costs.event
        guard !costs.most.isEmpty else { return }
        priority = Rehearsal.choice(
            costs.plan, request, costs.most, budget, search: isOfBuild ? .beside : .never)
        let play: @Sendable ([Simulation.Cost]) -> Simulation = { [plan = costs.plan, rule = priority.rule] some in
            Simulation(plan, request, some, budget, priority: rule)
        }
        let simulation: Simulation
        if costs.areAllCertain {
            simulation = play(costs.most)
            event.certainSeconds = simulation.seconds
        } else {
            let certain: Simulation
            (simulation, certain) = atOnce(
                if: costs.most.count >= Self.fewestBeside, { play(costs.most) }, { play(costs.certain) })
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
    static let fewestBeside = 4096

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
