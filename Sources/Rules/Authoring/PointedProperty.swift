/// What a key path into a recipe leads to, by name: a key path does not know the name of a wrapped property; the
/// encoder does.
enum PointedProperty: Hashable {
    case input(String)
    /// An output, a parameter, or more than one property.
    case noInput
    /// Nobody can tell: a dictionary that is empty in this recipe.
    case unknown

    /// The one field that changes where something else is put at the key path.
    init<R: Recipe, W: Wiring>(_ path: WritableKeyPath<R, W>, in recipe: R) {
        var changed = recipe
        // No artifact has this path.
        changed[keyPath: path] = W.awaited(Artifact("\0"))
        guard let before = try? fields(of: recipe), let after = try? fields(of: changed), before.count == after.count
        else {
            self = .noInput
            return
        }
        let differing = zip(before, after).filter { $0.value != $1.value }.map(\.0)
        if differing.isEmpty {
            self = .unknown
        } else if differing.count == 1, case .input = differing[0].value {
            self = .input(differing[0].name)
        } else {
            self = .noInput
        }
    }

    /// As the first recipe of a rule that can tell has it.
    init<R: Recipe, W: Wiring>(_ path: WritableKeyPath<R, W>, in adjusted: Adjusted<R>) {
        var found = PointedProperty.unknown
        _ = adjusted.first { recipe in
            found = PointedProperty(path, in: recipe)
            return found != .unknown
        }
        self = found
    }
}

private func fields(of recipe: some Recipe) throws -> [Value.Field] {
    let wire = WireWriter()
    try RecipeEncoder(wire).encodeWhole(recipe)
    return try Value(wire.bytes).fields()
}
