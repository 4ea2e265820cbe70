import Artifact
import Planning

extension Diagnostic {
    init(_ error: PolicyOptionError) {
        self.init(what: "", exitCode: .usage)
        switch error {
        case .noSuchRule(let option, let rule, let nearest):
            what = "`\(option)`: no rule is called `\(printable(rule.utf8))`"
            hint =
                nearest.isEmpty
                ? "`dbuild status` lists the rules" : "did you mean \(nearest.joined(separator: ", "))?"
        case .settlesNot(let rule, let place):
            what = "`--min-age-hours`: rule `\(rule)` has no settle policy, which says whose age is meant"
            details = ["\(rule)  \(place.inWords)"]
            hint = "add to the rule: \(Self.settleLine)"
        case .nobodySettles:
            what = "`--min-age-hours`: no rule that these targets need has a settle policy"
            hint = "add to the rule that is to wait: \(Self.settleLine)"
        case .nobodyMinds:
            what = "`--retrain-if-exists`: no rule that these targets need says what to do with what exists"
            hint = "name the rules (--retrain-if-exists false=train), or add to one: .policy(.keepExisting)"
        case .skipAndForce(let action):
            what = "`\(action)` is to be skipped and to be forced"
            hint = "leave one of them out, or name less"
        case .skipsSource(let option, let path):
            what = "`\(option) \(path)`: it is a source, which no action makes"
            hint = "name the actions that read it"
        }
    }

    private static let settleLine =
        #".policy(.settle(hours: 24, of: \.INPUT, column: "COLUMN"))"#
}
