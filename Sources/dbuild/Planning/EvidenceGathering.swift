import Artifact
import Planning

extension Session {
    /// What an assessment may ask for while it decides.
    func evidence(_ plan: Plan) -> Evidence {
        let recordedParts: @Sendable ([ActionID]) -> [PackedKeyParts] = { [self] actions in
            ask { try $0.packedParts(of: actions.map { plan.identity(of: $0) }) } ?? []
        }
        return Evidence(
            members: { [survey] in survey.census(plan.path(of: $0))?.output },
            recordedParts: recordedParts,
            recordedPartsBeside: { action in
                // A gather's are read while its key is made.
                guard plan.inputs(of: action).count >= Self.manyInputs,
                    let beside = try? Beside({ recordedParts([action]) })
                else { return nil }
                return { beside.take().first ?? PackedKeyParts([UInt8]()) }
            },
            codeChanges: { [self] from, to in codeHistory.changes(from: from, to: to) },
            sight: { [survey] in survey.sight($0, known: nil) },
            entries: { [self] keys in ask { try $0.entries(of: keys) } ?? [] },
            hasEntries: { [self] action, withoutInputs in
                ask { try $0.hasEntries(of: plan.identity(of: action), withoutInputs: withoutInputs) } ?? false
            },
            isStored: { [self] content in ask { try $0.isStored(content, on: disk) } ?? false },
            observation: { [observations] in observations.newest($0, in: $1) },
            both: { count, one, other in
                atOnce(if: count >= Self.fewestBeside, one, other)
            })
    }

    /// Of fewer actions a second thread costs more than it saves.
    private static var fewestBeside: Int { 64 }

    /// Of fewer inputs the parts of a key are read in less time than a thread takes to start.
    private static var manyInputs: Int { 4096 }

    /// Nil where nothing was ever built, and where the question could not be asked, which is noted.
    private func ask<Answer>(_ question: (StateDatabase) throws -> Answer) -> Answer? {
        guard let database else { return nil }
        do { return try question(database) } catch {
            note(trouble: error)
            return nil
        }
    }
}
