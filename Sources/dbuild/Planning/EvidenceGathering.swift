import Artifact
import Planning

extension Session {
    /// What an assessment may ask for while it decides.
    func evidence(_ plan: Plan) -> Evidence {
        Evidence(
            members: { [survey] in survey.census(plan.path(of: $0))?.output },
            recordedParts: { [database] action in
                // Parts that cannot be read differ from all others.
                (try? database?.parts(of: plan.identity(of: action))) ?? []
            },
            sight: { [survey] in survey.sight($0) ?? .nothing })
    }
}
