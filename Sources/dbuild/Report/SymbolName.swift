/// A symbol in the words of whoever wrote it: `helper(_:)`, `rounds`, `Train`.
struct SymbolName: Hashable {
    enum Kind: Hashable { case function, variable, type }
    /// A function with its labels.
    let text: String
    let base: String
    let kind: Kind
    let module: String?

    /// - Returns: nil for what nobody has written: what the compiler makes beside it.
    init?(_ symbol: String) {
        guard let full = demangled(symbol) else { return nil }
        // A closure is part of the function that it stands in.
        let owner = Self.owner(full)
        module = owner.firstMatch(of: /([A-Za-z_][A-Za-z0-9_]*)\./).map { String($0.1) }
        if let variable = owner.firstMatch(of: Self.variable) {
            (base, kind) = (String(variable.1 ?? variable.2 ?? ""), .variable)
            text = base
        } else if let function = owner.firstMatch(of: Self.function) {
            (base, kind) = (String(function.1), .function)
            text = base + "(" + Self.labels(function.2).map { $0 + ":" }.joined() + ")"
        } else if let type = owner.firstMatch(of: Self.type) {
            (base, kind) = (String(type.1.split(separator: ".").last ?? type.1), .type)
            text = base
        } else {
            return nil
        }
    }

    private static var variable: Regex<(Substring, Substring?, Substring?)> {
        /one-time initialization function for ([A-Za-z_][A-Za-z0-9_]*)|([A-Za-z_][A-Za-z0-9_]*)(?: in _[0-9A-F]+\))?\.(?:unsafeMutableAddressor|getter|setter|modify|read)/
    }

    /// A name, the mark of a private one, its generic signature, and what it takes.
    private static var function: Regex<(Substring, Substring, Substring)> {
        /([A-Za-z_][A-Za-z0-9_]*)(?: in _[0-9A-F]+\))?(?:<[^()]*>)?\(([^()]*)\)(?: async)?(?: throws)? ->/
    }

    private static var type: Regex<(Substring, Substring)> { /nominal type descriptor for ([A-Za-z0-9_.]+)/ }

    private static func owner(_ text: String) -> String {
        guard text.contains("closure #"),
            let place = text.ranges(of: " in ").first(where: { !text[$0.upperBound...].hasPrefix("_") })
        else { return text }
        return String(text[place.upperBound...])
    }

    private static func labels(_ parameters: Substring) -> [String] {
        parameters.split(separator: ",").map { parameter in
            let parts = parameter.split(separator: ":", maxSplits: 1)
            return parts.count == 2 ? parts[0].split(separator: " ").last.map(String.init) ?? "_" : "_"
        }
    }
}
