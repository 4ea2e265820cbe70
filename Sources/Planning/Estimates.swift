import Artifact

/// What an action is thought to take.
package struct Estimate: Hashable, Sendable {
    /// Where a number comes from, the surest first.
    package enum Basis: String, Hashable, Sendable {
        /// Its own last run.
        case own
        /// Other runs of its rule, by the size of what they read.
        case rule
        /// The rules say so.
        case declared
        /// Nobody knows.
        case assumed
    }

    package var seconds: Double
    package var secondsBasis: Basis
    /// What it may come to hold: earlier peaks and a margin. It is started where so much is free.
    package var bytes: Int64
    /// The part of it that is a margin for chance: what others run beside it may take of it, see `Room`.
    package var spreadBytes: Int64
    /// What it is likely to hold at its peak.
    package var likelyBytes: Int64
    package var bytesBasis: Basis
}

/// What actions take of time and memory, by what earlier runs have shown.
package struct Estimates: Sendable {
    private let plan: Plan
    private let snapshot: Snapshot
    private let wanted: [Bool]
    /// Learned when somebody asks of whom the own last run does not say enough.
    private var byRule: [RuleHistory?]?

    private struct RuleHistory: Sendable {
        let seconds: SizeLine?
        let likelyBytes: SizeLine?
        /// As much as nearly all of them held.
        let mostBytes: SizeLine?
        /// Of what an action makes.
        let outputBytes: Double?
    }

    /// An action of a rule that nobody has seen run.
    package static let assumedSeconds = 1.0
    package static let assumedBytes: Int64 = 256 << 20
    /// How many actions of a rule, about, say what others of it take.
    static let mostSeen = 4096
    /// Above the peaks of earlier runs: a tenth of them, and no less than this.
    package static let leastMarginBytes: Int64 = 16 << 20
    /// Above a program's own last peak a quarter of that: doing the same again, they held at most 1.2 % and 1.9 MiB more
    /// (*measured*: XGBoost and pandas under Python, 12 to 325 MiB, 100 runs; others of up to 1.4 GiB, 4,000 runs). Not so
    /// recipes: their worker still holds what it needed for others.
    package static let leastSpreadBytes: Int64 = 4 << 20
    private static let leastShownBytes: Double = 65_536
    /// One that was ended for lack of memory wanted more than it had: half as much again.
    private static let growthAfterLack = 1.5

    /// - Parameter wanted: by rule, whether it will be asked about: of others only an action's own last run is known.
    package init(_ plan: Plan, _ snapshot: Snapshot, _ wanted: [Bool]) {
        self.plan = plan
        self.snapshot = snapshot
        self.wanted = wanted
    }

    private mutating func history(of action: ActionID) -> RuleHistory? {
        let known = byRule ?? learned()
        byRule = known
        return known[plan.ruleID(of: action).index]
    }

    private func learned() -> [RuleHistory?] {
        guard wanted.contains(true) else { return Array(repeating: nil, count: plan.rules.count) }
        var seconds = [[SizeLine.Point]](repeating: [], count: plan.rules.count)
        var bytes = seconds
        var made = [(bytes: Double, count: Double)](repeating: (0, 0), count: plan.rules.count)
        // Also actions that nobody asked for: more history says more. Of a rule that has very many every so-manieth does.
        func isKnown(_ action: ActionID) -> Bool {
            snapshot.keys[action.index] != nil || Self.peak(action, snapshot) > 0
        }
        var counts = [Int](repeating: 0, count: plan.rules.count)
        for action in plan.actions where isKnown(action) { counts[plan.ruleID(of: action).index] += 1 }
        let strides = counts.map { max(1, $0 / Self.mostSeen) }
        var places = [Int](repeating: 0, count: plan.rules.count)
        for action in plan.actions {
            let rule = plan.ruleID(of: action).index
            guard wanted[rule], isKnown(action) else { continue }
            places[rule] += 1
            guard places[rule] % strides[rule] == 0 else { continue }
            let size = Double(snapshot.inputBytes[action.index])
            if snapshot.durationSeconds[action.index] > 0 {
                seconds[rule].append(SizeLine.Point(size: size, value: snapshot.durationSeconds[action.index]))
            }
            let peak = Self.peak(action, snapshot)
            if peak > 0 { bytes[rule].append(SizeLine.Point(size: size, value: peak)) }
            if let outputs = Self.outputBytes(action, plan, snapshot) {
                made[rule] = (made[rule].bytes + outputs, made[rule].count + 1)
            }
        }
        return plan.rules.indices.map { rule in
            guard wanted[rule] else { return nil }
            let likely = SizeLine(bytes[rule])
            return RuleHistory(
                seconds: SizeLine(seconds[rule]), likelyBytes: likely, mostBytes: likely?.raised(above: bytes[rule]),
                outputBytes: made[rule].count > 0 ? made[rule].bytes / made[rule].count : nil)
        }
    }

    /// The most that an action is known to have wanted; 0 where nobody knows.
    private static func peak(_ action: ActionID, _ snapshot: Snapshot) -> Double {
        max(
            Double(snapshot.peakBytes[action.index]),
            growthAfterLack * Double(snapshot.lackedAtBytes[action] ?? 0))
    }

    /// - Parameters:
    ///   - inputBytes: of what it will read; nil where nobody knows yet.
    ///   - isSame: whether nothing is otherwise than the last time but what it reads.
    package mutating func estimate(of action: ActionID, inputBytes: UInt64?, isSame: Bool) -> Estimate {
        let size = inputBytes.map { Double($0) }
        let (seconds, secondsBasis) = seconds(of: action, size)
        var estimate = bytes(of: action, size, isSame)
        (estimate.seconds, estimate.secondsBasis) = (seconds, secondsBasis)
        return estimate
    }

    private mutating func seconds(of action: ActionID, _ size: Double?) -> (Double, Estimate.Basis) {
        let own = snapshot.durationSeconds[action.index]
        if own > 0 { return (own, .own) }
        if let line = history(of: action)?.seconds { return (line.value(size), .rule) }
        return (Self.assumedSeconds, .assumed)
    }

    /// - Returns: without its seconds.
    private mutating func bytes(of action: ActionID, _ size: Double?, _ isSame: Bool) -> Estimate {
        let rule = plan.rule(of: action)
        // It is ended beyond its limit.
        let limit = rule.running.memoryLimitBytes ?? Budget.unlimitedBytes
        let own = Self.peak(action, snapshot)
        let history = own > 0 ? nil : history(of: action)
        var estimate = Estimate(
            seconds: 0, secondsBasis: .assumed, bytes: 0, spreadBytes: 0, likelyBytes: 0, bytesBasis: .assumed)
        guard let thought = own > 0 ? own : history?.mostBytes?.value(size) else {
            estimate.bytes = min(rule.running.memoryBytes ?? Self.assumedBytes, limit)
            estimate.likelyBytes = estimate.bytes
            estimate.bytesBasis = rule.running.memoryBytes == nil ? .assumed : .declared
            return estimate
        }
        let grown = own > 0 ? growth(of: action, to: size) : 0
        let most = thought + grown
        let repeats =
            isSame && rule.isCommand && grown == 0 && own > 0 && own == Double(snapshot.peakBytes[action.index])
            && readsAsMuch(action, size)
        let margin =
            repeats ? max(most / 40, Double(Self.leastSpreadBytes)) : max(most / 10, Double(Self.leastMarginBytes))
        estimate.bytes = min(Self.whole(most + margin), limit)
        estimate.spreadBytes = repeats ? max(0, estimate.bytes - Self.whole(most)) : 0
        estimate.likelyBytes = min(Self.whole(own > 0 ? own : history?.likelyBytes?.value(size) ?? most), limit)
        estimate.bytesBasis = own > 0 ? .own : .rule
        return estimate
    }

    /// How much more an action is thought to take than the last time, since it reads more.
    private mutating func growth(of action: ActionID, to size: Double?) -> Double {
        let read = snapshot.inputBytes[action.index]
        let last = read > 0 ? Double(read) : nil
        // Mostly it reads as much as the last time, and nothing of others has to be known.
        guard size != last, let line = history(of: action)?.mostBytes else { return 0 }
        return max(0, line.value(size) - line.value(last))
    }

    /// Whether it reads what it read the last time, but for a hundredth or what no program's memory shows.
    private func readsAsMuch(_ action: ActionID, _ size: Double?) -> Bool {
        guard let size else { return false }
        let last = Double(snapshot.inputBytes[action.index])
        return abs(size - last) <= max(last / 100, Self.leastShownBytes)
    }

    private static func whole(_ value: Double) -> Int64 { Int64(min(max(0, value), Double(Budget.unlimitedBytes))) }
}

