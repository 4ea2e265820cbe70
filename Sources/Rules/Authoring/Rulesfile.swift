/// The rules of a workspace; `@main` on the one type that conforms.
public protocol Rulesfile {
    init()
    /// Says how everything is made. It may be evaluated several times, and must not read clock, environment or files.
    func rules(_ build: Build) throws
}

extension Rulesfile {
    /// What dbuild runs; nobody else needs to.
    public static func main() {
        do throws(UsageError) {
            try RulesProcess(Self.self, RulesTask(Array(CommandLine.arguments.dropFirst()))).run()
        } catch {
            printError("\(error)")
            exit(64)
        }
    }
}
