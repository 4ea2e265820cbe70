import Artifact

/// What two keys say that a command is given.
///
/// In its arguments artifacts are numbers, so that an input which comes or goes gives those behind it others, and the
/// parameter differs though the rules say the same. Such a difference is no reason of its own: the inputs say it.
struct CommandChange {
    private let old: KeyedCommand
    private let new: KeyedCommand
    /// Paths that only one side reads.
    private let oddPaths: Set<Path>

    /// - Returns: nil unless both are keys of commands.
    init?(_ old: [KeyPart], _ new: [KeyPart]) {
        guard let old = KeyedCommand(old), let new = KeyedCommand(new) else { return nil }
        (self.old, self.new) = (old, new)
        oddPaths = Set(old.inputs.values).symmetricDifference(new.inputs.values)
    }

    /// What it gives otherwise, as far as its inputs do not say that.
    ///
    /// - Parameter isRewired: whether its inputs are others, or in another order.
    func reasons(isRewired: Bool) -> [Reason] {
        if areWordsOthers, !isRewired || !areWordsOfInputs {
            let (from, to) = CommandWord.differing(old.words, new.words)
            return [.arguments(from: from, to: to)]
        }
        // Where the worker stands elsewhere among the words, those say it.
        guard old.starts != new.starts, !isRewired || !areStartsOfInputs else { return [] }
        func value(_ paths: [Path]) -> RecipeValue { .list(paths.map { .string($0.bytes) }) }
        return [
            .parameter(
                name: CommandField.startInputs, from: value(old.startPaths), to: value(new.startPaths))
        ]
    }

    /// Whether inputs that came or went, or the words told, say all of what is given otherwise.
    var isSaidByInputs: Bool { areWordsOthers || areWordsOfInputs }

    private var areWordsOthers: Bool { old.words.map(\.withoutPath) != new.words.map(\.withoutPath) }

    /// Whether nothing but inputs is given otherwise, and where they are, one came or went. In another order they are
    /// something else to the program.
    private var areWordsOfInputs: Bool {
        var (before, after) = (old.words[...], new.words[...])
        while true {
            let (from, to) = (Self.takeInputs(&before), Self.takeInputs(&after))
            if from != to, !from.contains(where: oddPaths.contains), !to.contains(where: oddPaths.contains) {
                return false
            }
            let (was, isNow) = (before.popFirst(), after.popFirst())
            if was?.withoutPath != isNow?.withoutPath { return false }
            if was == nil { return true }
        }
    }

    /// The inputs that come next; what the action did without is none of them.
    private static func takeInputs(_ words: inout ArraySlice<CommandWord>) -> [Path] {
        var taken: [Path] = []
        while case .input(_, let path)? = words.first {
            if let path { taken.append(path) }
            words.removeFirst()
        }
        return taken
    }

    /// Whether a program that stays alive is started with the same inputs, but for those that came or went.
    private var areStartsOfInputs: Bool {
        Set(old.startPaths).subtracting(oddPaths) == Set(new.startPaths).subtracting(oddPaths)
    }
}

/// A command's stored properties, as keys name them.
enum CommandField {
    static let inputs = Array("inputs".utf8)
    static let outputs = Array("outputs".utf8)
    static let arguments = Array("arguments".utf8)
    static let startWords = Array("startWords".utf8)
    static let startInputs = Array("startInputs".utf8)

    /// Those in which inputs are counted, or have numbers.
    static func isCounting(_ name: [UInt8]) -> Bool { name == arguments || name == startWords || name == startInputs }
}

/// What a key says that a command is given.
private struct KeyedCommand {
    private(set) var words: [CommandWord] = []
    /// By place.
    private(set) var inputs: [Int: Path] = [:]
    /// The places of the inputs that a program which stays alive has from its start on.
    private(set) var starts: [Int] = []
    var startPaths: [Path] { starts.compactMap { inputs[$0] } }

    init?(_ parts: [KeyPart]) {
        // Only a command has a program; what it is called with is read once all is there that has a place.
        var isCommand = false
        var (arguments, startWords, startInputs): ([UInt8], [UInt8], [UInt8]) = ([], [], [])
        var outputs: [Int: Path] = [:]
        for part in parts {
            switch part.kind {
            case .tool: isCommand = true
            case .parameter where part.name == CommandField.arguments: arguments = part.value
            case .parameter where part.name == CommandField.startWords: startWords = part.value
            case .parameter where part.name == CommandField.startInputs: startInputs = part.value
            case .input:
                if let place = part.place(in: CommandField.inputs), let path = part.input?.path { inputs[place] = path }
            case .output: if let place = part.place(in: CommandField.outputs) { outputs[place] = Path(part.value) }
            default: continue
            }
        }
        guard isCommand, let words = try? Self.words(arguments, inputs, outputs) else { return nil }
        self.words = words
        if let count = try? Self.numbers(startWords).first, words.indices.contains(count) || count == words.count {
            self.words.insert(.worker, at: count)
        }
        starts = (try? Self.numbers(startInputs)) ?? []
    }

    private static func words(
        _ packed: [UInt8], _ inputs: [Int: Path], _ outputs: [Int: Path]
    ) throws(UnpackError) -> [CommandWord] {
        var cursor = PackedCursor(packed)
        guard try cursor.byte() == RecipeTag.list.rawValue else { throw .malformed }
        var words: [CommandWord] = []
        for _ in 0 ..< (try cursor.count()) {
            switch RecipeTag(rawValue: try cursor.byte()) {
            case .string?: words.append(.text(Array(packed[try cursor.string()])))
            case .int?:
                let number = try Self.number(&cursor)
                let place = number < 0 ? -1 - number : number
                words.append(number < 0 ? .output(place, outputs[place]) : .input(place, inputs[place]))
            default: throw .malformed
            }
        }
        return words
    }

    /// Of a number, or a list of them; none where the field is absent.
    private static func numbers(_ packed: [UInt8]) throws(UnpackError) -> [Int] {
        var cursor = PackedCursor(packed)
        switch RecipeTag(rawValue: try cursor.byte()) {
        case .int?: return [try number(&cursor)]
        case .list?:
            var numbers: [Int] = []
            for _ in 0 ..< (try cursor.count()) {
                guard try cursor.byte() == RecipeTag.int.rawValue else { throw .malformed }
                numbers.append(try number(&cursor))
            }
            return numbers
        default: return []
        }
    }

    private static func number(_ cursor: inout PackedCursor) throws(UnpackError) -> Int {
        let raw = try cursor.number()
        return Int(Int64(bitPattern: raw >> 1) ^ -Int64(bitPattern: raw & 1))
    }
}

extension KeyPart {
    /// Where in a property the input or output stands; nil if it is another's.
    fileprivate func place(in property: [UInt8]) -> Int? {
        var unpacker = Unpacker(name)
        guard (try? unpacker.string()) == property, let index = try? unpacker.number() else { return nil }
        return Int(exactly: index)
    }
}
