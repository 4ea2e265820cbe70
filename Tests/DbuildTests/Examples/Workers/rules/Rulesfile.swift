import Glibc
import Rules

/// Leaves processes running that sleep as long as the undeclared file `nap` says.
struct Leaves: Recipe {
    @Output var result: Artifact

    func run(_ step: Step) throws {
        let nap = try Files.read("nap").filter { $0 != "\n" }
        _ = system("sleep \(nap) & setsid sh -c 'sleep \(nap) & exit'")
        try Files.write("left\n", to: result.path)
    }
}

/// Takes as long as the undeclared file `pause` says.
struct Slow: Recipe {
    @Output var result: Artifact
    var number: Int

    func run(_ step: Step) throws {
        if number == 1 { Files.pause() }
        try Files.write("slow \(number)\n", to: result.path)
    }
}

/// Holds 300 MB, in a child of its own.
struct Greedy: Recipe {
    @Output var result: Artifact

    func run(_ step: Step) throws {
        step.log("greedy")
        _ = system("dd if=/dev/zero of=/dev/null bs=300M count=20 2>/dev/null; sleep 60")
        try Files.write("greedy\n", to: result.path)
    }
}

/// Says more than a log takes, and what a terminal must not get; then it fails.
struct Floods: Recipe {
    @Output var result: Artifact

    func run(_ step: Step) throws {
        let line = String(repeating: "x", count: 1023)
        for _ in 0 ..< 40 << 10 { print(line) }
        step.log("\u{1B}[31mred\u{07}")
        throw Failed()
    }
}
struct Failed: Error {}

/// Where a recipe's home and temporary files are, and how many threads others are told to use.
struct Surroundings: Recipe {
    @Output var result: Artifact

    func run(_ step: Step) throws {
        func variable(_ name: String) -> String { unsafe getenv(name).map { unsafe String(cString: $0) } ?? "" }
        let names = [
            "HOME", "TMPDIR", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
            "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
        ]
        try Files.write(names.map { "\($0)=\(variable($0))\n" }.joined(), to: result.path)
    }
}

@main struct Workers: Rulesfile {
    func rules(_ build: Build) throws {
        build.action("leaves", Leaves(result: "out/leaves.txt"))
        build.rule("slow", Axis("n", 0 ..< 3)) { n in Slow(result: "out/slow/\(n).txt", number: n) }
            .limits(timeout: .seconds(0.5))
        build.action("greedy", Greedy(result: "out/greedy.txt")).limits(memory: .megabytes(100))
        build.action("floods", Floods(result: "out/floods.txt"))
        build.action("surroundings", Surroundings(result: "out/surroundings.txt")).needs(cpus: 2)

        let script = build.source("scripts/sum.py")
        let numbers = build.source("data/numbers.txt")
        build.rule("sum", Axis("n", 0 ..< 4)) { n in
            Command(
                "python3", .input(script), .worker, .input(numbers), .output("out/sum/\(n).txt"), .flag("--power", n))
        }
        .limits(timeout: .seconds(20))
    }
}
