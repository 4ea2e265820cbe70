/// A build as section 7 of `docs/design.md` tells it, action by action and line by line, as naively as can be.
///
/// It shares nothing with `Planning`: it has no cache and no schedule, and what it compares are the bytes themselves.
struct Oracle {
    typealias Stuff = Craft.Stuff

    // What lies there, and what is remembered.
    var place = Files()
    var records: [[String]: Record] = [:]
    var entries: [Record] = []
    var objects: Set<[UInt8]> = []
    /// Bytes that the store has lost, and will not keep again.
    var lost: Set<[UInt8]> = []
    var staleSince: [[String]: Int] = [:]

    // Of one run.
    private var (book, order) = (Rulebook(), Order())
    private var asked: Set<String> = []
    /// What the store had when the run began: else it would matter who builds the same bytes first.
    private var stored: Set<[UInt8]> = []
    private var makers: [String: Act] = [:]
    /// By output: what counts of it in this run.
    private var had: [String: Stuff] = [:]
    private(set) var lines: [String: Int] = [:]
    private(set) var ran: Set<String> = []

    mutating func build(_ book: Rulebook, _ order: Order) {
        (self.book, self.order, had, makers, lines, ran) = (book, order, [:], [:], [:], [])
        (asked, stored) = ([], objects)
        for outline in book.acts where book.targets(order.targets).contains(outline.name) { demand(outline) }
    }

    /// Goes through what it reads, and then through itself.
    private mutating func demand(_ outline: Act) {
        guard asked.insert(outline.name).inserted else { return }
        if let maker = outline.axis.flatMap({ book.maker(of: $0) }) { demand(maker) }
        let axis = outline.axis.flatMap { content($0) }?.lines
        if axis == nil, case .each? = outline.spread { return }
        for act in outline.cells(axis ?? []) {
            if !order.skipped.contains(act.family) {
                for input in act.inputs { if let maker = book.maker(of: input.path) { demand(maker) } }
            }
            for output in act.outputs { makers[output] = act }
            let line = judge(act, isListed: outline.axis == nil || axis?.isEmpty == false)
            lines[act.name] = line
            if [5, 8].contains(line) { staleSince[act.identity] = nil }
            if line == 5, book.targets(order.targets).contains(outline.name) { recall(act) }
        }
    }

    /// - Returns: the line of the table.
    private mutating func judge(_ act: Act, isListed: Bool) -> Int {
        let (record, terms) = (records[act.identity], act.terms)
        let lacking = record.map { record in act.outputs.compactMap { record.made[$0]?.lacking(in: place[$0]) } } ?? []
        let wrong = record.map { record in act.outputs.filter { place[$0] != record.made[$0] } } ?? []
        let isComplete = record != nil && lacking.allSatisfy(isStored)
        let isForeign = record == nil && act.outputs.allSatisfy { place[$0] != nil }

        if order.skipped.contains(act.family) { return isComplete || isForeign ? take(act, 1) : fallBack(act, 2) }
        guard isListed, let facts = facts(act) else { return fallBack(act, 2) }
        let key = Key(act: act.said, surroundings: [book.code, book.library], facts: facts)
        if order.forced.contains(act.family) || terms.existence == .always { return run(act, key, 3) }
        if let record, terms.isDue(since: record.builtAt, at: order.now) { return run(act, key, 4) }
        let matches = record.map { $0.key == key && isAsItWas($0.looked) } ?? false
        if let record, matches {
            let isAway = wrong.allSatisfy { output in place[output]?.isPart(of: record.made[output]) ?? true }
            if wrong.isEmpty || terms.isIntermediate && isAway {
                had.merge(record.made) { $1 }
                return 5
            }
        }
        if !wrong.isEmpty, lacking.isEmpty, order.keepsEdited || terms.keepsEdited { return take(act, 6) }
        if case .keepExisting(let adopts)? = terms.existence, isComplete || isForeign && adopts { return take(act, 7) }
        if let entry = restorable(act, key) { return publish(entry, of: act, 8) }
        if matches { return run(act, key, 9) }
        // A first build has no reason but that, and waits only where the rule says so.
        let isMoved = record.map { key.hasOnlyMoved(from: $0.key) } ?? true
        if let settle = terms.settle, settle.age > 0, isComplete || settle.firstBuildWaits,
            isMoved || settle.holdsEverything, let newest = newest(settle, facts), newest > order.now - settle.age,
            settle.latestAfter.map({ order.now < (staleSince[act.identity] ?? order.now) + $0 }) ?? true
        {
            return isComplete ? take(act, 10) : note(act, 10)
        }
        if let record, let interval = terms.interval, isComplete, order.now < record.builtAt + interval.length,
            isMoved || interval.holdsEverything
        {
            return take(act, 11)
        }
        return run(act, key, 12)
    }

