import Artifact

/// What is known of a plan's artifacts in a run, by number.
///
/// Of nearly all of them it is what is remembered, which is then not said again: that takes four bytes and no counting
/// of references.
package struct StateList: RandomAccessCollection, Sendable {
    package typealias Element = Assessment.State

    private let seen: Column<Content?>
    private let published: Column<Content?>
    /// By artifact: one of the places below, or where it stands in `others`.
    private var places: [UInt32]
    private var others: [Assessment.State] = []

    private static let unasked: UInt32 = 0
    private static let pending: UInt32 = 1
    private static let asSeen: UInt32 = 2
    private static let asPublished: UInt32 = 3
    private static let expectedAsPublished: UInt32 = 4
    private static let absent: UInt32 = 5
    private static let firstOther: UInt32 = 6

    init(_ snapshot: Snapshot) {
        (seen, published) = (snapshot.seen, snapshot.published)
        places = Array(repeating: Self.unasked, count: snapshot.seen.count)
    }

    package var startIndex: Int { 0 }
    package var endIndex: Int { places.count }

    package subscript(artifact: Int) -> Assessment.State {
        get {
            switch places[artifact] {
            case Self.unasked: .unasked
            case Self.pending: .pending(expected: nil)
            case Self.asSeen: Self.content(seen[artifact])
            case Self.asPublished: Self.content(published[artifact])
            case Self.expectedAsPublished: .pending(expected: published[artifact].map { .content($0) })
            case Self.absent: .absent
            case let place: others[Int(place - Self.firstOther)]
            }
        }
        set {
            switch newValue {
            case .unasked: places[artifact] = Self.unasked
            case .pending(expected: nil): places[artifact] = Self.pending
            case .absent: places[artifact] = Self.absent
            case .content(let content) where content == published[artifact]: places[artifact] = Self.asPublished
            case .content(let content) where content == seen[artifact]: places[artifact] = Self.asSeen
            case .pending(expected: .content(let content)?) where content == published[artifact]:
                places[artifact] = Self.expectedAsPublished
            case .content, .pending, .unavailable: setOther(newValue, of: artifact)
            }
        }
    }

    private mutating func setOther(_ state: Assessment.State, of artifact: Int) {
        if places[artifact] >= Self.firstOther {
            others[Int(places[artifact] - Self.firstOther)] = state
        } else {
            places[artifact] = Self.firstOther + UInt32(others.count)
            others.append(state)
        }
    }

    /// What a place stands for whose content was there when it was noted.
    private static func content(_ content: Content?) -> Assessment.State { content.map { .content($0) } ?? .unasked }
}

// MARK: - Without a value for each

extension StateList {
    mutating func notePending(_ artifact: ArtifactID) { places[artifact.index] = Self.pending }

    /// What was seen there last lies there still.
    ///
    /// - Precondition: something was.
    mutating func noteAsSeen(_ artifact: ArtifactID) { places[artifact.index] = Self.asSeen }

    /// It is what its maker has published.
    ///
    /// - Returns: false where that is nothing; then it is as it was.
    mutating func noteAsPublished(_ artifact: ArtifactID) -> Bool {
        guard published[artifact.index] != nil else { return false }
        places[artifact.index] = Self.asPublished
        return true
    }

    package func isAbsent(_ artifact: ArtifactID) -> Bool { places[artifact.index] == Self.absent }

    func isPending(_ artifact: ArtifactID) -> Bool {
        switch places[artifact.index] {
        case Self.pending, Self.expectedAsPublished: true
        case ..<Self.firstOther: false
        case let place: others[Int(place - Self.firstOther)].isPending
        }
    }

    /// Whether nobody can say yet what it will be.
    func isUnknown(_ artifact: ArtifactID) -> Bool { places[artifact.index] == Self.pending }

    /// Whether an artifact's content, or what is expected of it, is known to be what is remembered of it: of one that is
    /// made what was published, of another what was seen. False also where it was not noted so.
    func isNotedAsRemembered(_ artifact: ArtifactID, isMade: Bool) -> Bool {
        let place = places[artifact.index]
        return isMade ? place == Self.asPublished || place == Self.expectedAsPublished : place == Self.asSeen
    }

    /// Whether it has content, or is a source that may be absent and is.
    func isHad(_ artifact: ArtifactID) -> Bool {
        switch places[artifact.index] {
        case Self.asSeen, Self.asPublished, Self.absent: return true
        case ..<Self.firstOther: return false
        case let place: if case .content = others[Int(place - Self.firstOther)] { return true } else { return false }
        }
    }

    /// Whether there is nothing to be had of it, now or as expected.
    func isLost(_ artifact: ArtifactID) -> Bool {
        let place = places[artifact.index]
        guard place >= Self.firstOther else { return false }
        return switch others[Int(place - Self.firstOther)] {
        case .unavailable, .pending(expected: .unavailable?): true
        case .unasked, .pending, .content, .absent: false
        }
    }
}

extension StateList: Equatable {
    package static func == (left: StateList, right: StateList) -> Bool { left.elementsEqual(right) }
}
