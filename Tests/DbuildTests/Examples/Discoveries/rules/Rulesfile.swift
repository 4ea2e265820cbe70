import Rules

/// Puts together what a list names; the list alone is declared.
struct Gather: Recipe {
    @Input var list: Artifact
    @Input var after: Artifact?
    @Output var text: Artifact
    var name: String

    func run(_ step: Step) throws {
        try Files.witness(name)
        var gathered = ""
        for line in try Files.read(list.path).split(separator: "\n").map(String.init) {
            let path = String(line.drop { "?+".contains($0) })
            if line.hasPrefix("?") {
                gathered += try step.readIfPresent(path).map { try Files.read($0) } ?? "(nothing)\n"
                continue
            }
            let place = try step.read(path)
            gathered += try Files.read(place)
            // Somebody edits it while it is read: each time, or only once.
            if line.hasPrefix("++") || line.hasPrefix("+") && gathered.split(separator: "\n").count == 1 {
                try Files.write(gathered + "more\n", to: place)
            }
        }
        try Files.write(gathered, to: text.path)
    }
}

struct Copy: Recipe {
    @Input var source: Artifact
    @Output var copy: Artifact
    var name: String

    func run(_ step: Step) throws {
        try Files.witness(name)
        try Files.write(try Files.read(source.path), to: copy.path)
    }
}

/// Whatever it reads, it writes the same.
struct Constant: Recipe {
    @Input var source: Artifact
    @Output var same: Artifact

    func run(_ step: Step) throws {
        try Files.witness("constant")
        try Files.write("same\n", to: same.path)
    }
}

/// Actions that read what they do not declare.
@main struct Discoveries: Rulesfile {
    func rules(_ build: Build) throws {
        let made = build.action("make", Copy(source: build.source("data/base.txt"), copy: "out/made.txt", name: "make"))
        let constant = build.action("constant", Constant(source: made.copy, same: "out/same.txt"))
        build.action("gather", Gather(list: build.source("data/list.txt"), text: "out/gathered.txt", name: "gather"))
        build.action(
            "follow",
            Gather(
                list: build.source("data/follow.txt"), after: constant.same, text: "out/followed.txt", name: "follow"))
        build.action(
            "program",
            Command(
                "sh", .input(build.source("scripts/program.sh")), .output("out/program.txt"), .dependencies("deps.d"),
                .environment("DBUILD_TEST_ROOT")))
    }
}