// MARK: - What is made

extension Estimates {
    /// What an action will leave on disk: as much as the last time, else as much as others of its rule; nil where nobody
    /// knows.
    package mutating func outputBytes(of action: ActionID) -> Double? {
        Self.outputBytes(action, plan, snapshot) ?? history(of: action)?.outputBytes
    }

    private static func outputBytes(_ action: ActionID, _ plan: Plan, _ snapshot: Snapshot) -> Double? {
        guard snapshot.keys[action.index] != nil else { return nil }
        return plan.outputs(of: action).reduce(0.0) { sum, output in
            sum + (snapshot.published[output.artifact.index].map { Double($0.fingerprint.sizeBytes) } ?? 0)
        }
    }
}

// MARK: - What is read

extension Assessment {
    /// Bytes of what an action reads, as far as that is known: of what is yet to be made as it was made the last time.
    ///
    /// - Returns: nil where nothing is known of an input.
    package func inputBytes(of action: ActionID) -> UInt64? {
        var sum: UInt64 = 0
        for input in plan.inputs(of: action) {
            let known: Content?
            switch states[input.artifact.index] {
            case .content(let content), .pending(expected: .content(let content)?): known = content
            case .pending: known = snapshot.published[input.artifact.index]
            case .unasked, .absent, .unavailable: continue
            }
            guard let known else { return nil }
            sum &+= known.fingerprint.sizeBytes
        }
        return sum
    }

