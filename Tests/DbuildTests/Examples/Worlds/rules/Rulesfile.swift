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
                let gather = build.action(
                    act.name,
                    GatherEach(
                        fixed: artifacts(act.fixed), each: family.all.output, outputs: artifacts(act.outputs),
                        said: act.said))
                act.adjust(gather)
                if let share = act.accepts["each"] { gather.accepts(.atLeast(share), of: \.each) }
            case nil: add(act, to: build)
            }
        }
    }

    private func add(_ act: Written, to build: Build) {
        let (fixed, gathered, outputs) = (artifacts(act.fixed), artifacts(act.gathered), artifacts(act.outputs))
        switch (act.said.does == "split", gathered.isEmpty) {
        case (true, true):
            act.adjust(build.action(act.name, Split(fixed: fixed, tree: Tree(act.outputs[0]), said: act.said)))
        case (true, false):
            let split = build.action(
                act.name,
                SplitGathered(fixed: fixed, gathered: gathered, tree: Tree(act.outputs[0]), said: act.said))
            act.adjust(split)
            if let share = act.accepts["gathered"] { split.accepts(.atLeast(share), of: \.gathered) }
        case (false, true):
            act.adjust(build.action(act.name, Work(fixed: fixed, outputs: outputs, said: act.said)))
        case (false, false):
            let gather = build.action(
                act.name, Gather(fixed: fixed, gathered: gathered, outputs: outputs, said: act.said))
            act.adjust(gather)
            if let share = act.accepts["gathered"] { gather.accepts(.atLeast(share), of: \.gathered) }
        }
    }
}

private func artifacts(_ paths: [String]) -> [Artifact] { paths.map { Artifact($0) } }

/// With a value in the place of `*`.
private func put(_ value: String, _ text: String) -> String {
    text.split(separator: "*", omittingEmptySubsequences: false).joined(separator: value)
}

struct Unreadable: Error { let line: String }
