import Rules

/// Some routes, written `JFK-LAX,LGA-ATL`: in the order in which they are written, each once.
struct RouteNames: Textual, ExpressibleByStringLiteral {
    let names: [String]

    /// - Returns: nil where a part is no route, stands there twice, or there is none.
    init?(text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.allSatisfy(Self.isRoute), Set(parts).count == parts.count else { return nil }
        names = parts.map { String($0) }
    }

    var text: String { names.joined(separator: ",") }

    /// - Precondition: the literal is a list of routes: it stands in the program's text.
    init(stringLiteral text: String) {
        guard let routes = RouteNames(text: text) else { preconditionFailure("`\(text)` is not a list of routes") }
        self = routes
    }

    private static func isRoute(_ text: Substring) -> Bool {
        let airports = text.split(separator: "-", omittingEmptySubsequences: false)
        return airports.count == 2 && airports.allSatisfy { isAirport(String($0)) }
    }
}
