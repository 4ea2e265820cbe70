/// The verdicts of a plan's actions, by number.
///
/// Nearly all of them are `current` or none, and those take four bytes and no counting of references: an assessment is
/// copied when a run begins to change it.
package struct VerdictList: RandomAccessCollection, Sendable {
    /// By action: one of the places below, or where it stands in `others`.
    private var places: [UInt32]
    private var others: [Verdict] = []

    private static let none: UInt32 = 0
    private static let current: UInt32 = 1
    private static let undecided: UInt32 = 2
    private static let firstOther: UInt32 = 3

    init(count: Int) { places = Array(repeating: Self.none, count: count) }

    package var startIndex: Int { 0 }
    package var endIndex: Int { places.count }

    package subscript(action: Int) -> Verdict? {
        get {
            switch places[action] {
            case Self.none: nil
            case Self.current: .current
            case Self.undecided: .undecided([])
            case let place: others[Int(place - Self.firstOther)]
            }
        }
        set {
            switch newValue {
            case nil: places[action] = Self.none
            case .current: places[action] = Self.current
            case .undecided(let certain) where certain.isEmpty: places[action] = Self.undecided
            case let verdict?:
                if places[action] >= Self.firstOther {
                    others[Int(places[action] - Self.firstOther)] = verdict
                } else {
                    places[action] = Self.firstOther + UInt32(others.count)
                    others.append(verdict)
                }
            }
        }
    }

    package func isCurrent(_ action: ActionID) -> Bool { places[action.index] == Self.current }
}

extension VerdictList: Equatable {
    package static func == (left: VerdictList, right: VerdictList) -> Bool { left.elementsEqual(right) }
}
