import Artifact
import Planning

/// A graph of more actions than anybody can look at.
struct GraphTooLarge: Error {
    let actions: Int
    let limit: Int
}

/// What makes what, folded by rule or action by action.
struct PlanGraph: Encodable {
    let format = "dbuild.graph/1"
    let isFolded: Bool
    let nodes: [Node]
    let edges: [Edge]

    struct Node: Encodable, Hashable {
        let id: String
        /// `rule`, `action` or `source`.
        let kind: String
        let label: String
        /// How many actions or sources it stands for.
        let count: Int
    }

    struct Edge: Encodable, Hashable {
        let from: String
        let to: String
        /// What flows: `parquet`, `tree`, `names` …
        let kind: String
        /// How many artifacts.
        let count: Int
    }

    static let mostUnfolded = 500
    /// More sources than these in one directory, with one ending, are shown as one.
    private static let mostSourcesAlone = 3

    init(_ plan: Plan, _ request: Request, isFolded: Bool) throws(GraphTooLarge) {
        guard isFolded || request.actionCount <= Self.mostUnfolded else {
            throw GraphTooLarge(actions: request.actionCount, limit: Self.mostUnfolded)
        }
        self.isFolded = isFolded
        var nodes: [String: Node] = [:]
        var flows: [Flow: Set<ArtifactID>] = [:]
        func name(_ action: ActionID) -> String {
            isFolded ? printable(plan.rule(of: action).name) : plan.name(of: action)
        }
        var counts: [String: Int] = [:]
        for action in request.actions { counts[name(action), default: 0] += 1 }
        for (name, count) in counts {
            let label = count == 1 ? name : "\(name) (\(grouped(count)))"
            nodes["rule:" + name] = Node(
                id: "rule:" + name, kind: isFolded ? "rule" : "action", label: label, count: count)
        }
        let sources = Self.sources(plan, request)
        for (source, node) in sources where request.holds(source) { nodes[node.id] = node }
        for action in request.actions {
            let to = "rule:" + name(action)
            for input in plan.inputs(of: action) {
                let from: String
                if let maker = plan.maker(of: input.artifact) {
                    from = "rule:" + name(maker)
                } else if let source = sources[input.artifact] {
                    from = source.id
                } else {
                    continue
                }
                flows[Flow(from: from, to: to, kind: Self.kind(input, plan)), default: []].insert(input.artifact)
            }
            if let awaited = plan.awaits(action), let maker = plan.maker(of: awaited) {
                flows[Flow(from: "rule:" + name(maker), to: to, kind: "lists"), default: []].insert(awaited)
            }
        }
        for entry in request.unlisted {
            let name = printable(plan.rules[entry.rule.index].name)
            if nodes["rule:" + name] == nil {
                nodes["rule:" + name] = Node(id: "rule:" + name, kind: "rule", label: "\(name) (unknown)", count: 0)
            }
            if let maker = plan.artifact(at: entry.awaits).flatMap({ plan.maker(of: $0) }), request.holds(maker) {
                let flow = Flow(
                    from: "rule:" + (isFolded ? printable(plan.rule(of: maker).name) : plan.name(of: maker)),
                    to: "rule:" + name, kind: "lists")
                if let awaited = plan.artifact(at: entry.awaits) { flows[flow, default: []].insert(awaited) }
            }
        }
        self.nodes = nodes.values.sorted { ($0.kind, $0.id) < ($1.kind, $1.id) }
        edges = flows.map { Edge(from: $0.key.from, to: $0.key.to, kind: $0.key.kind, count: $0.value.count) }
            .sorted { ($0.from, $0.to, $0.kind) < ($1.from, $1.to, $1.kind) }
    }

    private struct Flow: Hashable { let from: String, to: String, kind: String }

    /// Sources alone, or as one with others of their directory and ending.
    private static func sources(_ plan: Plan, _ request: Request) -> [ArtifactID: Node] {
        var families: [String: [ArtifactID]] = [:]
        for artifact in request.artifacts where plan.maker(of: artifact) == nil && plan.isSource(artifact) {
            let directory = plan.directory(of: artifact)
            families["\(directory)\u{0}\(ending(plan.path(of: artifact)))", default: []].append(artifact)
        }
        var nodes: [ArtifactID: Node] = [:]
        for members in families.values {
            guard members.count > mostSourcesAlone, let first = members.first else {
                for source in members {
                    let path = "\(plan.path(of: source))"
                    nodes[source] = Node(id: "source:" + path, kind: "source", label: path, count: 1)
                }
                continue
            }
            let pattern = "\(plan.directory(of: first) / Path("*"))" + "." + ending(plan.path(of: first))
            let node = Node(
                id: "source:" + pattern, kind: "source", label: "\(pattern) (\(grouped(members.count)))",
                count: members.count)
            for source in members { nodes[source] = node }
        }
        return nodes
    }

    private static func kind(_ input: Plan.Input, _ plan: Plan) -> String {
        if input.aspect == .listing { return "names" }
        return plan.isTree(input.artifact) ? "tree" : ending(plan.path(of: input.artifact))
    }

    private static func ending(_ path: Path) -> String {
        let leaf = path.leaf
        guard let dot = leaf.lastIndex(of: UInt8(ascii: ".")), dot > leaf.startIndex else { return "file" }
        return printable(leaf[(dot + 1)...])
    }
}
