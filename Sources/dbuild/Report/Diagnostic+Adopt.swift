import Artifact
import Planning

extension Diagnostic {
    init(_ error: AdoptError) {
        self.init(what: "", exitCode: .failed)
        switch error {
        case .source(let path):
            what = "`\(path)` is a source: nobody has to record it"
            exitCode = .usage
        case .unlisted(let rule, let path):
            what = "the actions of rule `\(printable(rule))` cannot be listed before `\(path)` is current"
            hint = "dbuild \(shellWord("\(path)"))"
        case .refused(let refusal, let plan): self.init(refusal, plan)
        }
    }

    private init(_ refusal: Assessment.AdoptionRefusal, _ plan: Plan) {
        self.init(what: "", exitCode: .failed)
        switch refusal {
        case .outputMissing(let action, let path):
            what = "`\(plan.name(of: action))` cannot be adopted: `\(path)` is not there"
            hint = "adopt what is there, or build it"
        case .outputOfOtherKind(let action, let path):
            what = "`\(plan.name(of: action))` cannot be adopted: `\(path)` is not what its rule makes"
            hint = "a file where the rule says Tree, a directory where it does not, or nothing that can be read"
        case .inputNotCurrent(let action, let path):
            what = "`\(plan.name(of: action))` cannot be adopted: its input `\(path)` is not current"
            hint = "build `\(path)` first, or adopt it too"
        case .blocked(let action, let blockers):
            what = "`\(plan.name(of: action))` cannot be adopted: it is blocked"
            details = blockers.prefix(5).map(\.inWords)
        case .unreadablePlan(let action):
            what = "the plan of `\(plan.name(of: action))` cannot be read"
            hint = "delete `.dbuild/plans`"
            exitCode = .environment
        }
    }
}
