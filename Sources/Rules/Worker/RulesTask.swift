/// What a rules process is started for.
enum RulesTask: Hashable {
    /// Writes the plan in frames, and reads answers to its questions.
    case plan(settings: [String])
    /// Writes one frame of `ParameterDescription`s.
    case parameters
    /// Takes `WorkerRequest` frames and gives a `WorkerReply` for each, until its input ends.
    case worker
    /// Runs the one request frame in a file; another file, if it is named, receives the `WorkerReply`.
    case runAction(path: String, reply: String?)
    /// Writes the paths of the shared objects in this process, one per line.
    case libraries

    init(_ arguments: [String]) throws(UsageError) {
        guard let first = arguments.first else { throw .noTask }
        let rest = arguments.dropFirst()
        switch first {
        case "--plan": self = .plan(settings: try Self.settings(rest))
        case "--parameters" where rest.isEmpty: self = .parameters
        // A number tells its process from those of other workers.
        case "--worker" where rest.isEmpty || (rest.count == 1 && Int(rest.first ?? "") != nil): self = .worker
        case "--libraries" where rest.isEmpty: self = .libraries
        case "--run-action":
            guard rest.count <= 2, let path = rest.first else { throw .noFile }
            self = .runAction(path: path, reply: rest.dropFirst().first)
        default: throw .unknown(rest.first.map { _ in arguments.joined(separator: " ") } ?? first)
        }
    }

    private static func settings(_ arguments: ArraySlice<String>) throws(UsageError) -> [String] {
        var settings: [String] = []
        var rest = arguments
        while let option = rest.popFirst() {
            guard option == "--set" else { throw .unknown(option) }
            guard let setting = rest.popFirst() else { throw .noSetting }
            settings.append(setting)
        }
        return settings
    }
}

/// Arguments that are not those dbuild gives.
enum UsageError: Error, Hashable {
    case noTask
    case unknown(String)
    case noSetting
    case noFile
}
