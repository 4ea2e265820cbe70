package import Artifact

/// A program and its arguments whose output stands for something that lies in no file: the packages of an
/// installation, a table's version.
package struct Probe: Hashable, Sendable {
    package let words: [[UInt8]]

    /// Nil where nothing is named.
    package init?(words: [[UInt8]]) {
        if words.isEmpty { return nil }
        self.words = words
    }

    init?(_ value: RecipeValue) {
        guard case .list(let values) = value else { return nil }
        self.init(words: values.compactMap { if case .string(let word) = $0 { word } else { nil } })
    }

    /// What became of it in this run.
    package enum Answer: Hashable, Sendable {
        /// What it printed; in a view: what it printed the last time.
        case printed(Content)
        case failed(String)
        /// In a view: no build has run it yet.
        case never
    }

    /// As a person would type it.
    package var inWords: String {
        words.map { word in
            let text = printable(word)
            let isPlain = !text.isEmpty && !text.contains { " '\"\\$`*?;&|<>()".contains($0) }
            return isPlain ? text : "'" + text.replacing("'", with: "'\\''") + "'"
        }
        .joined(separator: " ")
    }
}

extension Probe: Packable {
    package func pack(into packer: inout Packer) { packer.list(words) { packer, word in packer.string(word) } }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        words = try unpacker.list { unpacker throws(UnpackError) in try unpacker.string() }
        guard !words.isEmpty else { throw .malformed }
    }
}

extension Probe.Answer? {
    /// In a key; nothing where there is nothing, which no build has.
    var keyValue: [UInt8] {
        guard case .printed(let content)? = self else { return [] }
        var packer = Packer()
        content.pack(into: &packer)
        return packer.bytes
    }
}

extension Plan {
    /// What an action of a request, or a source that it reads, is known by.
    package func probes(of request: Request, _ names: CommandNames) throws(UnpackError) -> Set<Probe> {
        var found: Set<Probe> = []
        for action in names.probed where request.holds(action) {
            found.formUnion(Plan.commandFacts(try recipe(of: action)).probes)
        }
        for source in probedSources where artifact(at: source.path).map({ request.holds($0) }) == true {
            found.insert(source.probe)
        }
        return found
    }

    /// What a source is known by that is no file.
    package func probe(ofSource artifact: ArtifactID) -> Probe? {
        if probedSources.isEmpty { return nil }
        let path = path(of: artifact)
        return probedSources.first { $0.path == path }?.probe
    }
}

extension Assessment {
    /// A probe of a command that failed.
    func failedProbe(_ action: ActionID) -> Blocker? {
        guard surroundings.probes.values.contains(where: { if case .failed = $0 { true } else { false } }),
            plan.rule(of: action).isCommand, let recipe = try? plan.recipe(of: action)
        else { return nil }
        for probe in Plan.commandFacts(recipe).probes {
            if case .failed(let why)? = surroundings.probes[probe] { return .probe(probe, why) }
        }
        return nil
    }
}
