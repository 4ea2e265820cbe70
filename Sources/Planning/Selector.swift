package import Artifact

/// What a person named on the command line.
package enum TargetError: Error, Hashable, Sendable {
    /// With the nearest names there are, and what each is.
    case unknown(String, nearest: [(name: String, kind: String)])
    case noSuchAxis(String, rule: String, axes: [String])
    case noCell(String)
    case malformed(String)

    package static func == (left: TargetError, right: TargetError) -> Bool { "\(left)" == "\(right)" }
    package func hash(into hasher: inout Hasher) { hasher.combine("\(self)") }
}

/// What targets stand for.
package struct Selection: Sendable {
    package var actions: [ActionID] = []
    package var sources: [ArtifactID] = []
    /// Rules named whose cells nobody can list yet.
    package var unlisted: [(RuleID, Path)] = []

    package init() {}

    /// What was named, and what the rules read while planning: what that says decides which actions there are.
    ///
    /// - Parameter skipped: actions whose outputs are taken as they are.
    package func request(_ plan: Plan, skipped: Set<ActionID> = []) -> Request {
        let read = plan.questions.compactMap { plan.artifact(at: $0.path) }
        let makers = read.compactMap { plan.maker(of: $0) }
        let known = makers.isEmpty ? [] : Set(actions)
        return Request(
            plan, actions: actions + makers.filter { !known.contains($0) },
            sources: sources + read.filter { plan.isSource($0) && !sources.contains($0) }, unlisted: unlisted,
            skipped: skipped)
    }
}

extension Plan {
    /// Looks targets up, each as group, rule, path (in this order), or as a glob or `rule[axis=value,…]`.
    ///
    /// - Parameter targets: none: the rules' defaults, else every artifact that nobody reads.
    package func select(_ targets: [String]) throws(TargetError) -> Selection {
        var selection = Selection()
        var seen: Set<ActionID> = []
        for target in targets {
            for action in try select(target, &selection) where seen.insert(action).inserted {
                selection.actions.append(action)
            }
        }
        if targets.isEmpty {
            if let defaults {
                for action in members(of: defaults, &selection) where seen.insert(action).inserted {
                    selection.actions.append(action)
                }
            } else {
                selection.actions = actions.filter { !isRead($0) }
                selection.unlisted = unlistedRules()
            }
        }
        var seenSources: Set<ArtifactID> = []
        selection.sources.removeAll { !seenSources.insert($0).inserted }
        return selection
    }

    /// One artifact, by who makes it.
    package func select(_ artifact: ArtifactID) -> Selection {
        var selection = Selection()
        if let maker = maker(of: artifact) { selection.actions = [maker] } else { selection.sources = [artifact] }
        return selection
    }

    /// The artifact of this path, as its bytes are or as messages show them.
    package func artifact(written text: String) -> ArtifactID? {
        artifact(at: Path(text)) ?? artifact(at: Path(unprintable(text)))
    }

    /// Whether anything reads what an action makes.
    private func isRead(_ action: ActionID) -> Bool {
        for output in outputs(of: action) { for _ in consumers(of: output.artifact) { return true } }
        for member in members(of: action) { for _ in consumers(of: member) { return true } }
        return false
    }

    private func unlistedRules() -> [(RuleID, Path)] {
        rules.indices.compactMap { index in rules[index].awaits.map { (RuleID(index), $0) } }
    }

    private func select(_ target: String, _ selection: inout Selection) throws(TargetError) -> [ActionID] {
        let bytes = Array(target.utf8)
        let isPath = target.hasPrefix("./")
        if !isPath, let group = groups.first(where: { $0.name == bytes }) { return members(of: group, &selection) }
        if !isPath, let rule = rules.firstIndex(where: { $0.name == bytes }) {
            return actions(of: RuleID(rule), &selection)
        }
        let written = isPath ? String(target.dropFirst(2)) : target
        let path = Path(written)
        if let artifact = artifact(written: written) {
            if let maker = maker(of: artifact) { return [maker] }
            selection.sources.append(artifact)
            return []
        }
        if !isPath, let cell = try cells(target, &selection) { return cell }
        if target.contains(where: { "*?[".contains($0) }) {
            let glob = Glob(path.bytes)
            let found = artifacts.filter { glob.matches(self.path(of: $0).bytes) }
            let made = found.compactMap { maker(of: $0) }
            let sources = found.filter { maker(of: $0) == nil && isSource($0) }
            if !made.isEmpty || !sources.isEmpty {
                selection.sources += sources
                return made
            }
        }
        throw .unknown(target, nearest: nearest(to: target))
    }

    private func members(of group: Group, _ selection: inout Selection) -> [ActionID] {
        var found: [ActionID] = []
        for member in group.members {
            switch member {
            case .rule(let rule): found += actions(of: rule, &selection)
            case .artifact(let path):
                guard let artifact = artifact(at: path) else { continue }
                if let maker = maker(of: artifact) { found.append(maker) } else { selection.sources.append(artifact) }
            }
        }
        return found
    }

    private func actions(of rule: RuleID, _ selection: inout Selection) -> [ActionID] {
        if let awaited = rules[rule.index].awaits { selection.unlisted.append((rule, awaited)) }
        return actions.filter { ruleID(of: $0) == rule }
    }

