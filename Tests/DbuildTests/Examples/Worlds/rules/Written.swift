import Rules

/// An action as a test writes it down: fields between bars, lists between semicolons.
struct Written {
    enum Spread {
        case each(String)
        case all(String)
    }

    var name: String
    var said: Said
    var fixed: [String] = []
    var gathered: [String] = []
    /// Whose cells it gathers.
    var family: String?
    var outputs: [String]
    var accepts: [String: Double] = [:]
    var spread: Spread?
    var terms: [String: [String]] = [:]

    init(_ line: String, code: Int, library: Int) throws {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 9, let level = Int(fields[2]) else { throw Unreadable(line: line) }
        func list(_ field: Int) -> [String] { fields[field].split(separator: ";").map(String.init) }
        func pair(_ text: String, _ separator: Character) -> (String, String) {
            let sides = text.split(separator: separator, maxSplits: 1).map(String.init)
            return (sides[0], sides.count > 1 ? sides[1] : "")
        }
        name = fields[0]
        said = Said(name: name, does: fields[1], level: level, code: code, library: library, peeks: list(5))
        outputs = list(4)
        for (property, path) in list(3).map({ pair($0, ">") }) {
            switch property {
            case "gathered": gathered.append(path)
            case "each": family = path.split(separator: "/").first.map(String.init)
            default: fixed.append(path)
            }
        }
        for (property, share) in list(6).map({ pair($0, "=") }) { accepts[property] = Double(share) }
        if !fields[7].isEmpty {
            let (kind, path) = pair(fields[7], ":")
            spread = kind == "each" ? .each(path) : .all(path)
        }
        for (term, values) in list(8).map({ pair($0, "=") }) {
            terms[term] = values.split(separator: ",").map(String.init)
        }
    }

    func adjust<R>(_ action: some Adjustable<R>) {
        func number(_ term: String, _ index: Int = 0) -> Double? {
            terms[term].flatMap { $0.indices.contains(index) ? Double($0[index]) : nil }
        }
        func holds(_ term: String) -> Held { terms[term]?.contains("everything") == true ? .everything : .inputs }
        if let keep = terms["keep"] { action.policy(.keepExisting(adopt: keep == ["true"])) }
        if terms["always"] != nil { action.policy(.always) }
        if let hours = number("refresh") { action.policy(.refresh(every: .hours(hours))) }
        if let hour = number("daily") {
            action.policy(.refresh(.daily(at: hour < 10 ? "0\(Int(hour)):00" : "\(Int(hour)):00")))
        }
        if let hours = number("settle") {
            action.policy(
                .settle(
                    hours: hours, atLatestAfterDays: number("settle", 1).map { $0 / 24 },
                    firstBuild: terms["settle"]?.contains("waits") == true ? .waits : .builds, holds: holds("settle")))
        }
        if let hours = number("interval") { action.policy(.atMost(every: .hours(hours), holds: holds("interval"))) }
        if terms["edited"] != nil { action.policy(.keepEdited) }
        if terms["intermediate"] != nil { action.policy(.intermediate) }
        if let existing = terms["existing"] {
            action.onFailure(existing.isEmpty ? .useExisting : .useExisting(maxAge: .hours(number("existing") ?? 0)))
        }
        if terms["unstored"] != nil { action.store(.never) }
    }
}
