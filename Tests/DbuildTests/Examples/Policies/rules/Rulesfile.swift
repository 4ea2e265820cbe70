import Rules

/// Puts what it reads together.
struct Join: Recipe {
    @Input var from: [Artifact]
    @Output var to: Artifact
    var name: String
    var day: Day?

    func run(_ step: Step) throws {
        try Files.witness(name)
        try Files.write(
            try from.map { try Files.read($0.path) }.joined() + name + (day?.text ?? "") + "\n", to: to.path)
    }
}

/// A rule for each policy.
@main struct Policies: Rulesfile {
    @Parameter("Last day whose data may be used", zone: "America/New_York") var asOf: Day = "2013-11-30"
    @Parameter("A zone that is not there", zone: "Mars/Phobos") var martian: Day = "2013-11-30"

    func rules(_ build: Build) throws {
        let rows = build.source("data/rows.csv")
        let seed = build.source("data/seed.txt")
        func join(_ name: String, _ from: [Artifact], day: Day? = nil) -> Action<Join> {
            build.action(name, Join(from: from, to: "out/\(name).txt", name: name, day: day))
        }
        let settled = join("settled", [rows])
            .policy(.settle(hours: 24, of: \.from, column: "observed_at", atLatestAfterDays: 3))
        let kept = join("kept", [seed]).policy(.keepExisting)
        let weekly = join("weekly", [seed]).policy(.refresh(.weekly(.monday), in: "America/New_York"))
        let dated = join("dated", [seed], day: asOf)
        let plain = join("plain", [settled.to, kept.to, weekly.to, dated.to])
        let filed = join("filed", [seed]).policy(.settle(hours: 1))
        build.defaults(plain, filed)
    }
}