    /// What earlier runs say of the actions that there is something to do about.
    package func estimates(_ request: Request) -> Estimates {
        var isWanted = [Bool](repeating: false, count: plan.rules.count)
        for action in notCurrent(request) {
            switch verdicts[action.index] {
            case .build?, .undecided?, .restore?: isWanted[plan.ruleID(of: action).index] = true
            default: continue
            }
        }
        return Estimates(plan, snapshot, isWanted)
    }

    /// What an action takes, as far as it is known what it reads and why it runs.
    package func estimate(of action: ActionID, _ estimates: inout Estimates) -> Estimate {
        estimates.estimate(
            of: action, inputBytes: inputBytes(of: action),
            isSame: verdicts[action.index]?.reasons.allSatisfy(\.isOfWhatIsRead) ?? true)
    }

    /// What it takes to start an action that is ready.
    package func demand(of action: ActionID, _ estimate: Estimate) -> Demand {
        // What is put back is copied: it computes nothing, and asks no server.
        guard work(of: action) == .build else { return Demand() }
        return Demand(of: action, in: plan, estimate)
    }

    /// What those take that are going to run, as far as that is known.
    package func costs(_ estimates: inout Estimates, _ request: Request) -> [Simulation.Cost] {
        let open = notCurrent(request).filter { action in
            switch verdicts[action.index] {
            case .build?, .undecided?: true
            default: false
            }
        }
        return costs(&estimates, of: open)
    }

    /// What actions take that run whatever their verdicts are.
    package func costs(_ estimates: inout Estimates, of actions: [ActionID]) -> [Simulation.Cost] {
        actions.map { action in
            let estimate = estimate(of: action, &estimates)
            return Simulation.Cost(
                action: action, seconds: estimate.seconds, likelyBytes: estimate.likelyBytes,
                demand: Demand(of: action, in: plan, estimate))
        }
    }
}
