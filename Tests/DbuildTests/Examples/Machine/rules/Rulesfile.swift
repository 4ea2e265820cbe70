import Glibc
import Rules

/// Says when it begins and when it ends, so that the file `witness` shows what ran beside what.
struct Shift: Recipe {
    @Input var seed: Artifact
    @Output var result: Artifact
    var name: String

    func run(_ step: Step) throws {
        try Files.witness("begin \(name)")
        print("shift of \(name)")
        if (try? Files.read("fails"))?.split(separator: "\n").contains(Substring(name)) == true { throw Absent() }
        try meet()
        Files.pause()
        try Files.write(try Files.read(seed.path) + name, to: result.path)
        try Files.witness("end \(name)")
    }

    /// Waits until as many have begun as the undeclared file `meet` says.
    private func meet() throws {
        guard let text = try? Files.read("meet"), let count = Int(text) else { return }
        for _ in 0 ..< 4000 {
            if try Files.read("witness").split(separator: "\n").count(where: { $0.hasPrefix("begin") }) >= count {
                return
            }
            usleep(5000)
        }
        throw Alone()
    }
}

struct Absent: Error {}
/// Nobody else came in twenty seconds.
struct Alone: Error {}

@main struct Machine: Rulesfile {
    func rules(_ build: Build) throws {
        let seed = build.source("data/seed.txt")
        let numbers = Axis("n", 0 ..< 4)
        func shift(_ name: String) -> Shift { Shift(seed: seed, result: "out/\(name).txt", name: name) }

        build.rule("heavy", numbers) { n in shift("heavy-\(n)") }.needs(memory: .megabytes(300))
        build.action("giant", shift("giant")).needs(memory: .gigabytes(1_000_000))
        let server = build.pool("server", atOnce: 1)
        build.rule("caller", numbers) { n in shift("caller-\(n)") }.pool(server)
        build.rule("free", numbers) { n in shift("free-\(n)") }
        let metered = build.pool("metered", perMinute: 2)
        build.rule("counted", numbers) { n in shift("counted-\(n)") }.pool(metered)
        build.rule("small", Axis("entity", ["a", "b"]), Axis("m", 0 ..< 5)) { entity, m in
            shift("small-\(entity)-\(m)")
        }.batch(by: "entity", upTo: 3)
    }
}
