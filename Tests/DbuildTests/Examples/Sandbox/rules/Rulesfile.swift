import Glibc
import Rules

struct Refused: Error, CustomStringConvertible { let description: String }

/// Does what a declared list says, line by line: `read PATH`, `try PATH`, `list PATH`, `write PATH`.
struct Act: Recipe {
    @Input var list: Artifact
    @Input var parts: Tree
    @Input var linked: Artifact
    @Output var text: Artifact
    @Output var tree: Tree

    func run(_ step: Step) throws {
        var text = try Files.read(linked.path)
        for member in try parts.members() { text += try Files.read(parts.path + "/" + member) }
        for line in try Files.read(list.path).split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { continue }
            switch words[0] {
            case "read":
                guard let file = fopen(words[1], "r") else {
                    throw Refused(description: "no \(words[1]): error \(errno)")
                }
                fclose(file)
                text += try Files.read(words[1])
            case "try": text += (try? Files.read(words[1])) ?? "nothing\n"
            case "list":
                guard let directory = opendir(words[1]) else { throw Refused(description: "no list: error \(errno)") }
                closedir(directory)
            case "write": try Files.write("changed\n", to: words[1])
            default: throw Refused(description: "no such line")
            }
        }
        try Files.write("more\n", to: step.scratch + "/x")
        try Files.write(text, to: self.text.path)
        try Files.write("member\n", to: tree.path + "/m")
    }
}

struct Split: Recipe {
    @Input var source: Artifact
    @Output var parts: Tree

    func run(_ step: Step) throws {
        for (number, line) in try Files.read(source.path).split(separator: "\n").enumerated() {
            try Files.write(line + "\n", to: parts.path + "/\(number)")
        }
    }
}

/// Knows the names in a tree, and reads what is in one of them where `data/deep.txt` says so.
struct Names: Recipe {
    @Input var names: Listing
    @Input var deep: Artifact
    @Output var text: Artifact

    func run(_ step: Step) throws {
        var text = try names.members().joined(separator: " ") + "\n"
        if try Files.read(deep.path) == "deep\n" { text += try Files.read(names.path + "/0") }
        try Files.write(text, to: self.text.path)
    }
}

/// Reads what a list names, and says so.
struct Discover: Recipe {
    @Input var list: Artifact
    @Output var text: Artifact

    func run(_ step: Step) throws {
        let paths = try Files.read(list.path).split(separator: "\n").map(String.init)
        try Files.write(try paths.map { try Files.read(try step.read($0)) }.joined(), to: text.path)
    }
}

@main struct Sandbox: Rulesfile {
    func rules(_ build: Build) throws {
        let source = build.source("data/lines.txt")
        let script = build.source("scripts/command.sh")
        let split = build.action("split", Split(source: source, parts: "parts"))
        build.action(
            "act",
            Act(
                list: build.source("data/acts.txt"), parts: split.parts, linked: build.source("data/linked.txt"),
                text: "out/act.txt", tree: "out/tree"))
        build.action(
            "names", Names(names: split.parts.listing, deep: build.source("data/deep.txt"), text: "out/names.txt"))
        build.action("discover", Discover(list: build.source("data/discover.txt"), text: "out/discover.txt"))
        build.action("command", Command("sh", .input(script), .input(source), .output("out/command.txt")))
        build.action(
            "dependent",
            Command(
                "sh", .input(build.source("scripts/dependent.sh")), .output("out/dependent.txt"), .dependencies("d")))
        build.action("static", Command("tools/static", .input(source), .output("out/static.txt")))
        build.action("python", Command("python3", .input(build.source("scripts/step.py")), .output("out/python.txt")))
        build.rule("worker", Axis("n", 0 ..< 3)) { n in
            Command(
                "python3", .input(build.source("scripts/worker.py")), .worker, .input(source),
                .output("out/worker/\(n).txt"))
        }
    }
}
