import Glibc
import Rules

/// As little as a recipe can do: what is measured is everything around it.
struct WriteOne: Recipe {
    var text: String
    @Output var file: Artifact

    func run(_ step: Step) throws { try write(text, to: file) }
}

struct NotWritten: Error { let path: String }

private func write(_ text: String, to artifact: Artifact) throws {
    guard let output = fopen(artifact.path, "w") else { throw NotWritten(path: artifact.path) }
    let written = fputs(text, output)
    if fclose(output) != 0 || written < 0 { throw NotWritten(path: artifact.path) }
}

@main struct Dispatch: Rulesfile {
    @Parameter("How many actions") var count = 10_000
    @Parameter("The program of the commands, absolute") var program = "/bin/true"

    func rules(_ build: Build) throws {
        let numbers = Axis("n", 0 ..< count)
        let recipes = build.rule("recipe", numbers) { WriteOne(text: "recipes/\($0)", file: "recipes/\($0)") }
        let commands = build.rule("command", numbers) { Command(program, "write", .output("commands/\($0)")) }
        let gather = build.action(
            "gather", Command(program, "write", .output("gathered"), .hiddenInputs(recipes.all.file)))
        build.group("recipes", recipes)
        build.group("commands", commands)
        build.group("gathered", gather)
    }
}
