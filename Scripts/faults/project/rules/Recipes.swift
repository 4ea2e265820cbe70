import Rules

/// One file of what it reads.
struct Work: Recipe {
    @Input var before: [Artifact]
    @Output var result: Artifact
    var name: String
    var load: Load

    func run(_ step: Step) throws {
        try Witness.run(name, load) {
            try Files.write(Files.derived(name, before.map(\.path), load.bytes), to: result.path)
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
        try Witness.run(name, load) {
            try Files.write(Files.derived(name + " left", before.map(\.path), load.bytes / 2), to: left.path)
            try Files.write(Files.derived(name + " right", before.map(\.path), load.bytes / 2), to: right.path)
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
        try Witness.run(name, load) {
            for member in 0 ..< 5 {
                let bytes = try Files.derived("\(name) \(member)", before.map(\.path), load.bytes / 5)
                try Files.write(bytes, to: parts.path + "/\(member).bin")
            }
            try Files.lockIfAsked(parts.path)
        }
    }
}
