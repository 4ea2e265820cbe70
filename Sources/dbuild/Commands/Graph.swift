import ArgumentParser
import Planning

/// `dbuild graph [TARGET…]`
struct Graph: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Draw what makes what, a node for each rule.")

    enum Format: String, ExpressibleByArgument, CaseIterable, Sendable { case dot, mermaid, json }

    @OptionGroup var common: CommonOptions
    @Option(help: "dot for Graphviz, mermaid, or json as docs/json.md says.") var format = Format.dot
    @Flag(help: "As --format json.") var json = false
    @Flag(help: "A node for each action, of at most 500.") var unfolded = false
    @Argument(help: "As for build.") var targets: [String] = []

    mutating func run() async throws {
        let options = self
        try await reporting {
            let view = try View(options.common)
            view.sayParameters()
            let plan = try await view.session.plan(answersFromBefore: true)
            let request = try plan.select(options.targets).request(plan)
            let graph = try PlanGraph(plan, request, isFolded: !options.unfolded)
            switch options.json ? .json : options.format {
            case .dot: write(graph.dot, toStandard: 1)
            case .mermaid: write(graph.mermaid, toStandard: 1)
            case .json: write(try jsonText(graph), toStandard: 1)
            }
            return 0
        }
    }
}
