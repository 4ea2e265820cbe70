import Artifact
import Planning
import Rules

/// Runs the rules and makes a plan of what they say.
struct PlanReader {
    var builder = PlanBuilder()
    var wire = WireReader()
    private var isEnded = false
    /// Whether an axis that the rules asked for came out empty.
    private(set) var hasEmptyAxis = false
    /// By the number of a name on the wire: what it is in the plan.
    var texts: [UInt32] = []
    /// The cell that is read.
    private var cell: [Int] = []

    enum Failure: Error {
        /// The rules say themselves what is wrong.
        case rules(message: String, places: [Planning.Place])
        /// The settings are wrong: that of a parameter, or "" where one is missing.
        case usage(message: String, parameter: String)
        case crashed(ChildProcess.Ending, log: String)
        /// A refresh in a zone that nobody knows.
        case unknownZone(String, rule: String, Planning.Place)
        case malformed(WireError)
    }

    /// - Parameters:
    ///   - directory: where the rules lie, if that is in the workspace.
    ///   - answer: what a column holds, judged from the plan as far as it has been said; nil for "not yet".
    static func plan(
        _ rules: CompiledRules, in directory: Path?, settings: [String],
        answer: (_ question: Plan.Question, _ soFar: () throws -> Plan) async throws -> [[UInt8]]?
    ) async throws -> Plan {
        var reader = PlanReader()
        reader.builder.rulesDirectory = directory
        let log = rules.path + ".plan.log"
        let child = try ChildProcess(
            rules.path, ["--plan"] + settings.flatMap { ["--set", $0] },
            environment: BaseEnvironment.variablesOfRules, input: .pipe, output: .pipe, error: .file(log))
        child.widenOutput()
        do {
            while let frame = try readFrame(from: child.output) {
                guard var question = try reader.read(frame) else { continue }
                let soFar = reader.builder
                question.answer = try await answer(question) { try soFar.finish(isWhole: false) }
                reader.builder.questions.append(question)
                if question.answer?.isEmpty == true { reader.hasEmptyAxis = true }
                let reply =
                    question.answer.map { .list($0.map { Value.string(String(decoding: $0, as: UTF8.self)) }) }
                    ?? Value.absent
                try writeFrame(reply.frame, to: child.input)
            }
        } catch {
            child.signal(Signal.kill)
            child.wait()
            if let error = error as? WireError { throw Failure.malformed(error) }
            throw error
        }
        let ending = child.wait()
        guard ending == .exited(0), reader.isEnded else {
            let text = (try? readFile(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw Failure.crashed(ending, log: text)
        }
        // Taken out of the reader: what belongs to one place only is not copied.
        var builder = PlanBuilder()
        swap(&builder, &reader.builder)
        return try builder.finish(isWhole: true)
    }

    /// Reads the records of a frame; a question is the last of its frame.
    private mutating func read(_ frame: [UInt8]) throws -> Plan.Question? {
        wire.feed(frame)
        while !wire.isAtEnd {
            switch try wire.record() {
            case .parameter:
                builder.parameters.append(
                    Plan.Parameter(name: try text(), value: try text(), type: try text()))
            case .axis:
                let name = try text()
                builder.add(Plan.Axis(name: name, values: try list { reader in try reader.text() }))
            case .rule: try readRule()
            case .action: try readAction()
            case .amend: try readAmendment()
            case .group: try builder.add(try readGroup(name: try text()))
            case .defaults: builder.defaults = try readGroup(name: [])
            case .source:
                let path = Path(try text())
                let mayBeAbsent = try wire.bool()
                try builder.addSource(path, mayBeAbsent: mayBeAbsent, place: try place())
            case .probedSource:
                let path = Path(try text())
                guard let probe = Probe(words: try list { reader in try reader.text() }) else {
                    throw Failure.malformed(.ended)
                }
                try builder.addSource(path, probe: probe, place: try place())
            case .pool:
                let name = try text()
                let atOnce = try wire.optional()
                let perMinute = try wire.optional()
                builder.pools.append(
                    Plan.Pool(name: name, atOnce: atOnce, perMinute: perMinute, place: try place()))
            case .question: return try readQuestion(.column)
            case .listing: return try readQuestion(.files)
            case .failure:
                let kind = try wire.number()
                let message = try wire.text()
                let parameter = try wire.text()
                let places = try list { reader in try reader.place() }
                if kind == FailureKind.usage.rawValue {
                    throw Failure.usage(message: message, parameter: parameter)
                }
                throw Failure.rules(message: message, places: places)
            case .end:
                _ = try wire.number()
                isEnded = true
            }
        }
        return nil
    }

    private mutating func readQuestion(_ kind: Plan.Question.Kind) throws -> Plan.Question {
        Plan.Question(kind, path: Path(try text()), column: try text(), actionsBefore: builder.actionCount)
    }

    private mutating func text() throws -> [UInt8] { try wire.textBytes() }

    private mutating func place() throws -> Planning.Place {
        let place = try wire.place()
        return Planning.Place(file: Array(place.file.utf8), line: place.line)
    }

    private mutating func list<Element>(_ read: (inout PlanReader) throws -> Element) throws -> [Element] {
        var values: [Element] = []
        for _ in 0 ..< (try wire.number()) { values.append(try read(&self)) }
        return values
    }

    private mutating func readRule() throws {
        let name = try text()
        let type = try text()
        let shortType = try text()
        let version = try wire.number()
        let isCommand = try wire.bool()
        let place = try place()
        let awaits = try text()
        let axes = try list { reader in try reader.wire.number() }
        guard axes.allSatisfy({ $0 < builder.axes.count }) else { throw Failure.malformed(.ended) }
        var rule = Plan.Rule(
            name: name, type: type, shortType: shortType, isCommand: isCommand, place: place, axes: axes,
            awaits: awaits.isEmpty ? nil : Path(awaits))
        rule.version = version
        try builder.add(rule)
    }

    private mutating func readAmendment() throws {
        let rule = try wire.number()
        guard rule < builder.rules.count, let kind = Amendment(rawValue: try wire.number()) else {
            throw Failure.malformed(.ended)
        }
        switch kind {
        case .needs:
            let cpus = try wire.optional()
            let memory = try wire.optional()
            builder.amend(rule) { rule in
                rule.cpus = cpus ?? rule.cpus
                rule.running.memoryBytes = memory.map(Int64.init) ?? rule.running.memoryBytes
            }
        case .limits, .retries, .pool, .batch, .tolerance:
            let running = try readRunning(kind, changing: builder.rules[rule])
            builder.amend(rule) { $0.running = running }
        case .accepts:
            let property = try text()
            let share = try wire.double()
            builder.amend(rule) { rule in
                rule.accepts.removeAll { $0.property == property }
                rule.accepts.append(Plan.Acceptance(property: property, leastShare: share))
            }
        case .settle, .interval, .existence, .keepEdited, .intermediate, .useExisting, .store:
            let policy: Policy
            do {
                policy = try wire.policy(kind, changing: builder.rules[rule].policy)
            } catch let zone as UnknownZone {
                throw Failure.unknownZone(
                    zone.identifier, rule: printable(builder.rules[rule].name),
                    Planning.Place(file: Array(zone.place.file.utf8), line: zone.place.line))
            }
            builder.amend(rule) { $0.policy = policy }
        }
    }

    private mutating func readRunning(_ kind: Amendment, changing rule: Plan.Rule) throws -> Running {
        var running = rule.running
        switch kind {
        case .limits:
            running.timeoutNanoseconds = try wire.optional().map(Int64.init) ?? running.timeoutNanoseconds
            running.memoryLimitBytes = try wire.optional().map(Int64.init) ?? running.memoryLimitBytes
        case .retries:
            let most = try wire.number()
            let pause = Int64(try wire.number())
            running.retries = Running.Retries(most: most, pauseNanoseconds: pause, ofTimeouts: try wire.bool())
        case .pool:
            let pool = try wire.number()
            guard pool < builder.pools.count else { throw Failure.malformed(.ended) }
            running.pool = pool
        case .batch:
            let axis = try wire.optional()
            if let axis, axis >= rule.axes.count { throw Failure.malformed(.ended) }
            running.batch = Running.Batch(axis: axis, most: try wire.number())
        case .tolerance:
            running.tolerance = Running.Tolerance(absolute: try wire.double(), relative: try wire.double())
        default: throw Failure.malformed(.mismatch(wanted: "running"))
        }
        return running
    }

    private mutating func readGroup(name: [UInt8]) throws -> Plan.Group {
        let place = try place()
        let members = try list { reader throws -> Plan.Group.Member in
            switch MemberKind(rawValue: try reader.wire.number()) {
            case .rule?: .rule(RuleID(try reader.wire.number()))
            case .artifact?: .artifact(Path(try reader.text()))
            case nil: throw Failure.malformed(.ended)
            }
        }
        return Plan.Group(name: name, place: place, members: members)
    }

    private mutating func readAction() throws {
        let rule = try wire.number()
        guard rule < builder.rules.count else { throw Failure.malformed(.ended) }
        cell.removeAll(keepingCapacity: true)
        for axis in builder.rules[rule].axes {
            let position = try wire.number()
            guard position < builder.axes[axis].values.count else { throw Failure.malformed(.ended) }
            cell.append(position)
        }
        let awaits = try wire.textBytes()
        try builder.beginAction(rule: rule, cell: cell)
        let held = try readRecipe()
        try builder.endAction(awaits: awaits.isEmpty ? held.awaits : awaits, emptyProperty: held.emptyProperty)
    }
}
