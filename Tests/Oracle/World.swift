import TestSupport

/// Rules, files and a clock that come from a seed, and edits of all of them.
struct World {
    /// What may be in it.
    struct Traits: Sendable {
        var acts = 5 ... 20
        var hasPolicies = true
        var hasFailures = true
        var hasAxes = true
        var hasPeeks = true
        var hasLosses = true
        /// Whether whole directories are inputs, sources may be absent, and columns say when something was observed.
        var hasEverything = true
    }

    var book = Rulebook()
    var files: [String: [UInt8]] = [:]
    var now = 100
    let traits: Traits

    static let sources = ["a.csv", "b.csv", "c.csv", "d.csv", "in/e.csv", "in/f.csv"]
    static let perhaps = ["late/g", "late/h"]
    static let directory = "dir"
    static let members = ["m0", "m1", "sub/m2", "sub/m3"]
    static let peeks = ["peek/p", "peek/p+", "peek/q", "peek/q+", "peek/q++"]

    init(_ random: inout SplitMix, _ traits: Traits = Traits()) {
        self.traits = traits
        book.perhaps = Set(Self.perhaps)
        for source in Self.sources { files[source] = lines(&random) }
        for name in Self.members where random.chance(oneIn: 2) { files[Self.directory + "/" + name] = lines(&random) }
        files[Self.directory + "/always"] = Array("1".utf8)
        for peek in Self.peeks where random.chance(oneIn: 2) { files[peek] = peeked(&random) }
        var made = Made()
        for index in 0 ..< traits.acts.lowerBound + random.below(traits.acts.count) {
            if traits.hasAxes, random.chance(oneIn: 6) {
                addFamily(index, &made, &random)
            } else {
                book.acts.append(act(index, &made, &random))
            }
        }
    }

    init(_ book: Rulebook) {
        traits = Traits()
        self.book = book
    }

    /// What others may read.
    struct Made {
        var files: [String] = []
        var trees: [String] = []
        /// Files whose lines an axis may read.
        var lists: [String] = []
    }

    private func act(_ index: Int, _ made: inout Made, _ random: inout SplitMix) -> Act {
        let does: Craft = [.mix, .mix, .mix, .parity, .split, .names][random.below(6)]
        let isSplit = does == .split
        var act = Act(
            name: "act-\(index)", does: does, inputs: [],
            outputs: isSplit ? ["out/tree-\(index)"] : (0 ... random.below(2)).map { "out/\(index)-\($0).csv" })
        for place in 0 ..< 1 + random.below(3) {
            var input = self.input(made, isText: isSplit || does == .names, &random)
            input.property = "fixed-\(place)"
            act.inputs.append(input)
        }
        if !made.files.isEmpty, random.chance(oneIn: 3) {
            let paths = Set((0 ..< 1 + random.below(5)).map { _ in made.files[random.below(made.files.count)] })
            act.inputs += paths.sorted().map { Act.Input(property: "gathered", path: $0) }
            if traits.hasLosses, random.chance(oneIn: 2) { act.accepts["gathered"] = [0, 0.5][random.below(2)] }
        }
        if traits.hasPeeks, random.chance(oneIn: 5) { act.peeks = [["peek/p", "peek/q"][random.below(2)]] }
        if traits.hasPolicies { act.terms = terms(act, &random) }
        if isSplit {
            made.trees += act.outputs
            made.files += Self.members.prefix(1 + random.below(4)).map { act.outputs[0] + "/" + $0 }
        } else {
            made.files += act.outputs
            if does == .names, !act.terms.isIntermediate { made.lists += act.outputs }
        }
        return act
    }

    /// A family over the lines of some list, and what gathers it.
    private mutating func addFamily(_ index: Int, _ made: inout Made, _ random: inout SplitMix) {
        let list =
            made.lists.isEmpty || random.chance(oneIn: 5) ? "axis.csv" : made.lists[random.below(made.lists.count)]
        if list == "axis.csv", files[list] == nil { files[list] = Self.axis(["m0", "m1"]) }
        var each = Act(
            name: "each-\(index)", does: random.chance(oneIn: 3) ? .parity : .mix,
            inputs: [Act.Input(property: "fixed-0", path: Self.sources[random.below(Self.sources.count)])],
            outputs: ["each-\(index)/*"], spread: .each(of: list))
        if let tree = made.trees.randomElement(using: &random), random.chance(oneIn: 2) {
            each.inputs.append(Act.Input(property: "fixed-1", path: tree + "/*"))
        }
        var all = Act(
            name: "all-\(index)", does: .mix,
            inputs: [
                Act.Input(property: "fixed-0", path: Self.sources[random.below(Self.sources.count)]),
                Act.Input(property: "each", path: "each-\(index)/*"),
            ], outputs: ["out/all-\(index).csv"], spread: .all(of: list))
        if traits.hasLosses, random.chance(oneIn: 3) { all.accepts["each"] = [0, 0.5][random.below(2)] }
        if traits.hasPolicies {
            each.terms = terms(each, &random)
            all.terms = terms(all, &random)
        }
        book.acts += [each, all]
        made.files += all.outputs
    }

