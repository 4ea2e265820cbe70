import Rules

/// Commands of which the tests write the scripts.
@main struct Programs: Rulesfile {
    func rules(_ build: Build) throws {
        let script = build.source("scripts/step.sh")
        let odd = [
            "data/with space.txt", "data/it's \"quoted\".txt", "data/two\nlines.txt", "-n", "data/$HOME;`ls`.txt",
        ]
        .map { build.source($0) }

        build.action(
            "step",
            Command(
                "sh", .input(script), .input(odd[0]), .output("out/step.txt"), .environment("DBUILD_TEST_TOKEN"),
                .environment("DBUILD_TEST_UNSET")
            )
        ).needs(cpus: 2).needs(memory: .megabytes(300))
        build.action("other", Command("cp", .input(odd[0]), .output("out/other.txt")))
        build.action(
            "twice",
            Command(
                "sh", .input(script), .output("out/twice/1.txt"), .output("out/twice/2.txt"),
                .environmentOutsideKey("DBUILD_TEST_OUTSIDE")))
        build.action("tree", Command("sh", .input(script), .outputTree("out/tree")))
        // So many that actions share the links to them.
        let parts = (1000 ..< 2100).map { build.source("data/parts/\($0)") }
        build.action("gather", Command("sh", .input(script), .output("out/gather.txt"), .hiddenInputs(parts)))
        build.action("nowhere", Command("no-such-program", .output("out/nowhere.txt")))
        // What each file is called is printed before it, so that an argument that was split shows.
        build.action(
            "odd",
            Command(
                "sh", .input(script), .inputs(odd), .output("-o"), .output("out/a b/it's \"$PWD\".txt"),
                .output("out/new\nline.txt")))
    }
}
