import Glibc
import Rules

/// As little as an action can do: what is measured is everything around it.
struct WriteOne: Recipe {
    var text: String
    @Output var file: Artifact

    func run(_ step: Step) throws {
        guard let output = fopen(file.path, "w") else { throw NotWritten(path: file.path) }
        fputs(text, output)
        if fclose(output) != 0 { throw NotWritten(path: file.path) }
    }
}

struct NotWritten: Error { let path: String }

@main struct Dispatch: Rulesfile {
    @Parameter("How many actions") var count = 10_000
    @Parameter("The program of the commands, absolute") var program = "/bin/true"

    func rules(_ build: Build) throws {
        let numbers = Axis("n", 0 ..< count)
        let recipes = build.rule("recipe", numbers) { WriteOne(text: "recipes/\($0)", file: "recipes/\($0)") }
        let commands = build.rule("command", numbers) { Command(program, .output("commands/\($0)")) }
        build.group("recipes", recipes)
        build.group("commands", commands)
    }
}
