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
            sight: { [survey] in survey.sight($0, known: nil) },
            // What cannot be read of the store is not there: it is built instead.
            entries: { [database] in (try? database?.entries(of: $0)) ?? [] },
            hasEntries: { [database] action, withoutInputs in
                (try? database?.hasEntries(of: plan.identity(of: action), withoutInputs: withoutInputs)) ?? false
            },
            isStored: { [database, disk] in (try? database?.isStored($0, on: disk)) ?? false },
            observation: { [observations] in observations.newest($0, in: $1) })
    }
}
