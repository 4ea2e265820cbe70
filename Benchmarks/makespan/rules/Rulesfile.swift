import Rules

/// Sleeps, as long as the parameters say, in two shapes.
@main struct Makespan: Rulesfile {
    @Parameter("The program, absolute") var program = "/bin/false"
    @Parameter("Milliseconds of each sleep, with commas between") var naps = "1"
    @Parameter("Of each fit, as many as there are of `applies`") var fits = "1"
    @Parameter("Of each apply") var applies = "1"

    func rules(_ build: Build) throws {
        let source = build.source("source.txt")
        let naps = milliseconds(self.naps)
        let flat = build.rule("nap", Axis("n", 0 ..< naps.count)) { n in
            Command(program, "\(naps[n])", .input(source), .output("nap/\(n)"))
        }
        build.group("flat", flat)

        // A chain for each entity, 8 groups of them, and one that waits for all.
        let (fits, applies) = (milliseconds(self.fits), milliseconds(self.applies))
        let entities = Axis("n", 0 ..< applies.count)
        build.rule("fit", entities) { n in
            Command(program, "\(fits[n])", .input(source), .output("fit/\(n)"))
        }
        build.rule("apply", entities) { n in
            Command(program, "\(applies[n])", .input("fit/\(n)"), .output("apply/\(n)"))
        }
        build.rule("group", Axis("g", 0 ..< 8)) { g in
            let members = stride(from: g, to: applies.count, by: 8)
            return Command(program, "20", .inputs(members.map { "apply/\($0)" }), .output("group/\(g)"))
        }
        let groups: [Artifact] = (0 ..< 8).map { "group/\($0)" }
        let final = build.action("final", Command(program, "20", .inputs(groups), .output("final")))
        build.group("chains", final)
    }

    private func milliseconds(_ text: String) -> [Int] { text.split(separator: ",").map { Int($0) ?? 0 } }
}
