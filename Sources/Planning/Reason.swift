package import Artifact

/// Why an action is not current: facts, worded by the report.
package enum Reason: Hashable, Sendable {
    case forced
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
    case code
    case library([UInt8])
    case platform(from: [UInt8], to: [UInt8])
    case environment([UInt8])
    case tool([UInt8])
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
    var reasons: [Reason] = []
    for name in Set(before.keys).union(after.keys).sorted(by: {
        $0.kind == $1.kind ? $0.name.lexicographicallyPrecedes($1.name) : $0.kind.rawValue < $1.kind.rawValue
    }) {
        let (from, to) = (before[name], after[name])
        guard from != to else { continue }
        switch name.kind {
        case .format: reasons.append(.keyFormat)
        case .recipe: reasons.append(.recipe(from: from ?? [], to: to ?? []))
        case .parameter:
            let values = (from.flatMap(value), to.flatMap(value))
            // A wiring that changed shows in its inputs.
            if values.0?.holdsArtifacts == true, values.1?.holdsArtifacts == true { continue }
            reasons.append(.parameter(name: name.name, from: values.0, to: values.1))
        case .cpus: reasons.append(.cpus(from: number(from), to: number(to)))
        case .seed: reasons.append(.seed)
        case .output: reasons.append(.output(Path(to ?? from ?? [])))
        case .code: reasons.append(.code)
        case .library: reasons.append(.library(name.name))
        case .platform: reasons.append(.platform(from: from ?? [], to: to ?? []))
        case .environment: reasons.append(.environment(name.name))
        case .tool: reasons.append(.tool(name.name))
        case .input: break
        }
    }
    if !ignoringInputs { reasons += inputDifferences(from: old, to: new) }
    return reasons
}

/// Inputs are compared by property, path and aspect: a member more must not make all that follow it "changed".
private func inputDifferences(from old: [KeyPart], to new: [KeyPart]) -> [Reason] {
    struct Name: Hashable { let property: [UInt8], path: Path, aspect: UInt8 }
    func index(_ parts: [KeyPart]) -> [Name: Content?] {
        var found: [Name: Content?] = [:]
        for part in parts where part.kind == .input {
            var place = Unpacker(part.name)
            var unpacker = Unpacker(part.value)
            guard let property = try? place.string(), let aspect = try? unpacker.byte(),
                let path = try? unpacker.string()
            else { continue }
            let content = unpacker.isAtEnd ? nil : try? Content(from: &unpacker)
            found[Name(property: property, path: Path(path), aspect: aspect)] = .some(content)
        }
        return found
    }
    let before = index(old)
    let after = index(new)
    var reasons: [Reason] = []
    for name in Set(before.keys).union(after.keys).sorted(by: { $0.path < $1.path }) {
        switch (before[name], after[name]) {
        case (.some(let from), .some(let to)):
            if from != to { reasons.append(.inputChanged(name.path, from: from, to: to)) }
        case (.none, .some): reasons.append(.inputAdded(name.path))
        case (.some, .none): reasons.append(.inputRemoved(name.path))
        case (.none, .none): break
        }
    }
    if reasons.isEmpty, old.filter({ $0.kind == .input }) != new.filter({ $0.kind == .input }) {
        // The same members in another order.
        reasons += after.keys.sorted { $0.path < $1.path }.prefix(1).map { name in
            .inputChanged(name.path, from: before[name] ?? nil, to: after[name] ?? nil)
        }
    }
    return reasons
}

private func value(_ bytes: [UInt8]) -> RecipeValue? {
    var unpacker = Unpacker(bytes)
    return try? RecipeValue(from: &unpacker)
}

private func number(_ bytes: [UInt8]?) -> UInt64 {
    var unpacker = Unpacker(bytes ?? [])
    return (try? unpacker.number()) ?? 0
}
