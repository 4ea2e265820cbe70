import Rules

/// Some days, written `2013-08-31,2013-09-30`: sorted, each once.
struct Days: Textual, ExpressibleByStringLiteral {
    let days: [Day]

    /// - Returns: nil where a part is no day, or there is none.
    init?(text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false).map { Day(String($0)) }
        let days = parts.compactMap(\.self)
        guard days.count == parts.count, !days.isEmpty else { return nil }
        self.days = Set(days).sorted()
    }

    var text: String { days.map(\.description).joined(separator: ",") }

    /// - Precondition: the literal is a list of days: it stands in the program's text.
    init(stringLiteral text: String) {
        guard let days = Days(text: text) else { preconditionFailure("`\(text)` is not a list of days") }
        self = days
    }
}