    private func input(_ made: Made, isText: Bool, _ random: inout SplitMix) -> Act.Input {
        func input(_ path: String, _ how: Act.Input.How = .bytes) -> Act.Input {
            Act.Input(property: "", path: path, how: how)
        }
        let tree = made.trees.randomElement(using: &random)
        switch (traits.hasEverything ? 0 : 7) + random.below(traits.hasEverything ? 12 : 5) {
        case 0: return input(Self.perhaps[random.below(2)])
        case 1: return input(Self.directory, .tree)
        case 2: return input(Self.directory, .listing)
        case 3: if let tree { return input(tree, .tree) }
        case 4: if let tree { return input(tree, .listing) }
        case 5: if let tree { return input(tree + "/sub", .tree) }
        case 6: if let tree { return input(tree + "/sub", .listing) }
        case 7 ... 9: if !isText, let file = made.files.randomElement(using: &random) { return input(file) }
        default: break
        }
        return input(Self.sources[random.below(Self.sources.count)])
    }

    private func terms(_ act: Act, _ random: inout SplitMix) -> Terms {
        var terms = Terms()
        switch random.below(16) {
        case 0: terms.existence = .keepExisting(adopts: true)
        case 1: terms.existence = .keepExisting(adopts: false)
        case 2: terms.existence = .always
        case 3: terms.existence = .refresh(every: 5 + random.below(40))
        case 4: terms.existence = .daily(at: random.below(24))
        default: break
        }
        let hasColumn = traits.hasEverything && act.inputs[0].how == .bytes && act.inputs[0].path.hasSuffix(".csv")
        let isFiles = act.inputs.allSatisfy { input in !book.isMade(input.path) && !input.path.contains("*") }
        if random.chance(oneIn: 5), hasColumn || isFiles {
            terms.settle = Terms.Settle(
                age: random.below(30), property: hasColumn && !(isFiles && random.chance(oneIn: 2)) ? "fixed-0" : nil,
                latestAfter: random.chance(oneIn: 2) ? random.below(60) : nil,
                firstBuildWaits: random.chance(oneIn: 3), holdsEverything: random.chance(oneIn: 3))
        }
        if random.chance(oneIn: 8) {
            terms.interval = Terms.Interval(length: 1 + random.below(50), holdsEverything: random.chance(oneIn: 3))
        }
        terms.keepsEdited = random.chance(oneIn: 12)
        if random.chance(oneIn: 8) {
            terms.useExisting = Terms.UseExisting(maxAge: random.chance(oneIn: 2) ? 1 + random.below(60) : nil)
        }
        terms.isIntermediate = act.spread == nil && random.chance(oneIn: 8)
        terms.isStored = !random.chance(oneIn: 6)
        return terms
    }

    /// What a split takes apart and what observations are read from; now and then something that makes actions fail.
    func lines(_ random: inout SplitMix) -> [UInt8] {
        var text = ""
        for name in Self.members where !random.chance(oneIn: 4) { text += "\(name)=\(random.below(4))\n" }
        if random.chance(oneIn: 2) { text += "@\(now - random.below(40) + 5)" }
        if traits.hasFailures, random.chance(oneIn: 25) { text += "!" }
        return Array(text.utf8)
    }

    private static func axis(_ names: some Sequence<String>) -> [UInt8] {
        Array((["axis"] + names).map { $0 + "\n" }.joined().utf8)
    }

    private func peeked(_ random: inout SplitMix) -> [UInt8] { Array(["1", "2", "3+", "4+"][random.below(4)].utf8) }
}

// MARK: - Edits

