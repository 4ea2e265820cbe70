/// Parts in lines of at most 80 columns; a part that is longer has a line of its own.
///
/// - Parameters:
///   - separator: between parts, at the end of a line without its trailing blank.
///   - indent: of the lines after the first one.
func wrapped(_ parts: [String], separator: String, first: String, indent: String) -> [String] {
    let columns = 80
    var lines: [String] = []
    var line = first
    var isEmpty = true
    for (index, part) in parts.enumerated() {
        let isLast = index == parts.count - 1
        let text = isLast ? part : part + separator
        // A blank at the end is not seen.
        let length = line.count + (isLast ? part : part + separator).trimmed.count
        if !isEmpty, length > columns {
            lines.append(line.trimmedEnd)
            line = indent
        }
        line += text
        isEmpty = false
    }
    return lines + [line.trimmedEnd]
}

extension String {
    fileprivate var trimmedEnd: String {
        var text = self[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
