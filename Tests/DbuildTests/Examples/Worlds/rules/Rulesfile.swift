import Rules

/// Rules that a test writes down as text, so that they are compiled once for all of them.
@main struct Worlds: Rulesfile {
    @Parameter("The rules, a line for each action") var book = ""

    func rules(_ build: Build) throws {
        var lines = book.split(separator: "\n").map(String.init)
        guard !lines.isEmpty else { return }
        let head = lines.removeFirst().split(separator: "|").map(String.init)
        guard head.count == 3, let code = Int(head[0]), let library = Int(head[1]) else { throw Unreadable(line: book) }
        for source in head[2].split(separator: ";") { _ = build.source(String(source)) }
        var families: [String: Rule<Cell, String>] = [:]
        for line in lines {
            let act = try Written(line, code: code, library: library)
            switch act.spread {
            case .each(let list):
                let axis = build.table(Artifact(list)).axis("axis", of: String.self)
                let family = build.rule(act.name, axis) { value in
                    var said = act.said
                    said.name = "\(act.name)[axis=\(value)]"
                    return Cell(
                        fixed: act.fixed.map { Artifact(put(value, $0)) },
                        output: Artifact(put(value, act.outputs[0])), said: said)
                }
                families[act.name] = family
                act.adjust(family)
            case .all(let list):
                _ = build.table(Artifact(list)).axis("axis", of: String.self)
                guard let family = act.family.flatMap({ families[$0] }) else { throw Unreadable(line: line) }
                act.accept(build.action(act.name, act.work(each: family.all.output)))
            case nil:
                if act.said.does == "split" {
                    let split = build.action(
                        act.name,
                        Split(
                            fixed: act.fixed.map { Artifact($0) }, gathered: act.gathered.map { Artifact($0) },
                            tree: Tree(act.outputs[0]), said: act.said))
                    act.adjust(split)
                    if let share = act.accepts["gathered"] { split.accepts(.atLeast(share), of: \.gathered) }
                } else {
                    act.accept(build.action(act.name, act.work(each: [])))
                }
            }
        }
    }
}

/// With a value in the place of `*`.
private func put(_ value: String, _ text: String) -> String {
    text.split(separator: "*", omittingEmptySubsequences: false).joined(separator: value)
}

struct Unreadable: Error { let line: String }
