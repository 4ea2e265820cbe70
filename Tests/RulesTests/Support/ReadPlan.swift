@testable import Rules

/// A plan read back from its frames, as dbuild reads it.
struct ReadPlan {
    struct Axis: Equatable {
        let name: String
        let values: [String]
    }
    struct Rule {
        let name: String
        let type: String
        let shortType: String
        let version: Int
        let isCommand: Bool
        let place: Place
        let awaits: String
        let axes: [Int]
    }
    struct Action {
        let rule: Int
        let positions: [Int]
        let awaits: String
        let recipe: Value
    }
    struct Pool: Equatable {
        let name: String
        let atOnce: Int?
        let perMinute: Int?
    }
    enum Member: Equatable {
        case rule(Int)
        case artifact(String)
    }
    enum Change: Equatable {
        case needs(rule: Int, cpus: Int? = nil, memory: Int? = nil)
        case accepts(rule: Int, property: String, share: Double)
        /// The amendment's name and its fields, in words.
        case policy(rule: Int, String)
    }
    struct Failure: Equatable {
        let kind: FailureKind
        let message: String
        let parameter: String
        let places: [Place]
    }

    var parameters: [[String]] = []
    var axes: [Axis] = []
    var rules: [Rule] = []
    var actions: [Action] = []
    var changes: [Change] = []
    var groups: [String: [Member]] = [:]
    var defaults: [Member] = []
    var sources: [(path: String, mayBeAbsent: Bool, place: Place)] = []
    var questions: [String] = []
    var probedSources: [String: [String]] = [:]
    var pools: [Pool] = []
    var failure: Failure?
    var end: Int?

    init(_ frames: [[UInt8]]) throws {
        var wire = WireReader()
        for frame in frames {
            wire.feed(frame)
            while !wire.isAtEnd { try read(&wire) }
        }
    }

    func rule(_ name: String) -> Int? { rules.firstIndex { $0.name == name } }
    func actions(of name: String) -> [Action] { actions.filter { rules[$0.rule].name == name } }

    private mutating func read(_ wire: inout WireReader) throws {
        switch try wire.record() {
        case .parameter: parameters.append([try wire.text(), try wire.text(), try wire.text()])
        case .axis:
            let name = try wire.text()
            axes.append(Axis(name: name, values: try times(wire.number()) { try wire.text() }))
        case .rule:
            rules.append(
                Rule(
                    name: try wire.text(), type: try wire.text(), shortType: try wire.text(),
                    version: try wire.number(),
                    isCommand: try wire.bool(), place: try wire.place(), awaits: try wire.text(),
                    axes: try times(wire.number()) { try wire.number() }))
        case .action:
            let rule = try wire.number()
            guard rules.indices.contains(rule) else { throw WireError.mismatch(wanted: "rule") }
            let positions = try times(rules[rule].axes.count) { try wire.number() }
            let awaits = try wire.text()
            actions.append(
                Action(rule: rule, positions: positions, awaits: awaits, recipe: try Value(from: &wire)))
        case .amend:
            let rule = try wire.number()
            switch Amendment(rawValue: try wire.number()) {
            case .needs: changes.append(.needs(rule: rule, cpus: try wire.optional(), memory: try wire.optional()))
            case .accepts:
                changes.append(.accepts(rule: rule, property: try wire.text(), share: try wire.double()))
            case let policy?: changes.append(.policy(rule: rule, try policyText(policy, &wire)))
            case nil: throw WireError.mismatch(wanted: "amendment")
            }
        case .group:
            let name = try wire.text()
            _ = try wire.place()
            groups[name] = try members(&wire)
        case .defaults:
            _ = try wire.place()
            defaults = try members(&wire)
        case .source:
            sources.append((try wire.text(), try wire.bool(), try wire.place()))
        case .probedSource:
            let name = try wire.text()
            probedSources[name] = try times(wire.number()) { try wire.text() }
            _ = try wire.place()
        case .pool:
            pools.append(
                Pool(name: try wire.text(), atOnce: try wire.optional(), perMinute: try wire.optional()))
            _ = try wire.place()
        case .listing, .question: questions.append("\(try wire.text()) \(try wire.text())")
        case .failure:
            guard let kind = FailureKind(rawValue: try wire.number()) else { throw WireError.mismatch(wanted: "kind") }
            failure = Failure(
                kind: kind, message: try wire.text(), parameter: try wire.text(),
                places: try times(wire.number()) { try wire.place() })
        case .end: end = try wire.number()
        }
    }

    private func policyText(_ amendment: Amendment, _ wire: inout WireReader) throws -> String {
        func optional() throws -> String { try wire.bool() ? "\(try wire.number())" : "none" }
        switch amendment {
        case .settle:
            let wait = try wire.number()
            let column = try wire.bool() ? "\(try wire.text()).\(try wire.text())" : "file times"
            let latest = try optional()
            let firstWaits = try wire.bool()
            return "settle \(wait) \(column) \(latest) \(firstWaits) \(try wire.bool())"
        case .interval: return "interval \(try wire.number()) \(try wire.bool())"
        case .existence:
            switch ExistenceKind(rawValue: try wire.number()) {
            case .keepExisting: return "keepExisting \(try wire.bool())"
            case .always: return "always"
            case .refreshEvery: return "refresh \(try wire.number())"
            case .refreshAt:
                let kind = try wire.number()
                let minute = try wire.number()
                let day = kind == RecurrenceKind.daily.rawValue ? 0 : try wire.number()
                let zone = try wire.text()
                _ = try wire.place()
                return "refresh \(kind) \(day) \(minute) \(zone)"
            case nil: throw WireError.mismatch(wanted: "existence")
            }
        case .limits: return "limits \(try optional()) \(try optional())"
        case .retries: return "retries \(try wire.number()) \(try wire.number()) \(try wire.bool())"
        case .pool: return "pool \(try wire.number())"
        case .tolerance: return "tolerance \(try wire.double()) \(try wire.double())"
        case .batch: return "batch \(try optional()) \(try wire.number())"
        case .useExisting: return "useExisting \(try optional())"
        case .store: return "store \(try wire.bool())"
        default: return "\(amendment)"
        }
    }

    private func members(_ wire: inout WireReader) throws -> [Member] {
        try times(wire.number()) {
            switch MemberKind(rawValue: try wire.number()) {
            case .rule: .rule(try wire.number())
            case .artifact: .artifact(try wire.text())
            case nil: throw WireError.mismatch(wanted: "member")
            }
        }
    }
}

private func times<T>(_ count: Int, _ body: () throws -> T) rethrows -> [T] {
    var all: [T] = []
    for _ in 0 ..< count { all.append(try body()) }
    return all
}
