import Artifact
import Hashing
import Planning

/// Puts what has been collected in an action's place: outputs as they were built, or as the store gave them back.
struct Placing: Sendable {
    let plan: Plan
    let action: ActionID
    let context: Builder.Context
    /// What the recorded trace has published, by path; anything else that lies there is somebody's.
    let published: [Path: Trace.Output]

    init(_ action: ActionID, _ assessment: borrowing Assessment, _ context: Builder.Context) {
        plan = assessment.plan
        self.action = action
        self.context = context
        published = assessment.published(by: action)
    }

    /// - Parameter isAwaited: whether somebody could go on with it.
    /// - Returns: at which paths it has put what lay staged there.
    /// - Throws: what kept the set from being put in place.
    func place(
        _ collected: Collected, _ record: Publication.Record, isAwaited: Bool = true
    ) async throws -> Set<Path> {
        let displaced = Displaced.directory(run: context.run)
        let changes = try collected.changes(
            present: { context.survey.census($0) },
            unreadable: { if case .unreadable? = context.survey.sight($0) { true } else { false } },
            published: { published[$0] },
            displaced: { path throws(DiskError) in try context.disk.freeTarget(of: path, below: displaced) })
        let publication = Publication(
            identity: plan.identity(of: action), rule: plan.rule(of: action).name, record, changes: changes,
            seen: collected.seen { context.survey.census($0) }, run: context.run)
        let result = await context.publisher.publish(publication, isAwaited: isAwaited)
        if let error = result.notStored { context.store.stop(error) }
        context.sayStoreFailure()
        for entry in result.displaced { context.events.say(.displaced(entry.path, to: entry.target)) }
        for (output, census) in zip(collected.outputs, try result.census.get()) {
            context.survey.note(output.path, census)
        }
        return Set(changes.compactMap { if case .put(let path, _, _, _, _) = $0 { path } else { nil } })
    }

    /// Puts outputs back from the store, as one set: exactly what is missing or different.
    ///
    /// - Parameters:
    ///   - outputs: all that the entry lists (line 8); or those that a recorded trace's set lacks.
    ///   - trace: what the action's trace becomes; nil: it stays as it is.
    /// - Throws: `Restoration.Failure.objectLost`: nothing has changed, and the action is to be built;
    ///   `Collected.Failure` where nothing can be put in its place.
    func restore(_ outputs: [Trace.Output], as trace: Trace?) async throws {
        let (context, plan, action) = (context, plan, action)
        let lent = context.staging.take(outputs.map(\.path.directory))
        let staging = lent.path
        let collected: Collected
        do {
            collected = try await context.threads.run {
                try context.staging.prepare(lent)
                try Collected.checkPlaces(plan, action, staging: staging, context.disk)
                return try Restoration(store: context.store, disk: context.disk, staging: staging).collect(
                    outputs, present: { context.survey.census($0) })
            }
        } catch {
            try await clear(lent)
            throw error
        }
        _ = try await place(collected, trace.map { .restored($0) } ?? .putBack(outputs))
        try await clear(lent)
    }

    private func clear(_ lent: Staging.Place) async throws {
        let staging = context.staging
        try await context.threads.run { staging.giveBack(lent) }
    }
}

extension Builder.Context {
    /// Once in a run.
    func sayStoreFailure() { if let error = store.takeFailure() { events.say(.warning(Wording.notStored(error))) } }
}

extension Assessment {
    /// What the recorded trace of an action has published, by path: nothing of what it adopted, since dbuild did not
    /// make that, and it may be all there is of somebody's work.
    func published(by action: ActionID) -> [Path: Trace.Output] {
        if snapshot.adopted.contains(action) { return [:] }
        var found: [Path: Trace.Output] = [:]
        for output in plan.outputs(of: action) {
            guard let content = snapshot.published[output.artifact.index] else { continue }
            let path = plan.path(of: output.artifact)
            found[path] = Trace.Output(
                path: path, content: content, members: snapshot.publishedMembers[output.artifact] ?? [])
        }
        return found
    }
}
