import Artifact

/// Goes through the recipes of a plan where they lie, and tells which commands name the same as the one before.
struct CommandNamesReading {
    private let plan: Plan
    /// By rule.
    private let isCommand: [Bool]
    /// The numbers that field names have in the plan: of the arguments, and of what else names something. Above them all
    /// where no recipe has such a field.
    private let arguments: UInt64
    private let others: [UInt64]
    /// What the last command has named: its program, and the other fields as they are packed.
    private var last: [[UInt8]]?
    /// Of the command that is read: where the same lies in `bytes`; nothing where there is none.
    private var named: [Range<Int>]
    /// Recipes that were copied together, from this place in the plan on.
    private var bytes: [UInt8] = []
    private var bytesAt = 0

    /// Bytes copied together: enough that it costs nothing, little enough for the processor's cache.
    private static let pieceBytes = 1 << 17

    init(_ plan: Plan) {
        self.plan = plan
        isCommand = plan.rules.map(\.isCommand)
        func number(of name: String) -> UInt64 {
            (0 ..< UInt64(plan.textCount)).first { plan.text(UInt32($0)).elementsEqual(name.utf8) } ?? .max
        }
        arguments = number(of: "arguments")
        others = ["environment", "secrets", "probes"].map(number)
        named = [Range<Int>](repeating: 0 ..< 0, count: 1 + others.count)
    }

    func isCommand(_ action: ActionID) -> Bool { isCommand[plan.ruleID(of: action).index] }

    /// Whether a command names the same programs, variables, secrets and probes as the one that was asked about before.
    ///
    /// - Returns: false also for a recipe that cannot be read.
    mutating func repeatsNames(_ action: ActionID) -> Bool {
        do throws(UnpackError) { try read(action) } catch {
            last = nil
            return false
        }
        if let last, zip(last, named).allSatisfy({ bytes[$1].elementsEqual($0) }) { return true }
        last = named.map { Array(bytes[$0]) }
        return false
    }

    private mutating func read(_ action: ActionID) throws(UnpackError) {
        let recipe = plan.recipeRange(of: action)
        if recipe.upperBound > bytesAt + bytes.count || recipe.lowerBound < bytesAt {
            let end = min(plan.recipeBytes.upperBound, max(recipe.upperBound, recipe.lowerBound + Self.pieceBytes))
            (bytes, bytesAt) = (plan.blob.bytes(recipe.lowerBound ..< end), recipe.lowerBound)
        }
        var cursor = PackedCursor(bytes, at: recipe.lowerBound - bytesAt)
        for index in named.indices { named[index] = 0 ..< 0 }
        guard try cursor.byte() == RecipeTag.object.rawValue else { return }
        for _ in 0 ..< (try cursor.count()) {
            let name = try cursor.number()
            guard name < UInt64(plan.textCount) else { throw .malformed }
            let start = cursor.position
            if name == arguments { named[0] = try Self.firstValue(cursor) }
            try cursor.skipValue()
            for index in others.indices where name == others[index] { named[1 + index] = start ..< cursor.position }
        }
    }

    /// Where the first value of a list lies.
    private static func firstValue(_ cursor: PackedCursor) throws(UnpackError) -> Range<Int> {
        var cursor = cursor
        guard try cursor.byte() == RecipeTag.list.rawValue, try cursor.count() > 0 else { return 0 ..< 0 }
        let start = cursor.position
        try cursor.skipValue()
        return start ..< cursor.position
    }
}
