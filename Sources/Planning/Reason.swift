package import Artifact
package import Hashing

/// Why an action is not current: facts, worded by the report.
package enum Reason: Hashable, Sendable {
    /// The command forces it.
    case forced
    /// Its rule builds it in every run.
    case always
    /// Its rule refreshes it, and it was due at this instant, nanoseconds since 1970-01-01T00:00:00Z.
    case refreshDue(Int64)
    /// It has waited as long as its rule lets it, since this instant.
    case overdue(since: Int64)
    /// The store was to give it back, and cannot.
    case storeObjectLost
    /// It is current, its bytes are away, and somebody needs them.
    case recalled
    /// What it looked at undeclared when it was built; nil: nothing lay there.
    case discovered(Path, from: Content?, to: Content?)
    case neverBuilt
    /// The last run in which it ran recorded a failure.
    case failedBefore(run: Int64)
    /// Content at an output's path that dbuild did not make.
    case foreign(Path)
    case outputMissing(Path)
    case outputEdited(Path)
    case keyFormat
    case recipe(from: [UInt8], to: [UInt8])
    case parameter(name: [UInt8], from: RecipeValue?, to: RecipeValue?)
    /// What a command gives to its program, as far as that differs.
    case arguments(from: [CommandWord], to: [CommandWord])
    case cpus(from: UInt64, to: UInt64)
    case seed
    case output(Path)
    case inputChanged(Path, from: Content?, to: Content?)
    case inputAdded(Path)
    case inputRemoved(Path)
    /// A property reads otherwise what was read before: in another order, or what another property read.
    case rewired(property: [UInt8])
    /// By their fingerprints; what of it changed, where that is known.
    case code(from: Digest?, to: Digest?, [CodeChange])
    case version(from: UInt64, to: UInt64)
    case library([UInt8])
    case platform(from: [UInt8], to: [UInt8])
    case environment([UInt8])
    case tool([UInt8])
    /// What it prints; as a person would type it.
    case probe([UInt8])
}

extension Reason {
    /// Whether an action that runs for it does the same as the last time, with what it reads now. Not known of those that
    /// stand for whatever else has changed, too.
    var isOfWhatIsRead: Bool {
        switch self {
        case .overdue, .storeObjectLost, .recalled, .failedBefore, .foreign, .outputMissing, .outputEdited,
            .inputChanged:
            true
        default: false
        }
    }
}

/// What differs between two lists of key parts.
///
/// - Parameter ignoringInputs: while inputs are not final.
package func differences(from old: [KeyPart], to new: [KeyPart], ignoringInputs: Bool = false) -> [Reason] {
    struct Name: Hashable { let kind: KeyPart.Kind, name: [UInt8] }
    func index(_ parts: [KeyPart]) -> [Name: [UInt8]] {
        Dictionary(
            parts.filter { $0.kind != .input }.map { (Name(kind: $0.kind, name: $0.name), $0.value) },
            uniquingKeysWith: { first, _ in first })
    }
    func outputs(_ parts: [Name: [UInt8]], of property: [UInt8]) -> Set<[UInt8]> {
        var begin: [UInt8] = []
        begin.append(string: property)
        return Set(parts.keys.lazy.filter { $0.kind == .output && $0.name.starts(with: begin) }.map(\.name))
    }
    let before = index(old)
    let after = index(new)
    lazy var inputs = (before: InputParts(old), after: InputParts(new))
    lazy var command = CommandChange(old, new)
    var isCommandSaid = false
    var reasons: [Reason] = []
    for name in Set(before.keys).union(after.keys).sorted(by: {
        $0.kind == $1.kind ? $0.name.lexicographicallyPrecedes($1.name) : $0.kind.rawValue < $1.kind.rawValue
    }) {
        let (from, to) = (before[name], after[name])
        guard from != to else { continue }
        switch name.kind {
        case .format: reasons.append(.keyFormat)
        case .recipe where !name.name.isEmpty: reasons.append(.version(from: number(from), to: number(to)))
        case .recipe: reasons.append(.recipe(from: from ?? [], to: to ?? []))
        case .parameter where from != nil && to != nil && CommandField.isCounting(name.name) && command != nil:
            if isCommandSaid { continue }
            isCommandSaid = true
            let isRewired = inputs.before.wiring(CommandField.inputs) != inputs.after.wiring(CommandField.inputs)
            reasons += command?.reasons(isRewired: isRewired) ?? []
        case .parameter:
            let values = (from.flatMap(value), to.flatMap(value))
            // A wiring that changed shows in its inputs; the rest of such a property, as a dictionary's keys, does not.
            let isWired = values.0?.holdsArtifacts == true || values.1?.holdsArtifacts == true
            if isWired, inputs.before.wiring(name.name) != inputs.after.wiring(name.name) { continue }
            // Likewise an output that came or went.
            if isWired, outputs(before, of: name.name) != outputs(after, of: name.name) { continue }
            reasons.append(.parameter(name: name.name, from: values.0, to: values.1))
        case .cpus: reasons.append(.cpus(from: number(from), to: number(to)))
        case .seed: reasons.append(.seed)
        case .output: reasons.append(.output(Path(to ?? from ?? [])))
        case .code: reasons.append(.code(from: digest(from), to: digest(to), []))
        case .library: reasons.append(.library(name.name))
        case .platform: reasons.append(.platform(from: from ?? [], to: to ?? []))
        case .environment: reasons.append(.environment(name.name))
        case .tool: reasons.append(.tool(name.name))
        case .probe: reasons.append(.probe(name.name))
        case .input: break
        }
    }
    if ignoringInputs { return reasons }
    return reasons
        + inputs.after.differences(from: inputs.before) { property in
            property != CommandField.inputs || command?.isSaidByInputs != false
        }
}

