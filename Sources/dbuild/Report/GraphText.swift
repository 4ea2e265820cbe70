extension PlanGraph {
    /// - Source: the DOT language of Graphviz.
    var dot: String {
        func quoted(_ text: String) -> String {
            "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
        }
        var lines = ["digraph dbuild {", "  rankdir=LR;", "  node [shape=box];"]
        for node in nodes {
            let shape = node.kind == "source" ? ", shape=ellipse" : ""
            lines.append("  \(quoted(node.id)) [label=\(quoted(node.label))\(shape)];")
        }
        for edge in edges {
            lines.append("  \(quoted(edge.from)) -> \(quoted(edge.to)) [label=\(quoted(edge.label))];")
        }
        return (lines + ["}"]).joined(separator: "\n") + "\n"
    }

    /// - Source: the flowchart syntax of Mermaid; quotation marks are written as entities there.
    var mermaid: String {
        func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "#quot;") + "\"" }
        let names = Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($0.element.id, "n\($0.offset)") })
        var lines = ["flowchart LR"]
        for node in nodes {
            let name = names[node.id] ?? ""
            lines.append(
                node.kind == "source" ? "  \(name)([\(quoted(node.label))])" : "  \(name)[\(quoted(node.label))]")
        }
        for edge in edges {
            guard let from = names[edge.from], let to = names[edge.to] else { continue }
            lines.append("  \(from) -->|\(quoted(edge.label))| \(to)")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}

extension PlanGraph.Edge {
    fileprivate var label: String { count == 1 ? kind : "\(grouped(count)) \(kind)" }
}
