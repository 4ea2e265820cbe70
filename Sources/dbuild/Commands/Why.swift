import ArgumentParser
import Artifact
import Planning

/// `dbuild why PATH`
struct Why: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say who made a file, from what and when, and why it is or is not current.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var policies: PolicyArguments
    @Flag(help: "For programs: one JSON object, as docs/json.md says.") var json = false
    @Argument(help: "Relative to the workspace, or to the directory that the command starts in.") var path: String

    mutating func run() async throws {
        let options = self
        try await reporting { try await options.view() }
    }

    private func view() async throws -> Int32 {
        let start = resolved(".")
        let view = try View(common, try policies.runOptions())
        view.sayParameters()
        let named = relative(view.session.workspace.root, start)
        let known = try await view.session.plan(answersFromBefore: true)
        let path = known.artifact(written: named).map { known.path(of: $0) } ?? Path(named)
        // Its own ancestors where there is one: a file of a million is explained without looking at the others.
        let (assessment, request) = try await view.session.view { plan in
            try plan.artifact(at: path).map { plan.select($0) } ?? plan.select([])
        }
        let why = WhyText(
            provenance: try Provenance(path, assessment, view.session), assessment: assessment,
            causes: RootCauses(assessment, request), rows: view.rowCounts.known(assessment))
        switch why.provenance.subject {
        case .unknown(let nearest) where !json: throw UnknownPath(path: path, nearest: nearest, awaited: [])
        case .unlisted(let awaited) where !json: throw UnknownPath(path: path, nearest: [], awaited: awaited)
        default: break
        }
        write(json ? try jsonText(WhyDocument(why)) : why.text, toStandard: 1)
        return 0
    }

    /// As it lies in the workspace, whether it was named from there or from a directory below.
    private func relative(_ root: String, _ start: String?) -> String {
        var name = path
        while name.hasPrefix("./") { name = String(name.dropFirst(2)) }
        while name.count > 1, name.hasSuffix("/") { name = String(name.dropLast()) }
        if name.hasPrefix(root + "/") { return String(name.dropFirst(root.count + 1)) }
        guard !fileExists(root + "/" + name), let start, start.hasPrefix(root + "/"), fileExists(start + "/" + name)
        else { return name }
        return String(start.dropFirst(root.count + 1)) + "/" + name
    }
}

/// A path that no rule makes or reads.
struct UnknownPath: Error {
    let path: Path
    let nearest: [Path]
    /// What must be current before more paths are known.
    let awaited: [Path]
}