    /// `rule[axis=value,axis=glob]`; nil if it does not have that form.
    private func cells(_ target: String, _ selection: inout Selection) throws(TargetError) -> [ActionID]? {
        guard target.hasSuffix("]"), let bracket = target.firstIndex(of: "["),
            let index = rules.firstIndex(where: { $0.name == Array(target[..<bracket].utf8) })
        else { return nil }
        let rule = RuleID(index)
        // An action's own name, whatever its values look like; by bytes, since two names can be equal Strings.
        if let named = actions.first(where: {
            ruleID(of: $0) == rule && name(of: $0).utf8.elementsEqual(target.utf8)
        }) {
            return [named]
        }
        var wanted: [(position: Int, glob: Glob)] = []
        let inside = target[target.index(after: bracket)...].dropLast()
        for part in inside.split(separator: ",") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard sides.count == 2 else { throw .malformed(target) }
            let names = rules[index].axes.map { axes[$0].name }
            guard let position = names.firstIndex(of: Array(sides[0].utf8)) else {
                throw .noSuchAxis(
                    String(sides[0]), rule: printable(rules[index].name), axes: names.map { printable($0) })
            }
            wanted.append((position, Glob(Array(sides[1].utf8))))
        }
        let found = actions(of: rule, &selection).filter { action in
            let cell = cell(of: action)
            return wanted.allSatisfy { $0.glob.matches(cell[$0.position].value) }
        }
        if found.isEmpty, rules[index].awaits == nil { throw .noCell(target) }
        return found
    }

    private func nearest(to target: String) -> [(name: String, kind: String)] {
        let names =
            groups.map { (name: printable($0.name), kind: "group") }
            + rules.map { (name: printable($0.name), kind: "rule") }
            + artifacts.prefix(10_000).map { (name: printable(path(of: $0).bytes), kind: "path") }
        let limit = max(2, target.utf8.count / 3)
        var near: [(distance: Int, name: String, kind: String)] = []
        for entry in names {
            let distance = editDistance(Array(entry.name.utf8), Array(target.utf8))
            if distance <= limit { near.append((distance, entry.name, entry.kind)) }
        }
        near.sort { ($0.distance, $0.name) < ($1.distance, $1.name) }
        return near.prefix(3).map { (name: $0.name, kind: $0.kind) }
    }
}

/// How many bytes must be put in, taken out or replaced to make one name of another (Levenshtein).
package func editDistance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0 ... right.count)
    for (index, byte) in left.enumerated() {
        var diagonal = row[0]
        row[0] = index + 1
        for column in right.indices {
            let replaced = diagonal + (right[column] == byte ? 0 : 1)
            diagonal = row[column + 1]
            row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
        }
    }
    return row[right.count]
}

/// A pattern over bytes: `*` stands for any run without a slash, `**` for any run, `?` for one byte but a slash,
/// `[abc]` for one of those.
package struct Glob: Sendable {
    private enum Piece: Sendable {
        case byte(UInt8)
        case any, run, deepRun
        case set(Set<UInt8>)

        var isRun: Bool {
            switch self {
            case .run, .deepRun: true
            default: false
            }
        }
    }

    private var pieces: [Piece] = []

    package init(_ pattern: [UInt8]) {
        var index = 0
        while index < pattern.count {
            switch pattern[index] {
            case UInt8(ascii: "*"):
                let isDeep = index + 1 < pattern.count && pattern[index + 1] == UInt8(ascii: "*")
                pieces.append(isDeep ? .deepRun : .run)
                index += isDeep ? 2 : 1
            case UInt8(ascii: "?"):
                pieces.append(.any)
                index += 1
            case UInt8(ascii: "["):
                if let end = pattern[index...].firstIndex(of: UInt8(ascii: "]")), end > index + 1 {
                    pieces.append(.set(Set(pattern[(index + 1) ..< end])))
                    index = end + 1
                } else {
                    pieces.append(.byte(pattern[index]))
                    index += 1
                }
            default:
                pieces.append(.byte(pattern[index]))
                index += 1
            }
        }
    }

    package func matches(_ bytes: [UInt8]) -> Bool {
        // The places in the pattern that the bytes read so far may have reached.
        var places: Set<Int> = [0]
        func skipRuns() {
            for place in places.sorted() {
                var next = place
                while next < pieces.count, pieces[next].isRun {
                    next += 1
                    places.insert(next)
                }
            }
        }
        skipRuns()
        for byte in bytes {
            var reached: Set<Int> = []
            for place in places where place < pieces.count {
                switch pieces[place] {
                case .byte(let wanted): if wanted == byte { reached.insert(place + 1) }
                case .any: if byte != UInt8(ascii: "/") { reached.insert(place + 1) }
                case .set(let set): if set.contains(byte) { reached.insert(place + 1) }
                case .run: if byte != UInt8(ascii: "/") { reached.insert(place) }
                case .deepRun: reached.insert(place)
                }
            }
            places = reached
            skipRuns()
            if places.isEmpty { return false }
        }
        return places.contains(pieces.count)
    }
}
