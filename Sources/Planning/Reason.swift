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
    let before = index(old)
    let after = index(new)
    let inputs = (before: InputParts(old), after: InputParts(new))
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
        case .parameter:
            let values = (from.flatMap(value), to.flatMap(value))
            // A wiring that changed shows in its inputs; the rest of such a property, as a dictionary's keys, does not.
            let isWired = values.0?.holdsArtifacts == true || values.1?.holdsArtifacts == true
            if isWired, inputs.before.wiring[name.name] != inputs.after.wiring[name.name] { continue }
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
    return ignoringInputs ? reasons : reasons + inputs.after.differences(from: inputs.before)
}

/// The inputs in a key, by property, path and aspect: a member more must not make all that follow it "changed".
private struct InputParts {
    struct Name: Hashable { let path: Path, aspect: UInt8 }

    /// By property: what it reads, in its order.
    private(set) var wiring: [[UInt8]: [Name]] = [:]
    private var contents: [Name: Content?] = [:]

    init(_ parts: [KeyPart]) {
        for part in parts where part.kind == .input {
            var place = Unpacker(part.name)
            var unpacker = Unpacker(part.value)
            guard let property = try? place.string(), let aspect = try? unpacker.byte(),
                let path = try? unpacker.string()
            else { continue }
            let name = Name(path: Path(path), aspect: aspect)
            wiring[property, default: []].append(name)
            contents[name] = .some(unpacker.isAtEnd ? nil : try? Content(from: &unpacker))
        }
    }

    func differences(from before: InputParts) -> [Reason] {
        var reasons: [Reason] = []
        for name in Set(before.contents.keys).union(contents.keys).sorted(by: {
            $0.path == $1.path ? $0.aspect < $1.aspect : $0.path < $1.path
        }) {
            switch (before.contents[name], contents[name]) {
            case (.some(let from), .some(let to)):
                if from != to { reasons.append(.inputChanged(name.path, from: from, to: to)) }
            case (.none, .some): reasons.append(.inputAdded(name.path))
            case (.some, .none): reasons.append(.inputRemoved(name.path))
            case (.none, .none): break
            }
        }
        return reasons + rewired(from: before)
    }

    /// Properties that read otherwise what was read before: in another order, or in another's place.
    private func rewired(from before: InputParts) -> [Reason] {
        Set(wiring.keys).union(before.wiring.keys).sorted { $0.lexicographicallyPrecedes($1) }.compactMap { property in
            let (now, old) = (wiring[property] ?? [], before.wiring[property] ?? [])
            let isSaid = Set(now).symmetricDifference(old).contains {
                (contents[$0] == nil) != (before.contents[$0] == nil)
            }
            // Where an input came or went, that says enough.
            return now == old || isSaid ? nil : .rewired(property: property)
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
