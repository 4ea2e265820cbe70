/// Some cells of a rule: naming a property of the recipe gives that property of each.
@dynamicMemberLookup
public struct Slice<R: Recipe> {
    let cells: [(position: Int, recipe: R)]
    let coordinate: (_ axis: ObjectIdentifier) -> ((Int) -> Int)?
    let awaits: Artifact?
    let build: Build

    public subscript<W: Wiring>(dynamicMember property: KeyPath<R, W>) -> [W] {
        guard let awaits else { return cells.map { $0.recipe[keyPath: property] } }
        return [W.awaited(awaits)]
    }

    /// One property of each cell, by its value on `axis`.
    public func keyed<W: Wiring, Value: Textual>(
        by axis: Axis<Value>, _ property: KeyPath<R, W>, file: String = #fileID, line: Int = #line
    ) -> [Value: W] {
        if let awaits { return awaited(awaits, on: axis) }
        let place = Place(file: file, line: line)
        guard let index = coordinate(ObjectIdentifier(axis.storage)) else {
            build.fail(.notAnAxis(axis.name), at: place)
        }
        var keyed: [Value: W] = [:]
        keyed.reserveCapacity(cells.count)
        for cell in cells {
            let value = axis.values[index(cell.position)]
            guard keyed.updateValue(cell.recipe[keyPath: property], forKey: value) == nil else {
                build.fail(.sameKey(axis: axis.name, value: value.text), at: place)
            }
        }
        return keyed
    }

    /// A stand-in under any value of the axis; where none is known, the action is told to wait.
    private func awaited<W: Wiring, Value: Textual>(_ artifact: Artifact, on axis: Axis<Value>) -> [Value: W] {
        if let value = axis.values.first { return [value: W.awaited(artifact)] }
        build.noteAwaited(artifact)
        return [:]
    }
}
