/// A rule or an action, of which more can be said.
public protocol Adjustable<R> {
    associatedtype R: Recipe
    var adjusted: Adjusted<R> { get }
}

/// The actions that an adjustment concerns.
public struct Adjusted<R: Recipe> {
    let build: Build
    let rule: Int
    /// The first of their recipes for which the condition holds.
    let first: (_ condition: (R) -> Bool) -> R?
}

/// How much of what an action gathers it can do without.
public enum Acceptance: Hashable, Sendable {
    /// Goes ahead with whatever is there.
    case optional
    /// Goes ahead if at least this share, from 0 to 1, is there.
    case atLeast(Double)

    var share: Double {
        switch self {
        case .optional: 0
        case .atLeast(let share): share
        }
    }
}

extension Adjustable {
    /// How many cpus each action takes; it sees them as `step.cpus`, and they are part of its key.
    @discardableResult
    public func needs(cpus: Int, file: String = #fileID, line: Int = #line) -> Self {
        guard cpus >= 1 else { adjusted.build.fail(.tooFewCPUs(cpus), at: Place(file: file, line: line)) }
        adjusted.build.amend(adjusted.rule, .needs) { $0.number(cpus) }
        return self
    }

    /// Runs although some artifacts of an input that gathers many could not be made. The recipe does not see those,
    /// and finds what it lost in `step.missing`.
    @discardableResult
    public func accepts<G: Gathering>(
        _ acceptance: Acceptance, of input: WritableKeyPath<R, G>, file: String = #fileID, line: Int = #line
    ) -> Self {
        let place = Place(file: file, line: line)
        let adjusted = adjusted
        guard (0 ... 1).contains(acceptance.share) else {
            adjusted.build.fail(.shareOutOfRange(acceptance.share), at: place)
        }
        // Where nothing is gathered nothing can be missing.
        guard let recipe = adjusted.first({ !$0[keyPath: input].isEmpty }) else { return self }
        guard let property = inputName(of: input, in: recipe) else {
            adjusted.build.fail(.notAnInput(type: "\(R.self)"), at: place)
        }
        adjusted.build.amend(adjusted.rule, .accepts) { wire in
            wire.text("accepts", property)
            wire.double(acceptance.share)
        }
        return self
    }
}

/// The name of the input that a key path leads to: the one field that changes when it is emptied.
///
/// A key path does not know the name of a wrapped property; the encoder does.
private func inputName<R: Recipe, G: Gathering>(of input: WritableKeyPath<R, G>, in recipe: R) -> String? {
    var emptied = recipe
    emptied[keyPath: input] = G()
    guard let before = try? fields(of: recipe), let after = try? fields(of: emptied), before.count == after.count
    else { return nil }
    let changed = zip(before, after).filter { $0.value != $1.value }.map(\.0)
    guard changed.count == 1, case .input = changed[0].value else { return nil }
    return changed[0].name
}

private func fields(of recipe: some Recipe) throws -> [Value.Field] {
    let wire = WireWriter()
    try RecipeEncoder(wire).encodeWhole(recipe)
    return try Value(wire.bytes).fields()
}
