import Rules

/// One file of what it reads.
struct Work: Recipe {
    @Input var before: [Artifact]
    @Output var result: Artifact
    var name: String
    var load: Load

    func run(_ step: Step) throws {
        try Witness.run(name) {
            let bytes = try Files.derived(name, before.map(\.path), load.bytes)
            try Files.write(bytes, to: result.path, resting: load.milliseconds)
        }
    }
}

/// Two files that belong together.
struct Pair: Recipe {
    @Input var before: [Artifact]
    @Output var left: Artifact
    @Output var right: Artifact
    var name: String
    var load: Load

    func run(_ step: Step) throws {
        try Witness.run(name) {
            for (side, place) in [("left", left), ("right", right)] {
                let bytes = try Files.derived("\(name) \(side)", before.map(\.path), load.bytes / 2)
                try Files.write(bytes, to: place.path, resting: load.milliseconds / 2)
            }
        }
    }
}

/// A directory of five files.
struct Parts: Recipe {
    @Input var before: [Artifact]
    @Output var parts: Tree
    var name: String
    var load: Load

    func run(_ step: Step) throws {
        try Witness.run(name) {
            for member in 0 ..< 5 {
                let bytes = try Files.derived("\(name) \(member)", before.map(\.path), load.bytes / 5)
                try Files.write(bytes, to: parts.path + "/\(member).bin", resting: load.milliseconds / 5)
            }
            try Files.lockIfAsked(parts.path)
        }
    }
}
