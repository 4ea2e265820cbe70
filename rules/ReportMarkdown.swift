/// The report as Markdown: figures lie beside it.
struct ReportMarkdown {
    let blocks: [ReportBlock]

    var text: String { blocks.map(Self.written).joined(separator: "\n\n") + "\n" }

    private static func written(_ block: ReportBlock) -> String {
        switch block {
        case .heading(let text, let level): String(repeating: "#", count: level) + " " + text
        case .paragraph(let text): text
        case .list(let items): items.map { "- " + $0 }.joined(separator: "\n")
        case .table(let table): written(table)
        case .figure(let figure): "![\(figure.caption)](\(figure.file))\n\n*\(figure.caption)*"
        }
    }

    private static func written(_ table: ReportTable) -> String {
        let rule = table.header.indices.map { $0 == 0 ? "---" : "---:" }
        return ([table.header, rule] + table.rows).map { "| " + $0.joined(separator: " | ") + " |" }
            .joined(separator: "\n")
    }
}
