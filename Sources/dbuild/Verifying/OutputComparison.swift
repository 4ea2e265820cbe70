import Artifact
import Planning

/// How what came of building an action again compares with what is recorded of it.
struct OutputComparison: Sendable, Hashable {
    /// The better before the worse.
    enum Sameness: Int, Sendable, Comparable {
        case bits
        /// The same values in other bytes.
        case table
        /// Numbers that differ by no more than the rule says may be.
        case tolerated
        case different

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    /// An output, or a file in a tree, that is not equal in every bit.
    struct Difference: Sendable, Hashable {
        let path: Path
        let sameness: Sameness
        let detail: Detail

        init(path: Path, sameness: Sameness, detail: Detail) {
            (self.path, self.sameness, self.detail) = (path, sameness, detail)
        }

        /// Of tables whose bytes differ.
        init(path: Path, _ table: TableComparison) {
            let sameness: Sameness = !table.isEqual ? .different : table.tolerated == nil ? .table : .tolerated
            self.init(path: path, sameness: sameness, detail: .table(table))
        }
    }

    enum Detail: Sendable, Hashable {
        case table(TableComparison)
        /// Of files that are no tables, or that lie nowhere any more.
        case bytes(old: UInt64, new: UInt64)
        /// In a tree.
        case onlyOld, onlyNew
    }

    /// In the order of paths.
    let differences: [Difference]

    var sameness: Sameness { differences.map(\.sameness).max() ?? .bits }

    /// - Parameters:
    ///   - recorded: of the action's trace.
    ///   - rebuilt: where the action has left them now.
    ///   - root: of the workspace.
    ///   - isThere: whether this content lies at a path.
    init(
        _ recorded: [Trace.Output], _ rebuilt: Collected, _ tolerance: Running.Tolerance?, root: String,
        isThere: (Path, Content) -> Bool
    ) {
        var found: [Difference] = []
        let new = Dictionary(rebuilt.outputs.map { ($0.path, $0) }) { first, _ in first }
        func compare(_ path: Path, _ old: Content, _ content: Content, staged: Path) {
            if old == content { return }
            func absolute(_ path: Path) -> String { root + "/" + String(decoding: path.bytes, as: UTF8.self) }
            let bytes = Detail.bytes(old: old.fingerprint.sizeBytes, new: content.fingerprint.sizeBytes)
            guard old.kind == content.kind, content.kind != .tree, isThere(path, old),
                let table = TableComparison(
                    old: absolute(path), new: absolute(staged), name: String(decoding: path.leaf, as: UTF8.self),
                    tolerance: tolerance)
            else { return found.append(Difference(path: path, sameness: .different, detail: bytes)) }
            found.append(Difference(path: path, table))
        }
        for old in recorded {
            guard let output = new[old.path], output.census.content != old.content else { continue }
            guard old.content.kind == .tree else {
                compare(old.path, old.content, output.census.content, staged: output.staged)
                continue
            }
            let before = Dictionary(old.members.map { ($0.path, $0.content) }) { first, _ in first }
            let after = Dictionary(output.census.members.map { ($0.path, $0.content) }) { first, _ in first }
            for name in Set(before.keys).union(after.keys).sorted() {
                let path = old.path / name
                guard let was = before[name] else {
                    found.append(Difference(path: path, sameness: .different, detail: .onlyNew))
                    continue
                }
                guard let now = after[name] else {
                    found.append(Difference(path: path, sameness: .different, detail: .onlyOld))
                    continue
                }
                compare(path, was, now, staged: output.staged / name)
            }
        }
        differences = found.sorted { $0.path < $1.path }
    }
}
