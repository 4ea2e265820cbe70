/// What can be wrong with a policy.
enum PolicyFlaw: Error, Hashable {
    /// Negative, no number, or longer than can be counted.
    case noDuration(String)
    case noInterval(String)
    case noDayOfMonth(Int)
    case noTimeOfDay(String)
    case emptyColumn
    case notAnInput(type: String)
    case saidTwice
    /// Another one that says something else of what exists.
    case contradicts(String)
}

extension PolicyFlaw: CustomStringConvertible {
    var description: String {
        switch self {
        case .noDuration(let text): "\(text) is no time to wait: it must be a number, and not negative"
        case .noInterval(let text): "\(text) is no interval: it must be more than nothing"
        case .noDayOfMonth(let day): "no month has a day \(day)"
        case .noTimeOfDay(let text): "`\(text)` is no time of day, as `06:00`"
        case .emptyColumn: "the column of the observations has no name"
        case .notAnInput(let type): "what is observed is not an @Input of recipe `\(type)`"
        case .saidTwice: "it is said twice"
        case .contradicts(let other): "`\(other)` is said too; at most one of keepExisting, always and refresh holds"
        }
    }
}
