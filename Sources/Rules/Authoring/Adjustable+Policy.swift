extension Adjustable {
    /// When what the rule makes is built again; see `RulePolicy`.
    @discardableResult
    public func policy(_ policies: RulePolicy<R>..., file: String = #fileID, line: Int = #line) -> Self {
        let adjusted = adjusted
        let place = Place(file: file, line: line)
        for policy in policies {
            adjusted.say(policy.said.name, group: policy.said.group, at: place) { () throws(PolicyFlaw) in
                try policy.said.amendment(adjusted, at: place)
            }
        }
        return self
    }

    /// What readers are given where an action of the rule fails. Without this they are blocked.
    @discardableResult
    public func onFailure(_ policy: FailurePolicy, file: String = #fileID, line: Int = #line) -> Self {
        adjusted.say("onFailure", at: Place(file: file, line: line)) { () throws(PolicyFlaw) in
            let maxAge = try policy.maxAge.map(nanoseconds)
            return (.useExisting, { wire in wire.optional(maxAge) })
        }
        return self
    }

    /// Whether copies of what the rule makes are kept. Without this those up to the stated size are.
    @discardableResult
    public func store(_ policy: StorePolicy, file: String = #fileID, line: Int = #line) -> Self {
        adjusted.say("store", at: Place(file: file, line: line)) { () throws(PolicyFlaw) in
            (.store, { wire in wire.bool(policy == .always) })
        }
        return self
    }
}

/// An amendment and what writes its fields.
private typealias Written = (Amendment, (WireWriter) -> Void)

extension Adjusted {
    /// - Parameter group: of which a rule says one at most; nil: it is one by itself.
    fileprivate func say(
        _ name: String, group: String? = nil, at place: Place, _ amendment: () throws(PolicyFlaw) -> Written
    ) {
        if let earlier = build.notePolicy(name, group: group ?? name, of: rule, at: place) {
            let flaw: PolicyFlaw = earlier.name == name ? .saidTwice : .contradicts(earlier.name)
            build.fail(.policy(name, rule: build.ruleNames[rule], flaw), at: earlier.place, place)
        }
        do throws(PolicyFlaw) {
            let (kind, fields) = try amendment()
            build.amend(rule, kind, fields)
        } catch { build.fail(.policy(name, rule: build.ruleNames[rule], error), at: place) }
    }
}

extension RulePolicy.Said {
    fileprivate var name: String {
        switch self {
        case .settle: "settle"
        case .atMost: "atMost"
        case .keepExisting: "keepExisting"
        case .always: "always"
        case .refresh, .refreshAt: "refresh"
        case .keepEdited: "keepEdited"
        case .intermediate: "intermediate"
        }
    }

    /// Those that contradict one another.
    fileprivate var group: String? {
        switch self {
        case .keepExisting, .always, .refresh, .refreshAt: "existence"
        default: nil
        }
    }

    fileprivate func amendment(_ adjusted: Adjusted<R>, at place: Place) throws(PolicyFlaw) -> Written {
        switch self {
        case .settle(let settle): return try settle.amendment(adjusted)
        case .atMost(let span, let holds):
            let interval = try positiveNanoseconds(span)
            return (
                .interval,
                { wire in
                    wire.number(Int(interval))
                    wire.bool(holds == .everything)
                }
            )
        case .keepExisting(let adopt):
            return existence(.keepExisting) { $0.bool(adopt) }
        case .always: return existence(.always) { _ in }
        case .refresh(let span):
            let interval = try positiveNanoseconds(span)
            return existence(.refreshEvery) { $0.number(Int(interval)) }
        case .refreshAt(let time, let zone):
            let recurrence = try time.recurrence()
            return existence(.refreshAt) { wire in
                wire.recurrence(recurrence)
                wire.text("zone", zone)
                wire.place(place)
            }
        case .keepEdited: return (.keepEdited, { _ in })
        case .intermediate: return (.intermediate, { _ in })
        }
    }

    private func existence(_ kind: ExistenceKind, _ fields: @escaping (WireWriter) -> Void) -> Written {
        (
            .existence,
            { wire in
                wire.number(kind.rawValue)
                fields(wire)
            }
        )
    }
}

extension RulePolicy.Settle {
    fileprivate func amendment(_ adjusted: Adjusted<R>) throws(PolicyFlaw) -> Written {
        let wait = try nanoseconds(.hours(hours))
        let latestAfter = try atLatestAfterDays.map { (days) throws(PolicyFlaw) in try nanoseconds(.days(days)) }
        let observation = try observed.column(in: adjusted)
        return (
            .settle,
            { [firstBuild, holds] wire in
                wire.number(Int(wait))
                wire.bool(observation != nil)
                if let observation {
                    wire.text("observed property", observation.property)
                    wire.text("observed column", observation.column)
                }
                wire.optional(latestAfter)
                wire.bool(firstBuild == .waits)
                wire.bool(holds == .everything)
            }
        )
    }
}

extension RulePolicy.Observed {
    /// The property is "" where no cell of the rule holds anything in it: then nothing is observed either.
    fileprivate func column(
        in adjusted: Adjusted<R>
    ) throws(PolicyFlaw) -> (property: String, column: String)? {
        guard case .column(let column, let find) = self else { return nil }
        guard !column.isEmpty else { throw .emptyColumn }
        switch find(adjusted) {
        case .input(let property): return (property, column)
        case .unknown: return ("", column)
        case .noInput: throw .notAnInput(type: "\(R.self)")
        }
    }
}

/// What is not negative.
private func nanoseconds(_ span: TimeSpan) throws(PolicyFlaw) -> Int64 {
    guard let nanoseconds = span.nanoseconds, nanoseconds >= 0 else { throw .noDuration(span.text) }
    return nanoseconds
}

private func positiveNanoseconds(_ span: TimeSpan) throws(PolicyFlaw) -> Int64 {
    let nanoseconds = try nanoseconds(span)
    guard nanoseconds > 0 else { throw .noInterval(span.text) }
    return nanoseconds
}

extension WireWriter {
    fileprivate func optional(_ nanoseconds: Int64?) {
        bool(nanoseconds != nil)
        if let nanoseconds { number(Int(nanoseconds)) }
    }

    fileprivate func recurrence(_ recurrence: Recurrence) {
        switch recurrence {
        case .daily(let minute):
            number(RecurrenceKind.daily.rawValue)
            number(minute)
        case .weekly(let day, let minute):
            number(RecurrenceKind.weekly.rawValue)
            number(minute)
            number(day.rawValue)
        case .monthly(let day, let minute):
            number(RecurrenceKind.monthly.rawValue)
            number(minute)
            number(day)
        }
    }
}
