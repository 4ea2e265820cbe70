import Rules

/// Every shape that a recipe can have.
struct Shapes: Recipe, Equatable {
    @Input var one: Artifact
    @Input var perhaps: Artifact?
    @Input var list: [Artifact]
    @Input var byDay: [Day: Artifact]
    @Input var parts: Tree
    @Input var names: Listing
    @Output var result: Artifact
    @Output var pieces: Tree
    var name: String? = nil
    var number: Int8 = -3
    var smallest = Int.min
    var largest = UInt64.max
    var ratio: Float = 0.25
    var infinite = Double.infinity
    var switched = true
    var day: Day = "2013-12-31"
    var nested = Nested(kind: .range(low: 1, high: 9), tags: ["y", "x"], weights: ["b": 2, "a": 1])
    var optional: Nested? = nil
    var plain = Nested.Kind.plain

    func run(_ step: Step) {}

    static func == (left: Shapes, right: Shapes) -> Bool {
        (left.one, left.perhaps, left.list, left.byDay) == (right.one, right.perhaps, right.list, right.byDay)
            && (left.parts, left.names, left.result, left.pieces)
                == (right.parts, right.names, right.result, right.pieces)
            && (left.name, left.number, left.smallest, left.largest)
                == (right.name, right.number, right.smallest, right.largest)
            && (left.ratio, left.infinite, left.switched, left.day)
                == (right.ratio, right.infinite, right.switched, right.day)
            && (left.nested, left.optional, left.plain) == (right.nested, right.optional, right.plain)
    }

    static let example = Shapes(
        one: "raw.csv", perhaps: nil, list: ["a", "ab"], byDay: ["2013-12-31": "x", "2013-12-30": "y"],
        parts: "by-entity", names: Tree("by-entity").listing, result: "é/result", pieces: "pieces")
}

struct Nested: Codable, Hashable, Sendable {
    enum Kind: Codable, Hashable {
        case plain
        case range(low: Int, high: Int)
    }
    var kind: Kind
    var tags: Set<String>
    var weights: [String: Double]
}

struct Table: TypedArtifact { let artifact: Artifact }

struct Gather: Recipe {
    @Input var parts: [Artifact]
    @Input var others: [Artifact] = []
    @Input var byDay: [Day: Artifact] = [:]
    var names: [String] = []
    @Output var result: Artifact

    func run(_ step: Step) {}
}

struct Split: Recipe {
    @Input var rows: Artifact
    @Output var parts: Tree

    func run(_ step: Step) {}
}

struct ReadTable: Recipe {
    @Input var table: Table
    @Input var late: Artifact?
    @Output var result: Table

    func run(_ step: Step) {}
}

/// What policies observe, in every shape.
struct Observing: Recipe {
    @Input var one: Artifact
    @Input var typed: Table
    @Input var perhaps: Table?
    @Input var list: [Artifact] = []
    @Input var byDay: [Day: Table] = [:]
    @Output var result: Artifact
    var rounds = 400

    func run(_ step: Step) {}
}
