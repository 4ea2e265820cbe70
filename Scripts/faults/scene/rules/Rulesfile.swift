import Rules

/// Actions that do what files beside the workspace say: they fail, hang, eat and flood as a case wants.
@main struct Scene: Rulesfile {
    @Parameter("An output that no rules may have, or none") var hostile = ""

    func rules(_ build: Build) throws {
        let script = build.source("scripts/act.sh")
        let left = (0 ..< 20).map { build.source("data/left-\($0).txt") }
        let right = (0 ..< 20).map { build.source("data/right-\($0).txt") }

        /// - Parameter second: an item that names another output, if there is one.
        func act(
            _ name: String, _ output: String, second: String? = nil, _ inputs: Artifact...
        ) -> Command {
            Command(
                "sh", .input(script), .texts([name, second == nil ? "1" : "2"]), .output(Artifact(output)),
                second.map { .output(Artifact($0)) } ?? .texts([]), .inputs(inputs))
        }

        let joins = build.rule("join", Axis("n", 0 ..< 20)) { n in
            Join(name: "join[n=\(n)]", left: left[n], right: right[n], result: "out/join/\(n).bin")
        }
        let acts = build.rule("act", Axis("n", 0 ..< 8)) { n in
            act("act[n=\(n)]", "out/act/\(n).bin", left[n], right[n])
        }
        let pairs = build.rule("pair", Axis("n", 0 ..< 4)) { n in
            act("pair[n=\(n)]", "out/pair/\(n).first", second: "out/pair/\(n).second", left[n])
        }
        let after = build.rule("after", Axis("n", 0 ..< 4)) { n in
            Join(
                name: "after[n=\(n)]", left: pairs[n].artifacts[0], right: joins[n].result, result: "out/after/\(n).bin"
            )
        }
        let parts = Tree("out/tree")
        let tree = build.action(
            "tree", Command("sh", .input(script), .texts(["tree", "1"]), .outputTree(parts), .input(left[0])))
        let listing = build.action(
            "listing",
            Command("sh", .input(script), .texts(["listing", "1"]), .output("out/listing.txt"), .inputTree(parts)))
        build.group("ordinary", joins, acts, pairs, after)
        build.group("trees", tree, listing)
        build.defaults(joins, acts, pairs, after)

        build.action("timed", act("timed", "out/timed.bin", left[0])).limits(timeout: .seconds(1))
        build.action("held", Join(name: "held", left: left[0], right: right[0], result: "out/held.bin"))
            .limits(timeout: .seconds(1))
        build.action("greedy", act("greedy", "out/greedy.bin", left[0])).limits(memory: .megabytes(256))
        build.action("eater", Join(name: "eater", left: left[0], right: right[0], result: "out/eater.bin"))
            .limits(memory: .megabytes(256))
        build.action(
            "secretive",
            Command(
                "sh", .input(script), .texts(["secretive", "1"]), .output("out/secretive.bin"), .input(left[0]),
                .secret("FAULTS_SECRET"), .environment("FAULTS_DECLARED"), .environmentOutsideKey("FAULTS_SIDE")))
        let kind = build.source("data/kind")
        build.action("kind", act("kind", "out/kind.bin", kind))
        build.action("kinds", Join(name: "kinds", left: kind, right: right[0], result: "out/kinds.bin"))

        let names = Axis("name", hostileNames)
        let named = names.map { build.source("names/" + $0) }
        let copies = build.rule("copy", names) { name in
            Command(
                "cp", "--", .input(named[hostileNames.firstIndex { $0.utf8.elementsEqual(name.utf8) } ?? 0]),
                .output(Artifact("copies/" + name)))
        }
        build.rule("again", names) { name in
            Join(name: "again", left: copies[name].output, right: right[0], result: Artifact("again/" + name))
        }
        if !hostile.isEmpty { build.action("hostile", act("hostile", hostile, left[0])) }
    }
}
