import Artifact
import Hashing
import Planning
import Synchronization

/// What of the rules' code has changed since actions were built, in the words of whoever wrote it.
final class CodeHistory: Sendable {
    private let rules: CompiledRules
    private let workspace: Workspace
    private let disk: any Disk
    private let database: StateDatabase?
    private let known = Mutex<[Pair: [CodeChange]]>([:])

    private struct Pair: Hashable {
        let from: Digest
        let to: Digest
    }

    init(_ rules: CompiledRules, _ workspace: Workspace, _ disk: any Disk, _ database: StateDatabase?) {
        (self.rules, self.workspace, self.disk, self.database) = (rules, workspace, disk, database)
    }

    /// Each function, variable and type once; empty where what was reached then is not known any more.
    func changes(from: Digest, to: Digest) -> [CodeChange] {
        let pair = Pair(from: from, to: to)
        if let found = known.withLock({ $0[pair] }) { return found }
        let found = read(pair)
        known.withLock { $0[pair] = found }
        return found
    }

    /// It only says more of a change that is known anyway: what cannot be read is not said.
    private func read(_ pair: Pair) -> [CodeChange] {
        guard let now = try? rules.atoms(), let new = now[pair.to],
            let old = now[pair.from] ?? (try? database?.code(pair.from))
        else { return [] }
        let sources = (try? RulesSources(workspace, disk)) ?? RulesSources()
        var found: [String: CodeChange] = [:]
        for change in codeChanges(from: old, to: new) {
            guard let name = SymbolName(change.name) else { continue }
            var said = CodeChange(name: name.text, file: sources.file(declaring: name), kind: change.kind)
            // The compiler makes several of one function: what is added and removed of it has changed.
            if let before = found[name.text], before.kind != change.kind { said.kind = .changed }
            found[name.text] = said
        }
        // What a file of the rules declares comes first, and is what somebody has edited.
        return found.values.sorted { ($0.file == nil ? 1 : 0, $0.name) < ($1.file == nil ? 1 : 0, $1.name) }
    }

    /// Keeps what the present fingerprints are of, for the day on which they have changed: for the build that owns the
    /// workspace.
    func record(_ plan: Plan, run: Int64) throws {
        let types = Set(plan.rules.filter { !$0.isCommand }.map(\.type))
        let byType = rules.codes.byType
        let used = Set(types.map { byType[$0] ?? rules.codes.whole })
        guard let database else { return }
        let unknown = try database.unknownCodes(used)
        guard !unknown.isEmpty else { return }
        try database.recordCode(try rules.atomsOrForgotten().filter { unknown.contains($0.key) }, run: run)
    }
}

/// The files of the rules, searched for who declares a name.
struct RulesSources {
    private var files: [(name: String, text: String)] = []

    init() {}

    init(_ workspace: Workspace, _ disk: any Disk) throws(DiskError) {
        let directory = Path(workspace.rulesPath)
        for name in try disk.names(in: directory) where name.bytes.suffix(6).elementsEqual(".swift".utf8) {
            let text = String(decoding: try disk.read(directory / name), as: UTF8.self)
            files.append((String(decoding: name.bytes, as: UTF8.self), text))
        }
    }

    /// - Returns: nil where none does, or more than one.
    func file(declaring name: SymbolName) -> String? {
        let keywords: [String] =
            switch name.kind {
            case .function: ["func \(name.base)"]
            case .variable: ["var \(name.base)", "let \(name.base)"]
            case .type: ["struct ", "enum ", "class ", "actor ", "protocol "].map { $0 + name.base }
            }
        let found = files.filter { file in keywords.contains { Self.declares(file.text, $0) } }
        return found.count == 1 ? found[0].name : nil
    }

    /// A declaration, and not the beginning of a longer name.
    private static func declares(_ text: String, _ declaration: String) -> Bool {
        text.ranges(of: declaration).contains { range in
            guard let next = text[range.upperBound...].first else { return true }
            return !next.isLetter && !next.isNumber && next != "_"
        }
    }
}
