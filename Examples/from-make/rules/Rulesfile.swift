import Rules

@main struct Orders: Rulesfile {
    func rules(_ build: Build) throws {
        let clean = build.action(
            "clean",
            Command(
                "python3", .input(build.source("scripts/clean.py")), .input(build.source("data/orders.csv")),
                .output("out/clean.csv"), "--least", "1"))
        let sum = build.source("scripts/sum.py")
        let sums = build.rule("sum", Axis("region", ["north", "south"])) { region in
            Command("python3", .input(sum), .input(clean.output), .output("out/sums/\(region).txt"), .text(region))
        }
        build.action(
            "report",
            Command(
                "python3", .input(build.source("scripts/report.py")), .output("out/report.txt"),
                .inputs(sums.all.output)))
    }
}
