import Testing

@testable import Rules

/// A command is written without containers: the same bytes as property by property.
@Suite struct CommandCodingTests {
    /// Encodes itself as every other recipe does.
    private struct ByProperty: Encodable {
        let command: Command
        func encode(to encoder: any Encoder) throws { try command.encode(to: encoder) }
    }

    private static let commands: [Command] = [
        Command("true"),
        Command("cp", .input("a"), .output("b")),
        Command("cp", .text("a"), .inputs(["b", "é"]), .output("c"), .flag("--top", 20)),
        Command("tar", .inputTree("parts"), .outputTree("pages"), .hiddenInput("x")),
        Command("wait", .input(.awaited("late")), .output("c")),
        Command("cc", .output("o"), .dependencies("deps.d"), .environment("PATH"), .environmentOutsideKey("PROXY")),
        Command("psql", .output("o"), .secret("TOKEN"), .probe("psql", "--version"), .probe("date")),
        Command("python3", .input("a.py"), .worker, .input("b"), .output("c"), .pythonPackage("lib")),
        Command("python3", .worker, .output("c")),
    ]

    @Test func aCommandIsWrittenAsItsPropertiesWouldBe() throws {
        // One after another in one stream, since what was said before changes what is written.
        let (direct, byProperty) = (WireWriter(), WireWriter())
        let encoders = (RecipeEncoder(direct), RecipeEncoder(byProperty))
        for command in Self.commands + Self.commands.reversed() {
            try encoders.0.encodeWhole(command)
            try encoders.1.encodeWhole(ByProperty(command: command))
            #expect(direct.bytes == byProperty.bytes)
        }
    }

    @Test func aCommandSurvivesTheTrip() throws {
        for command in Self.commands {
            let value = try encoded(command)
            #expect(value.awaitedPaths.isEmpty == (command.inputs.first?.artifact.isAwaited != true))
            // An awaited input can be told of, and not be decoded: nobody runs what waits.
            guard value.awaitedPaths.isEmpty else { continue }
            #expect(try encoded(Command(from: RecipeDecoder(value))) == value)
        }
    }

    @Test func aCopyOfACommandIsAnother() {
        let one = Command("python3", .input("a.py"), .worker, .output("c"), .pythonPackage("lib"))
        var other = one
        other.addHiddenInputs(["lib/x.py"])
        #expect(one.inputs.count == 1)
        #expect(one.rest.startInputs == [0])
        #expect(other.rest.startInputs == [0, 1])
    }
}
