/// A named family of actions: one for each combination of its axes' values.
///
///     features[e].table                          the table of one cell
///     curves.all.curve                           every curve, in the axes' order
///     curves[.only(e), .in(d.previous(7))].curve the curves of the week before
public struct Rule<R: Recipe, each A: Textual>: Adjustable {
    let cells: Cells<R, repeat each A>

    public var adjusted: Adjusted<R> {
        Adjusted(build: cells.build, rule: cells.identifier) { [cells] wanted in
            for case let recipe? in cells.recipes where wanted(recipe) { return recipe }
            return nil
        }
    }

    /// The recipe of one cell, with its artifacts.
    public subscript(_ values: repeat each A, file file: String = #fileID, line line: Int = #line) -> R {
        if let recipe = cells.find(repeat each values) { return recipe }
        if cells.awaits != nil, let recipe = cells.make(repeat each values) { return recipe }
        var key: [String] = []
        for value in repeat each values { key.append(value.text) }
        cells.build.fail(.noCell(rule: cells.name, key: key), at: Place(file: file, line: line), cells.place)
    }

    /// The cells picked on each axis, those that exist.
    public subscript(
        _ picks: repeat Pick<each A>, file file: String = #fileID, line line: Int = #line
    ) -> Slice<R> {
        var positions = [0]
        for (axis, pick) in repeat (each cells.axes, each picks) {
            if let value = pick.missing(on: axis) {
                cells.build.fail(
                    .noValue(value.text, axis: axis.name, rule: cells.name), at: Place(file: file, line: line),
                    cells.place)
            }
            let picked = pick.positions(on: axis)
            let count = axis.count
            positions = positions.flatMap { row in picked.map { row * count + $0 } }
        }
        return slice(positions)
    }

    /// Every cell.
    public var all: Slice<R> { slice(Array(cells.recipes.indices)) }

    private func slice(_ positions: [Int]) -> Slice<R> {
        Slice(
            cells: positions.compactMap { position in
                position < cells.recipes.count ? cells.recipes[position].map { (position, $0) } : nil
            },
            coordinate: cells.coordinate, awaits: cells.awaits, build: cells.build)
    }
}

/// One action, not a family: `index.table` is an artifact of its recipe.
@dynamicMemberLookup
public struct Action<R: Recipe>: Adjustable {
    let recipe: R
    let build: Build
    let rule: Int

    public var adjusted: Adjusted<R> {
        Adjusted(build: build, rule: rule) { [recipe] wanted in wanted(recipe) ? recipe : nil }
    }

    public subscript<T>(dynamicMember property: KeyPath<R, T>) -> T { recipe[keyPath: property] }
}
