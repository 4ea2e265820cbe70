/// A rule or an action, of which more can be said.
public protocol Adjustable<R> {
    associatedtype R: Recipe
    var adjusted: Adjusted<R> { get }
}

/// The actions that an adjustment concerns.
public struct Adjusted<R: Recipe> {
    let build: Build
    let rule: Int
    /// The first of their recipes for which the condition holds.
    let first: (_ condition: (R) -> Bool) -> R?
}

/// How much of what an action gathers it can do without.
public enum Acceptance: Hashable, Sendable {
    /// Goes ahead with whatever is there.
    case optional
    /// Goes ahead if at least this share, from 0 to 1, is there.
    case atLeast(Double)

    var share: Double {
        switch self {
        case .optional: 0
        case .atLeast(let share): share
        }
    }
}

extension Adjustable {
    /// Runs although some artifacts of an input that gathers many could not be made. The recipe does not see those,
    /// and finds what it lost in `step.missing`.
    @discardableResult
    public func accepts<G: Gathering>(
        _ acceptance: Acceptance, of input: WritableKeyPath<R, G>, file: String = #fileID, line: Int = #line
    ) -> Self {
        let place = Place(file: file, line: line)
        let adjusted = adjusted
        guard (0 ... 1).contains(acceptance.share) else {
            adjusted.build.fail(.shareOutOfRange(acceptance.share), at: place)
        }
        // Where nothing is gathered nothing can be missing.
        guard let recipe = adjusted.first({ !$0[keyPath: input].isEmpty }) else { return self }
        guard case .input(let property) = PointedProperty(input, in: recipe) else {
            adjusted.build.fail(.notAnInput(type: "\(R.self)"), at: place)
        }
        adjusted.build.amend(adjusted.rule, .accepts) { wire in
            wire.text("accepts", property)
            wire.double(acceptance.share)
        }
        return self
    }
}
