import Artifact
import Planning
import Synchronization
import Tables

/// The newest observations in the inputs of actions, each read once per content and remembered with it.
final class Observations: Sendable {
    private let root: String
    private let disk: any Disk
    private let survey: Survey
    private let database: StateDatabase?
    /// Whether this is a build, which may write what it learns.
    private let records: Bool
    private let known = Mutex<[Column: NewestInstant]>([:])

    private struct Column: Hashable, Sendable {
        let content: Content
        let name: [UInt8]
    }

    /// - Parameter root: of the workspace, absolute.
    init(root: String, disk: any Disk, survey: Survey, database: StateDatabase?, records: Bool) {
        (self.root, self.disk, self.survey, self.database, self.records) = (root, disk, survey, database, records)
    }

    /// The newest observation in inputs with these contents.
    ///
    /// - Parameter column: nil: by the times of the files.
    func newest(_ column: Policy.ObservedColumn?, in inputs: [(path: Path, content: Content)]) -> Observation {
        guard let column else { return newestFileTime(of: inputs.map(\.path)) }
        var newest: Int64?
        // Beside the tables a command has scripts among its inputs.
        for input in inputs where TableKind(input.path) != nil {
            do {
                switch try read(column.column, of: input.path, input.content) {
                case .nothing: continue
                case .at(let instant): newest = max(newest ?? instant, instant)
                case .withoutZone: return .flawed(path: input.path, column: column.column, .noZone)
                case .noInstants: return .flawed(path: input.path, column: column.column, .noInstants)
                }
            } catch {
                if isAway(input.path) { return .away }
                return .flawed(path: input.path, column: column.column, flaw(error))
            }
        }
        return newest.map { .newest($0) } ?? .nothing
    }

    private func isAway(_ path: Path) -> Bool {
        do throws(DiskError) { return try disk.stamp(path, followsLink: true) == nil } catch { return false }
    }

    private func flaw(_ error: any Error) -> Observation.Flaw {
        guard let error = error as? TableError else { return .unreadable(error.inWords) }
        if case .noColumn = error.problem { return .noColumn }
        return .unreadable("\(error)")
    }

    private func read(_ name: [UInt8], of path: Path, _ content: Content) throws -> NewestInstant {
        let column = Column(content: content, name: name)
        if let known = known.withLock({ $0[column] }) { return known }
        let field = Self.field(name)
        if let answer = try database?.answer(path, field), answer.content == content,
            let remembered = NewestInstant(answer: answer.values)
        {
            known.withLock { $0[column] = remembered }
            return remembered
        }
        let before = try disk.stamp(path, followsLink: true)
        let file = root + "/" + String(decoding: path.bytes, as: UTF8.self)
        let newest = try NewestInstant(ofColumn: String(decoding: name, as: UTF8.self), in: file)
        // Of a file that moved meanwhile nobody knows which content was read.
        guard let before, try disk.stamp(path, followsLink: true) == before, survey.holds(path, before, content) else {
            return newest
        }
        known.withLock { $0[column] = newest }
        if records { try database?.recordAnswer(path, field, of: content, newest.answer) }
        return newest
    }

    /// By when files were written; of a directory its newest member.
    private func newestFileTime(of paths: [Path]) -> Observation {
        var newest: Int64?
        for path in paths {
            let times: [Int64]
            if let census = survey.census(path), census.content.kind == .tree {
                times = census.members.filter { $0.content != .directory }.map(\.stamp.modifiedNanoseconds)
            } else {
                times = survey.file(path).map { [$0.stamp.modifiedNanoseconds] } ?? []
            }
            newest = (times + (newest.map { [$0] } ?? [])).max()
        }
        return newest.map { .newest($0) } ?? .nothing
    }

    /// Under which name answers keep it: no column that rules read while planning is called so.
    private static func field(_ column: [UInt8]) -> [UInt8] { Array("newest\0".utf8) + column }
}

extension NewestInstant {
    /// As the database keeps it.
    fileprivate var answer: [[UInt8]] {
        switch self {
        case .nothing: [Array("nothing".utf8)]
        case .at(let nanoseconds): [Array("at".utf8), Array("\(nanoseconds)".utf8)]
        case .withoutZone: [Array("withoutZone".utf8)]
        case .noInstants: [Array("noInstants".utf8)]
        }
    }

    fileprivate init?(answer: [[UInt8]]) {
        let texts = answer.map { String(decoding: $0, as: UTF8.self) }
        switch texts.first {
        case "nothing"?: self = .nothing
        case "at"? where texts.count == 2:
            guard let nanoseconds = Int64(texts[1]) else { return nil }
            self = .at(nanoseconds)
        case "withoutZone"?: self = .withoutZone
        case "noInstants"?: self = .noInstants
        default: return nil
        }
    }
}
