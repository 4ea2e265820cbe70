import Rules

/// Chains of two sleeps below 8 groups and one end.
@main struct Makespan: Rulesfile {
    @Parameter("The program of the actions, absolute") var program = "/bin/false"
    @Parameter("Milliseconds of each chain's first sleep, with commas between") var fits = "1"
    @Parameter("Of its second one, as many") var applies = "1"
    @Parameter("Megabytes that each first sleep holds, as many") var needs = "0"

    func rules(_ build: Build) throws {
        let (fits, applies, needs) = (numbers(self.fits), numbers(self.applies), numbers(self.needs))
        // Where the program writes down that it ran.
        let log = Command.Item.environmentOutsideKey("BENCH_LOG")
        let chains = Axis("n", 0 ..< fits.count)
        let groups = Axis("g", 0 ..< 8)

        let fit = build.rule("fit", chains) { n in
            let (time, memory) = (fits[n], needs[n])
            return Command(
                program, log, "sleep", "\(time)", "\(memory)", .output("build/fit/\(n)"),
                .input(build.source("src/\(n)")))
        }
        .needs(memory: .megabytes(Double(needs.reduce(0, +) / max(1, needs.count) + 1)))
        let apply = build.rule("apply", chains) { n in
            Command(
                program, log, "sleep", "\(applies[n])", "0", .output("build/apply/\(n)"), .input(fit[n].output))
        }
        .needs(memory: .megabytes(1))
        let group = build.rule("group", groups) { g in
            let members = Array(stride(from: g, to: fits.count, by: 8))
            return Command(
                program, log, "sleep", "20", "0", .output("build/group/\(g)"),
                .inputs(apply[.in(members)].output))
        }
        .needs(memory: .megabytes(1))
        build.action(
            "final", Command(program, log, "sleep", "20", "0", .output("build/final"), .inputs(group.all.output))
        )
        .needs(memory: .megabytes(1))
    }

    private func numbers(_ text: String) -> [Int] { text.split(separator: ",").map { Int($0) ?? 0 } }
}