    // MARK: What an action is given

    private func maker(of path: String) -> Act? {
        makers[path] ?? makers.first { path.hasPrefix($0.key + "/") }?.value
    }

    /// What a path holds as far as it counts in this run.
    private func content(_ path: String) -> Stuff? {
        if let stuff = had[path] { return stuff }
        guard maker(of: path) != nil else { return place[path] }
        return had.first { path.hasPrefix($0.key + "/") }.flatMap { $0.value.below(path, of: $0.key) }
    }

    /// - Returns: nil if it lacks something that it cannot be without.
    private func facts(_ act: Act) -> [Fact]? {
        var facts: [Fact] = []
        for (property, inputs) in act.properties {
            let found = inputs.enumerated().compactMap { index, input -> Fact? in
                let stuff = content(input.path)
                guard stuff != nil || book.perhaps.contains(input.path) else { return nil }
                return Fact(input: input, place: index, stuff: input.how == .listing ? stuff?.listed : stuff)
            }
            let share = Double(found.count) / Double(inputs.count)
            if found.count < inputs.count, act.accepts[property].map({ share < $0 }) ?? true { return nil }
            facts += found
        }
        return facts
    }

    private func isAsItWas(_ looked: [String: Stuff?]) -> Bool { looked.allSatisfy { content($0.key) == $0.value } }

    private func newest(_ settle: Terms.Settle, _ facts: [Fact]) -> Int? {
        guard let property = settle.property else { return facts.compactMap { place.newestTime($0.input.path) }.max() }
        return facts.filter { $0.input.property == property }.compactMap { $0.stuff?.newestInstant }.max()
    }

    private func isStored(_ stuff: Stuff) -> Bool { stuff.blobs.allSatisfy { stored.contains($0) } }

    /// What the store has of it, the latest first.
    private func restorable(_ act: Act, _ key: Key) -> Record? {
        let isRefreshed =
            switch act.terms.existence {
            case .refresh?, .daily?: true
            default: false
            }
        return entries.first { entry in
            entry.key == key && isAsItWas(entry.looked) && (!isRefreshed || entry == records[act.identity])
                && entry.made.allSatisfy { place[$0.key] == $0.value || isStored($0.value) }
        }
    }

    // MARK: What is done

    private mutating func run(_ act: Act, _ key: Key, _ line: Int) -> Int {
        for fact in key.facts { if let maker = maker(of: fact.input.path) { recall(maker) } }
        ran.insert(act.name)
        let job = act.job(code: book.code, given: key.facts.map { ($0.input.property, $0.stuff) })
        guard let (made, looked) = try? Craft.run(job, look: { content($0) }) else {
            return fallBack(act, note(act, line))
        }
        let record = Record(key: key, looked: looked, made: made, builtAt: order.now)
        if act.terms.existence != .always {
            entries.insert(record, at: 0)
            if act.terms.isStored { objects.formUnion(Set(made.values.flatMap(\.blobs)).subtracting(lost)) }
        }
        return publish(record, of: act, line)
    }

    private mutating func publish(_ record: Record, of act: Act, _ line: Int) -> Int {
        for (path, stuff) in record.made { (place[path], had[path]) = (stuff, stuff) }
        (records[act.identity], staleSince[act.identity]) = (record, nil)
        return line
    }

    private mutating func note(_ act: Act, _ line: Int) -> Int {
        staleSince[act.identity] = staleSince[act.identity] ?? order.now
        return line
    }

    /// Goes on with what lies there, once what is missing of what was recorded is put back.
    private mutating func take(_ act: Act, _ line: Int) -> Int {
        for output in act.outputs {
            if let made = records[act.identity]?.made[output] { place.complete(output, with: made) }
            had[output] = place[output]
        }
        return line == 1 || line == 2 ? line : note(act, line)
    }

    /// It has failed, or is blocked.
    private mutating func fallBack(_ act: Act, _ line: Int) -> Int {
        guard let terms = act.terms.useExisting, let record = records[act.identity],
            record.made.allSatisfy({ $0.value.lacking(in: place[$0.key]).map(isStored) ?? true }),
            terms.maxAge.map({ order.now - record.builtAt <= $0 }) ?? true
        else { return line }
        return take(act, line)
    }

    /// The bytes of a current one that are away are needed after all.
    private mutating func recall(_ act: Act) {
        guard lines[act.name] == 5, let record = records[act.identity] else { return }
        let lacking = record.made.compactMap { $0.value.lacking(in: place[$0.key]) }
        if lacking.isEmpty { return }
        _ = lacking.allSatisfy(isStored) ? publish(record, of: act, 5) : run(act, record.key, 5)
    }
}
