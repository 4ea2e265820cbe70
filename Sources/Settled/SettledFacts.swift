package import Hashing

/// What a build that found nothing to do rests on beside the files that it looked at, and what it says.
///
/// The decision of a build is a pure function of facts. Where every one of them is as it was, it is the same: nothing has
/// to be planned, remembered or hashed again to know it.
package struct SettledFacts: Hashable, Sendable {
    /// As the process was started, the program's name first.
    package var arguments: [[UInt8]] = []
    /// The directory that it was started in.
    package var start: [UInt8] = []
    /// The directory of the running program: another installation decides for itself.
    package var program: [UInt8] = []
    /// The workspace, absolute, without links.
    package var root: [UInt8] = []
    package var userID: UInt64 = 0
    /// The most files that the process may have open.
    package var openFileLimit: UInt64 = 0
    /// Another one after every start of the machine.
    package var boot: [UInt8] = []
    /// Variables that were asked for, and what they were; nil where they were not set.
    package var environment: [Variable] = []
    /// The state of the workspace that it was decided from: `StateMark`.
    package var generation: UInt64 = 0
    /// Of its plan, whose numbers artifacts have.
    package var plan = Digest(high: 0, low: 0)
    /// Nanoseconds since 1970-01-01T00:00:00Z, from when on and until when no age, refresh or day makes it another one.
    package var notBefore: Int64 = .min
    package var before: Int64 = .max
    /// What is said to people, with newlines; how long it took goes behind it.
    package var message: [UInt8] = []
    /// The lines of `events.jsonl`, with `Hole`s.
    package var events: [UInt8] = []
    /// The parameters that the command set itself: what later views go by.
    package var overrides: [[UInt8]] = []

    package init() {}

    package struct Variable: Hashable, Sendable {
        package var name: [UInt8]
        package var value: [UInt8]?

        package init(name: [UInt8], value: [UInt8]?) { (self.name, self.value) = (name, value) }
    }

    /// What is another number in every run: a byte 1 and one of these, which no JSON holds.
    package enum Hole: UInt8, CaseIterable, Sendable {
        case elapsedNanoseconds = 0x41
        case elapsedSeconds, run, now, started, process, processStart, filesHashed, bytesHashed

        package static let mark: UInt8 = 1
    }
}

extension SettledFacts {
    var bytes: [UInt8] {
        var writer = WordWriter()
        writer.list(arguments) { $0.text($1) }
        writer.text(start)
        writer.text(program)
        writer.text(root)
        writer.word(userID)
        writer.word(openFileLimit)
        writer.text(boot)
        writer.list(environment) { writer, variable in
            writer.text(variable.name)
            writer.list(variable.value.map { [$0] } ?? []) { $0.text($1) }
        }
        writer.word(generation)
        writer.word(plan.high)
        writer.word(plan.low)
        writer.word(UInt64(bitPattern: notBefore))
        writer.word(UInt64(bitPattern: before))
        writer.text(message)
        writer.text(events)
        writer.list(overrides) { $0.text($1) }
        return writer.bytes
    }

    init?(_ bytes: [UInt8]) {
        var reader = WordReader(bytes)
        guard let arguments = reader.list({ $0.text() }), let start = reader.text(),
            let program = reader.text(), let root = reader.text(),
            let userID = reader.word(), let openFileLimit = reader.word(), let boot = reader.text(),
            let environment = reader.list({ reader -> Variable? in
                guard let name = reader.text(), let value = reader.list({ $0.text() }) else { return nil }
                return Variable(name: name, value: value.first)
            }), let generation = reader.word(), let planHigh = reader.word(),
            let planLow = reader.word(), let notBefore = reader.signed(), let before = reader.signed(),
            let message = reader.text(), let events = reader.text(), let overrides = reader.list({ $0.text() }),
            reader.isAtEnd
        else { return nil }
        (self.arguments, self.start, self.program) = (arguments, start, program)
        plan = Digest(high: planHigh, low: planLow)
        (self.root, self.userID) = (root, userID)
        (self.openFileLimit, self.boot, self.environment) = (openFileLimit, boot, environment)
        (self.generation, self.notBefore, self.before) = (generation, notBefore, before)
        (self.message, self.events, self.overrides) = (message, events, overrides)
    }
}
