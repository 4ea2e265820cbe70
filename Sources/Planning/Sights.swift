import Artifact

/// What lies at artifacts' paths now: mostly what was seen there last, which is then not said again.
package struct Sights: Sendable {
    private enum Mark: UInt8 { case nothing, asSeen, other }

    private let seen: Column<Content?>
    /// By artifact, a `Mark`.
    private var marks: [UInt8]
    private var others: [Int: Assessment.Sight] = [:]

    /// - Parameter snapshot: what was seen last: the one by which is judged. Of artifacts that nobody asks for nothing lies there.
    package init(_ snapshot: Snapshot) {
        seen = snapshot.seen
        marks = Array(repeating: Mark.nothing.rawValue, count: snapshot.seen.count)
    }

    package init(_ sights: [Assessment.Sight], _ snapshot: Snapshot) {
        self.init(snapshot)
        for (index, sight) in sights.enumerated() { self[index] = sight }
    }

    /// What was seen there last lies there still.
    package mutating func noteAsSeen(_ artifact: Int) { marks[artifact] = Mark.asSeen.rawValue }

    package subscript(artifact: Int) -> Assessment.Sight {
        get {
            switch marks[artifact] {
            case Mark.nothing.rawValue: .nothing
            case Mark.asSeen.rawValue: seen[artifact].map { .content($0) } ?? .nothing
            default: others[artifact] ?? .nothing
            }
        }
        set {
            others[artifact] = nil
            switch newValue {
            case .nothing: marks[artifact] = Mark.nothing.rawValue
            case .content(let content) where content == seen[artifact]: marks[artifact] = Mark.asSeen.rawValue
            case .content, .unreadable:
                marks[artifact] = Mark.other.rawValue
                others[artifact] = newValue
            }
        }
    }

    /// Whether that lies there, and something does, which was seen there last.
    func isAsSeen(_ artifact: Int) -> Bool { marks[artifact] == Mark.asSeen.rawValue }

    /// Whether just this lies there.
    func holds(_ content: Content?, at artifact: Int) -> Bool {
        guard let content else { return false }
        return switch marks[artifact] {
        case Mark.asSeen.rawValue: seen[artifact] == content
        case Mark.nothing.rawValue: false
        default: others[artifact] == .content(content)
        }
    }
}
