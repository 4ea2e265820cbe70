/// An action, or a family of them, as the oracle's rules say it: plain values that know nothing of a plan.
struct Act: Hashable {
    struct Input: Hashable {
        enum How { case bytes, tree, listing }
        var property: String
        var path: String
        var how = How.bytes
    }

    /// What the lines of an artifact are to it: `*` in its paths stands for one of them.
    enum Spread: Hashable {
        /// There is one such action for each.
        case each(of: String)
        /// Its inputs with `*` are one for each.
        case all(of: String)
    }

    var name: String
    var does: Craft
    var level = 0
    var inputs: [Input]
    var outputs: [String]
    var peeks: [String] = []
    /// By property: the least share of its inputs that must be there.
    var accepts: [String: Double] = [:]
    var spread: Spread?
    var terms = Terms()

    /// What belongs together: the set of paths that it publishes.
    var identity: [String] { outputs.sorted() }
    var axis: String? {
        switch spread {
        case .each(let path), .all(let path): path
        case nil: nil
        }
    }

    /// Its name without a cell.
    var family: String { String(name.prefix { $0 != "[" }) }

    /// What of it determines what it gives, its inputs aside.
    struct Said: Hashable {
        var name: String
        var does: Craft
        var level: Int
        var outputs: [String]
        var peeks: [String]
    }
    var said: Said { Said(name: name, does: does, level: level, outputs: outputs, peeks: peeks) }

    /// Its inputs by property, in order.
    var properties: [(name: String, inputs: [Input])] {
        var names: [String] = []
        for input in inputs where !names.contains(input.property) { names.append(input.property) }
        return names.map { name in (name, inputs.filter { $0.property == name }) }
    }

    func job(code: Int, given: [(property: String, stuff: Craft.Stuff?)]) -> Craft.Job {
        Craft.Job(name: name, does: does, level: level, code: code, given: given, outputs: outputs, peeks: peeks)
    }

    /// The actions that it stands for, where the lines of its axis are these.
    func cells(_ lines: [String]) -> [Act] {
        func put(_ line: String, _ text: String) -> String {
            text.split(separator: "*", omittingEmptySubsequences: false).joined(separator: line)
        }
        switch spread {
        case nil: return [self]
        case .all:
            var act = self
            act.inputs = inputs.flatMap { input in
                guard input.path.contains("*") else { return [input] }
                return lines.map { Input(property: input.property, path: put($0, input.path), how: input.how) }
            }
            return [act]
        case .each:
            return lines.map { line in
                var act = self
                act.name = "\(name)[axis=\(line)]"
                act.inputs = inputs.map { Input(property: $0.property, path: put(line, $0.path), how: $0.how) }
                act.outputs = outputs.map { put(line, $0) }
                return act
            }
        }
    }
}

/// What a rule says of age and existence. All times are plain numbers.
struct Terms: Hashable {
    enum Existence: Hashable {
        case keepExisting(adopts: Bool)
        case always
        case refresh(every: Int)
        /// At every instant that leaves this remainder when divided by `Terms.day`.
        case daily(at: Int)
    }

    struct Settle: Hashable {
        var age: Int
        /// The property whose bytes name instants; nil: the times of all input files.
        var property: String?
        var latestAfter: Int?
        var firstBuildWaits = false
        var holdsEverything = false
    }

    struct Interval: Hashable {
        var length: Int
        var holdsEverything = false
    }

    static let day = 24
    var existence: Existence?
    var settle: Settle?
    var interval: Interval?
    var keepsEdited = false
    /// How old may be what readers get where it fails.
    var useExisting: UseExisting?
    var isIntermediate = false
    var isStored = true

    struct UseExisting: Hashable { var maxAge: Int? }
}

/// All that the rules say.
struct Rulebook: Hashable {
    /// Makers before those that read.
    var acts: [Act] = []
    /// Sources that may be absent.
    var perhaps: Set<String> = []
    var code = 1
    /// A library that all of them map.
    var library = 1

    /// What makes a path, a tree that it lies in, or a family that it may be of.
    func maker(of path: String) -> Act? {
        acts.first { act in
            act.outputs.contains { output in
                let stem = String(output.prefix { $0 != "*" })
                return path == output || path.hasPrefix(stem == output ? output + "/" : stem)
            }
        }
    }

    func isMade(_ path: String) -> Bool { maker(of: path) != nil }

    /// What is asked for by name, and what the rules read while planning.
    func targets(_ named: Set<String>) -> Set<String> {
        if named.isEmpty { return Set(acts.map(\.name)) }
        return named.union(acts.compactMap { $0.axis.flatMap { maker(of: $0)?.name } })
    }

    /// Whatever depends on the lines of these.
    func readers(ofAxes axes: Set<String>) -> Set<String> {
        var found: Set<String> = []
        for act in acts {
            let makers = act.inputs.compactMap { maker(of: $0.path)?.name }
            let isOver = act.axis.map { axes.contains($0) } ?? false
            if isOver || !found.isDisjoint(with: makers) { found.insert(act.name) }
        }
        return found
    }
}

/// What a command asks for, and when.
struct Order {
    var now = 0
    /// Names of acts, families as a whole; empty: every one.
    var targets: Set<String> = []
    var forced: Set<String> = []
    var skipped: Set<String> = []
    var keepsEdited = false
}
