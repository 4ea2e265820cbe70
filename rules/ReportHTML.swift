/// The report as one page that needs no other file: figures are part of it, and it runs no program.
struct ReportHTML {
    let title: String
    let blocks: [ReportBlock]

    var text: String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(escaped(title))</title>
        <style>
        \(Self.style)
        </style>
        </head>
        <body>
        \(blocks.map(written).joined(separator: "\n"))
        </body>
        </html>

        """
    }

    private static let style = """
        body { max-width: 50rem; margin: 2rem auto; padding: 0 1rem; color: #222; background: #fff;
          font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
        h1 { font-size: 1.6rem; line-height: 1.25; }
        h2 { font-size: 1.25rem; margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
        h3 { font-size: 1.05rem; }
        figure { margin: 1rem 0; }
        img { display: block; width: 100%; height: auto; }
        figcaption { font-size: 0.85rem; color: #555; }
        .wide { overflow-x: auto; }
        table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; }
        th, td { padding: 0.2rem 0.45rem; text-align: right; vertical-align: top; }
        td { white-space: nowrap; }
        th:first-child, td:first-child { padding-left: 0; text-align: left; white-space: normal; }
        td:first-child { min-width: 6rem; }
        thead th { border-bottom: 1px solid #222; font-weight: 600; vertical-align: bottom; }
        tbody tr + tr td { border-top: 1px solid #e4e4e4; }
        """

    private func written(_ block: ReportBlock) -> String {
        switch block {
        case .heading(let text, let level): "<h\(level)>\(escaped(text))</h\(level)>"
        case .paragraph(let text): "<p>\(escaped(text))</p>"
        case .list(let items): "<ul>\n\(items.map { "<li>\(escaped($0))</li>" }.joined(separator: "\n"))\n</ul>"
        case .table(let table): written(table)
        case .figure(let figure):
            """
            <figure>
            <img alt="\(escaped(figure.caption))" src="data:image/svg+xml;base64,\(base64(figure.image))">
            <figcaption>\(escaped(figure.caption))</figcaption>
            </figure>
            """
        }
    }

    private func written(_ table: ReportTable) -> String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.map { "<\(tag)>\(escaped($0))</\(tag)>" }.joined() + "</tr>"
        }
        let rows = table.rows.map { row($0, "td") }.joined(separator: "\n")
        return """
            <div class="wide"><table>
            <thead>\(row(table.header, "th"))</thead>
            <tbody>
            \(rows)
            </tbody>
            </table></div>
            """
    }

    private func escaped(_ text: String) -> String {
        var written = ""
        for character in text {
            switch character {
            case "&": written += "&amp;"
            case "<": written += "&lt;"
            case ">": written += "&gt;"
            case "\"": written += "&quot;"
            default: written.append(character)
            }
        }
        return written
    }
}

/// Bytes as text: RFC 4648, section 4.
func base64(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
        let group = bytes[start ..< min(start + 3, bytes.count)]
        var bits = 0
        for byte in group { bits = bits << 8 | Int(byte) }
        bits <<= 8 * (3 - group.count)
        for place in 0 ..< 4 {
            text.append(place <= group.count ? alphabet[bits >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
        }
    }
    return String(decoding: text, as: UTF8.self)
}
