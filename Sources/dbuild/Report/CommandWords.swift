import Artifact
import Planning

extension CommandWord {
    var inWords: String {
        switch self {
        case .text(let text): clipped(printable(text))
        case .input(let place, let path): path.map { "\($0)" } ?? "input \(place + 1)"
        case .output(let place, let path): path.map { "\($0)" } ?? "output \(place + 1)"
        case .worker: ".worker"
        case .alike: "…"
        }
    }
}

extension [CommandWord] {
    private static var most: Int { 12 }

    /// `[sh, scripts/join.sh, data/a, out/x]`, and of very many the first ones.
    var inWords: String {
        let words = prefix(Self.most).map(\.inWords)
        let more = count - words.count
        return "[" + (words + (more > 0 ? ["and \(grouped(more)) more"] : [])).joined(separator: ", ") + "]"
    }
}

extension [CommandWord] {
    /// `[sh, a] -> [sh, b]`. Where both would read the same, as texts that differ behind what is shown of them, or a text
    /// that became an input: each word says what it is, and a text begins shortly before it differs.
    static func change(_ from: [CommandWord], _ to: [CommandWord]) -> String {
        let (before, after) = (from.inWords, to.inWords)
        if before != after { return "\(before) -> \(after)" }
        func exact(_ words: [CommandWord], _ others: [CommandWord]) -> String {
            let said = words.enumerated().map { place, word in
                word.exactly(beside: place < others.count ? others[place] : nil)
            }
            return "[" + said.joined(separator: ", ") + "]"
        }
        return "\(exact(from, to)) -> \(exact(to, from))"
    }
}

extension CommandWord {
    fileprivate func exactly(beside other: CommandWord?) -> String {
        switch self {
        case .text(let text):
            guard case .text(let others)? = other, text != others else { return "\"\(inWords)\"" }
            let same = zip(text, others).prefix { $0 == $1 }.count
            let start = Swift.max(0, same - Self.mostBefore)
            return "\"\(start > 0 ? "…" : "")\(clipped(printable(Array(text[start...]))))\""
        case .input: return "input \(inWords)"
        case .output: return "output \(inWords)"
        case .worker, .alike: return inWords
        }
    }

    /// Of what is the same before a text differs.
    private static var mostBefore: Int { 12 }
}

extension Plan {
    /// What the rules tell a recipe beside its artifacts. Of a command only what is said: most of its fields mostly say
    /// nothing.
    ///
    /// - Parameter most: so many items of a list that a command has; nil: all.
    func parametersInWords(of action: ActionID, most: Int? = nil) -> [(name: String, value: String)] {
        guard case .object(let fields)? = try? recipe(of: action) else { return [] }
        let said = fields.filter { !$0.value.holdsArtifacts }
        guard rule(of: action).isCommand else { return said.map { (printable($0.name), $0.value.inWords) } }
        let (read, made) = (inputs(of: action), outputs(of: action))
        func word(_ value: RecipeValue) -> RecipeValue {
            guard case .int(let number) = value, let place = Int(exactly: number < 0 ? -1 - number : number) else {
                return value
            }
            let artifact =
                number < 0
                ? (place < made.count ? made[made.startIndex + place].artifact : nil)
                : (place < read.count ? read[read.startIndex + place].artifact : nil)
            return artifact.map { .string(path(of: $0).bytes) } ?? value
        }
        return said.compactMap { field in
            switch field.value {
            case .absent, .list([]): nil
            // Their numbers are places among the inputs and outputs.
            case .list(let values):
                (printable(field.name), Self.inWords(values.map(word), most: most ?? values.count))
            default: (printable(field.name), field.value.inWords)
            }
        }
    }

    private static func inWords(_ values: [RecipeValue], most: Int) -> String {
        guard values.count > most else { return RecipeValue.list(values).inWords }
        let shown = values.prefix(most).map(\.inWords).joined(separator: ", ")
        return "[\(shown), and \(grouped(values.count - most)) more]"
    }
}
