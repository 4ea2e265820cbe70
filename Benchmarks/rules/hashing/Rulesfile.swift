import Rules

/// An action for each large file, which says how large it is: all the work is dbuild's, to read and hash the files.
@main struct LargeFiles: Rulesfile {
    @Parameter("How many files") var fileCount = 64
    @Parameter("The program of the actions, absolute") var program = "/bin/false"

    func rules(_ build: Build) throws {
        build.rule("size", Axis("n", 0 ..< fileCount)) { n in
            Command(
                program, .environmentOutsideKey("BENCH_LOG"), "size", .output("build/size/\(n)"),
                .input(build.source("data/\(n)")))
        }
    }
}
