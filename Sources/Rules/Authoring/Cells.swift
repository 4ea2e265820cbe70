/// A rule's axes and what its closure made of every combination.
final class Cells<R: Recipe, each A: Textual> {
    let build: Build
    let identifier: Int
    let name: String
    let place: Place
    let axes: (repeat Axis<each A>)
    let make: (repeat each A) -> R?
    let awaits: Artifact?
    /// In row-major order; nil where the closure made nothing.
    private(set) var recipes: [R?] = []

    init(
        build: Build, identifier: Int, name: String, place: Place, axes: repeat Axis<each A>,
        awaits: Artifact?, make: @escaping (repeat each A) -> R?
    ) {
        self.build = build
        self.identifier = identifier
        self.name = name
        self.place = place
        self.axes = (repeat each axes)
        self.awaits = awaits
        self.make = make
    }

    /// The recipe of one cell. A method, because Swift 6.3.1 crashes where a pack is forwarded to a subscript.
    func find(_ values: repeat each A) -> R? {
        var position: Int? = 0
        // A function, because walking pairs makes a type for them each time.
        func advance<V>(_ axis: Axis<V>, _ value: V) {
            let own = axis.position(of: value)
            position = position.flatMap { before in own.map { before * axis.count + $0 } }
        }
        repeat advance(each axes, each values)
        guard let position, position < recipes.count else { return nil }
        return recipes[position]
    }

    /// Which value of `axis` a row-major position has; nil if it is not one of the axes.
    func coordinate(on axis: ObjectIdentifier) -> ((Int) -> Int)? {
        var stride = recipes.count
        for own in repeat each axes {
            let count = own.count
            let step = count == 0 ? 0 : stride / count
            // Without cells there is no position to ask for.
            if ObjectIdentifier(own.storage) == axis { return { step == 0 ? 0 : $0 / step % count } }
            stride = step
        }
        return nil
    }

    /// Evaluates the closure for every combination, the last axis fastest.
    func evaluate(_ each: (_ positions: [Int], _ recipe: R) -> Void) throws(RulesError) {
        var counts: [Int] = []
        for axis in repeat each axes { counts.append(axis.count) }
        let total = try product(counts)
        recipes.reserveCapacity(total)
        var positions = counts.map { _ in 0 }
        for _ in 0 ..< total {
            var axis = -1
            func next<V>(_ values: Axis<V>) -> V {
                axis += 1
                return values.storage.values[positions[axis]]
            }
            let recipe = make(repeat next(each axes))
            if let recipe { each(positions, recipe) }
            recipes.append(recipe)
            for i in counts.indices.reversed() {
                positions[i] += 1
                if positions[i] < counts[i] { break }
                positions[i] = 0
            }
        }
    }

    private func product(_ counts: [Int]) throws(RulesError) -> Int {
        var total = 1
        // An empty axis first: beside it no other is too long.
        for count in counts.sorted() {
            let (product, overflow) = total.multipliedReportingOverflow(by: count)
            if overflow || product > Int(UInt32.max) { throw .tooManyCells(rule: name, counts: counts) }
            total = product
        }
        return total
    }
}
