import Calendar

/// The wording of what the rules process reports; all of it is here.
extension RulesError: CustomStringConvertible {
    var description: String {
        switch self {
        case .malformedSetting(let setting): "`--set \(setting)` is not name=value"
        case .unknownParameter(let name, let nearest):
            "no parameter `\(name)`"
                + (nearest.isEmpty ? "" : "; did you mean \(nearest.map { "`\($0)`" }.joined(separator: " or "))?")
        case .notAParameterValue(let text, let type, let name):
            "`\(text)` is not \(withArticle(type)), which parameter `\(name)` wants"
                + (type == "\(Day.self)" ? ", as 2013-11-30, today, yesterday or tomorrow" : "")
        case .parameterOutOfRange(let name, let value, let range):
            "parameter `\(name)` is \(value), not within \(range)"
        case .missingParameter(let name, let help): "parameter `\(name)` is required (\(help)): --set \(name)=…"
        case .sameParameter(let name): "two parameters are called `\(name)`"
        case .privateRecipe(let type):
            "recipe `\(type)` is private or local to a function: a worker cannot find it by name"
        case .notEncodable(let type, let reason): "recipe `\(type)` cannot be encoded: \(reason)"
        case .inputMayBeAbsent(let path, let type):
            "source `\(path)` may be absent, but an input of recipe `\(type)` that is not optional reads it"
        case .commandWithoutOutput: "the command has no output"
        case .workerStartsWithOutput:
            "an output stands before `.worker`: what does starts the program, which then serves many actions"
        case .emptyPackage(let directory): "there are no Python files in `\(directory)` of the workspace"
        case .repeatedValue(let axis, let value): "axis `\(axis)` has the value `\(value)` twice"
        case .tooManyCells(let rule, let counts):
            "rule `\(rule)` has \(counts.map(String.init).joined(separator: " x ")) cells: more than there can be"
        case .noCell(let rule, let key): "rule `\(rule)` has no cell [\(key.joined(separator: ", "))]"
        case .noValue(let value, let axis, let rule): "axis `\(axis)` of rule `\(rule)` has no value `\(value)`"
        case .notAnAxis(let axis): "`\(axis)` is not an axis of these cells"
        case .sameKey(let axis, let value): "several of these cells have `\(value)` on axis `\(axis)`"
        case .notAnAxisValue(let text, let column, let path, let type):
            "`\(text)` in column `\(column)` of `\(path)` is not \(withArticle(type))"
        case .tooFewCPUs(let count): "an action needs at least 1 cpu, not \(count)"
        case .noMemorySize(let text): "\(text) is no amount of memory: it must be a number of bytes above 0"
        case .noTimeSpan(let text): "\(text) is no time: it must be a number, and more than nothing"
        case .noRetries(let count): "`.retries(\(count))` never runs anything again: it must be at least 1"
        case .emptyPool(let name, let limit): "pool `\(name)` allows \(limit): nothing could ever run in it"
        case .unlimitedPool(let name): "pool `\(name)` limits nothing: give it `atOnce`, `perMinute` or both"
        case .samePool(let name): "two pools are called `\(name)`"
        case .emptyBatch(let count): "a batch of at most \(count) actions is empty: it must be at least 1"
        case .noTolerance(let size): "a tolerance of \(size) is none: it must be a number of at least 0"
        case .noAxis(let axis, let rule, let axes):
            "rule `\(rule)` has no axis `\(axis)`"
                + (axes.isEmpty ? "" : "; it has \(axes.map { "`\($0)`" }.joined(separator: ", "))")
        case .shareOutOfRange(let share): "the share \(share) is not within 0 ... 1"
        case .notAnInput(let type): "what is accepted is not an @Input of recipe `\(type)`"
        case .policy(let name, let rule, let flaw): "rule `\(rule)`, policy `\(name)`: \(flaw)"
        case .thrown(let text): text
        case .badAnswer(let error): "the answer of dbuild cannot be read: \(error)"
        }
    }
}

/// `an Int`, `a Day`.
private func withArticle(_ type: String) -> String {
    // No `U`: a `UInt`, a `Unit`.
    ("AEIO".contains(type.prefix(1).uppercased()) && !type.isEmpty ? "an " : "a ") + type
}

extension CommandInWorker: CustomStringConvertible {
    var description: String { "a command is run by dbuild, not by a worker" }
}

extension FileFailure: CustomStringConvertible {
    public var description: String { "`\(path)`: \(message(ofError: code))" }
}

extension RequestError: CustomStringConvertible {
    var description: String {
        switch self {
        case .unreadable(let error): "the request of dbuild cannot be read: \(error)"
        case .noRecipe(let name): "there is no recipe type `\(name)` in these rules"
        case .noCPUs(let count): "an action cannot run with \(count) cpus"
        case .noRequest(let path): "`\(path)` holds no request"
        }
    }
}

extension UsageError: CustomStringConvertible {
    var description: String {
        switch self {
        case .noTask: "rules are run by dbuild"
        case .unknown(let argument): "rules are run by dbuild; `\(argument)` is not one of its arguments"
        case .noSetting: "`--set` without name=value"
        case .noFile: "`--run-action` without a file"
        }
    }
}