/// The inputs in a key, by property, path and aspect: a member more must not make all that follow it "changed".
///
/// Of a gather they are very many, and mostly lie in the order of their paths already: so they are sorted and not hashed.
private struct InputParts {
    struct Name: Hashable, Comparable {
        let path: Path, aspect: UInt8

        static func < (one: Name, other: Name) -> Bool {
            one.path == other.path ? one.aspect < other.aspect : one.path < other.path
        }
    }

    private struct Part {
        let property: [UInt8]
        let name: Name
        let content: Content?
    }

    /// In their order.
    private let parts: [Part]

    init(_ parts: [KeyPart]) {
        self.parts = parts.lazy.filter { $0.kind == .input }.compactMap { part in
            var place = Unpacker(part.name)
            var unpacker = Unpacker(part.value)
            guard let property = try? place.string(), let aspect = try? unpacker.byte(),
                let path = try? unpacker.string()
            else { return nil }
            return Part(
                property: property, name: Name(path: Path(path), aspect: aspect),
                content: unpacker.isAtEnd ? nil : try? Content(from: &unpacker))
        }
    }

    /// What a property reads, in its order.
    func wiring(_ property: [UInt8]) -> [Name] { parts.lazy.filter { $0.property == property }.map(\.name) }

    private var properties: Set<[UInt8]> {
        var found: Set<[UInt8]> = []
        var last: [UInt8]?
        for part in parts where part.property != last {
            found.insert(part.property)
            last = part.property
        }
        return found
    }

    private var byName: [Part] { parts.sorted { $0.name < $1.name } }

    /// - Parameter isEnough: whether inputs of a property that came or went say all that differs in its order.
    func differences(from before: InputParts, isEnough: (_ property: [UInt8]) -> Bool) -> [Reason] {
        var reasons: [Reason] = []
        var (came, went): (Set<Name>, Set<Name>) = ([], [])
        var (old, new) = (before.byName[...], byName[...])
        // One that is read twice is the same both times.
        func content(_ parts: inout ArraySlice<Part>) -> Content? {
            let first = parts.removeFirst()
            while parts.first?.name == first.name { parts.removeFirst() }
            return first.content
        }
        while true {
            let (was, isNow) = (old.first?.name, new.first?.name)
            if let was, isNow.map({ was < $0 }) ?? true {
                _ = content(&old)
                went.insert(was)
                reasons.append(.inputRemoved(was.path))
            } else if let isNow, was.map({ isNow < $0 }) ?? true {
                _ = content(&new)
                came.insert(isNow)
                reasons.append(.inputAdded(isNow.path))
            } else if let isNow {
                let (from, to) = (content(&old), content(&new))
                if from != to { reasons.append(.inputChanged(isNow.path, from: from, to: to)) }
            } else {
                break
            }
        }
        return reasons + rewired(from: before, came, went, isEnough)
    }

    /// Properties that read otherwise what was read before: in another order, or in another's place.
    private func rewired(
        from before: InputParts, _ came: Set<Name>, _ went: Set<Name>, _ isEnough: (_ property: [UInt8]) -> Bool
    ) -> [Reason] {
        properties.union(before.properties).sorted { $0.lexicographicallyPrecedes($1) }.compactMap { property in
            let (now, old) = (wiring(property), before.wiring(property))
            // Where an input came or went, that says enough.
            let isSaid = now.contains { came.contains($0) } || old.contains { went.contains($0) }
            return now == old || isSaid && isEnough(property) ? nil : .rewired(property: property)
        }
    }
}

private func value(_ bytes: [UInt8]) -> RecipeValue? {
    var unpacker = Unpacker(bytes)
    return try? RecipeValue(from: &unpacker)
}

private func digest(_ bytes: [UInt8]?) -> Digest? { bytes.flatMap { KeyPart(.code, [], $0).codeDigest } }

private func number(_ bytes: [UInt8]?) -> UInt64 {
    var unpacker = Unpacker(bytes ?? [])
    return (try? unpacker.number()) ?? 0
}