extension World {
    /// Something that somebody does between two builds, as both sides see it.
    enum Edit {
        case put(String, Craft.Stuff?)
        case write(String, [UInt8]?)
        /// The store loses what it has of these bytes; or only finds out when it is asked for them.
        case lose([UInt8], isNoticed: Bool)
        case rules
    }

    /// - Parameter objects: what the store has.
    mutating func edits(_ random: inout SplitMix, _ place: Files, _ objects: [[UInt8]]) -> [Edit] {
        (0 ... random.below(4)).map { _ in edit(&random, place, objects) }
    }

    private mutating func edit(_ random: inout SplitMix, _ place: Files, _ objects: [[UInt8]]) -> Edit {
        let index = random.below(book.acts.count)
        let outputs = book.acts[index].spread == nil ? book.acts[index].outputs : []
        switch random.below(20) {
        case 0 ... 3: return .write(Self.sources[random.below(Self.sources.count)], lines(&random))
        case 4:
            return .write(
                Self.sources[random.below(Self.sources.count)], random.chance(oneIn: 2) ? nil : lines(&random))
        case 5:
            let path = Self.perhaps[random.below(Self.perhaps.count)]
            return .write(path, place.files[path] == nil ? lines(&random) : nil)
        case 6:
            let path = Self.directory + "/" + Self.members[random.below(Self.members.count)]
            return .write(path, random.chance(oneIn: 2) ? nil : lines(&random))
        case 7, 8:
            let path = Self.peeks[random.below(Self.peeks.count)]
            return .write(path, random.chance(oneIn: 3) ? nil : peeked(&random))
        case 9, 10: if let output = outputs.randomElement(using: &random) { return .put(output, nil) }
        case 11, 12:
            // Any file that was made, also in a tree or of a family.
            let made = place.files.keys.filter { $0.hasPrefix("out/") || $0.hasPrefix("each-") }.sorted()
            if let path = made.randomElement(using: &random) {
                return .write(path, random.chance(oneIn: 2) ? nil : Array("edited".utf8))
            }
        case 13: if let tree = outputs.first, book.acts[index].does == .split { return .write(tree + "/extra", [51]) }
        case 14:
            if let bytes = objects.randomElement(using: &random) {
                return .lose(bytes, isNoticed: random.chance(oneIn: 2))
            }
        case 15:
            if place.files["axis.csv"] != nil {
                return .write("axis.csv", Self.axis(Self.members.prefix(random.below(4))))
            }
        default: editRules(index, &random)
        }
        return .rules
    }

    private mutating func editRules(_ index: Int, _ random: inout SplitMix) {
        let gathered = book.acts[index].inputs.indices.filter { book.acts[index].inputs[$0].property == "gathered" }
        switch random.below(8) {
        case 0, 1: book.acts[index].level = random.below(3)
        case 2: if random.chance(oneIn: 3) { book.code = 1 + random.below(3) }
        case 3: if random.chance(oneIn: 3) { book.library = 1 + random.below(3) }
        case 4:
            if let last = gathered.last, gathered.count > (traits.hasEverything ? 0 : 1) {
                book.acts[index].inputs.remove(at: last)
            }
        case 5: if gathered.count > 1 { book.acts[index].inputs.swapAt(gathered[0], gathered[1]) }
        case 6:
            if !gathered.isEmpty {
                let known = Set(gathered.map { book.acts[index].inputs[$0].path })
                let source = Self.sources[random.below(Self.sources.count)]
                if !known.contains(source) {
                    book.acts[index].inputs.append(Act.Input(property: "gathered", path: source))
                }
            }
        default:
            if traits.hasPolicies, book.acts[index].terms.settle == nil {
                var terms = terms(book.acts[index], &random)
                // Since when it waits is known only of those that said so all along.
                terms.settle = nil
                terms.isIntermediate = book.acts[index].terms.isIntermediate
                book.acts[index].terms = terms
            }
        }
    }

    /// What somebody asks for next.
    mutating func order(_ random: inout SplitMix) -> Order {
        now += random.below(30)
        var order = Order(now: now)
        let names = book.acts.map(\.name)
        if random.chance(oneIn: 2) {
            order.targets = Set((0 ... random.below(3)).compactMap { _ in names.randomElement(using: &random) })
        }
        guard traits.hasPolicies else { return order }
        for name in names {
            if random.chance(oneIn: 30) {
                order.forced.insert(name)
            } else if random.chance(oneIn: 40) {
                order.skipped.insert(name)
            }
        }
        order.keepsEdited = random.chance(oneIn: 12)
        return order
    }
}
