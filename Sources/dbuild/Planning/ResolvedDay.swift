import Calendar
import Rules

/// A parameter that was set as a word, and the day that it stood for.
struct ResolvedDay: Hashable, Sendable {
    /// Its outside name.
    let name: String
    let word: String
    let zone: String
    let day: Day
}

/// A parameter that declares a zone which the time zone database does not have.
struct ParameterZoneError: Error {
    let parameter: String
    let zone: String
}

extension Settings {
    /// Words for days, by how many days they are from today.
    private static let words = ["yesterday": -1, "today": 0, "tomorrow": 1]

    /// Resolves words for days, once for all that a command does: its rules see days.
    ///
    /// - Parameters:
    ///   - now: the run's instant, nanoseconds since 1970-01-01T00:00:00Z.
    ///   - describe: asks the rules for their parameters; only where a value is such a word.
    /// - Throws: `ParameterZoneError`, and what `describe` throws.
    mutating func resolveDays(now: Int64, _ describe: () throws -> [ParameterDescription]) throws {
        guard values.values.contains(where: { Self.words[$0] != nil }) else { return }
        for parameter in try describe() where parameter.typeName == "Day" {
            guard let word = values[parameter.name], let shift = Self.words[word] else { continue }
            let identifier = parameter.zone ?? "UTC"
            guard let zone = Zone(identifier) else {
                throw ParameterZoneError(parameter: parameter.name, zone: identifier)
            }
            resolve(ResolvedDay(name: parameter.name, word: word, zone: identifier, day: zone.day(at: now) + shift))
        }
    }
}

extension Settings {
    /// `leaveOut`, as the rules are now.
    mutating func leaveOutForgotten(_ rules: CompiledRules, _ cache: PlanCache) throws -> [String] {
        guard !overrides.isEmpty, !cache.holds(rules, list) else { return [] }
        return leaveOut(except: Set(try rules.parameters().map(\.name)))
    }
}

extension CompiledRules {
    /// The parameters that the rules declare.
    func parameters() throws -> [ParameterDescription] {
        let child = try ChildProcess(
            path, ["--parameters"], environment: BaseEnvironment.variables, input: .null, output: .pipe)
        guard let frame = try readFrame(from: child.output), child.wait() == .exited(0) else {
            throw Failure.crashed(.exited(2), step: "\(path) --parameters")
        }
        return try ParameterDescription.list(frame)
    }
}
