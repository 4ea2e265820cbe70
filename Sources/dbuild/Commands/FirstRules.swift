import Artifact

/// What `dbuild init` writes: rules that can be built at once, and all that they need.
enum FirstRules {
    /// Relative to the workspace; the one by which a directory is a workspace comes last.
    static let files: [(path: String, text: String)] = [
        (
            "data/waits.csv",
            """
            ride,minutes
            Carousel,5
            Carousel,10
            Castle,45
            Castle,60
            Railway,20
            Railway,25

            """
        ),
        (
            "scripts/rank.sh",
            """
            # rank.sh MEANS RANKING: the rides by their mean wait, the longest first.
            set -eu
            head -n 1 "$1" >"$2"
            tail -n +2 "$1" | sort -t , -k 2,2nr >>"$2"

            """
        ),
        (rulesfile, rules),
    ]

    static let rulesfile = "rules/Rulesfile.swift"
    /// What nobody else made.
    static let result = "out/ranking.csv"

    private static let rules = #"""
        import Rules
        import Tables

        /// What is made here, and from what. `dbuild` makes what is missing or stale; `dbuild --explain` says why first.
        @main struct Pipeline: Rulesfile {
            @Parameter("Longer waits are left out, in minutes", in: 1 ... 1440) var longest = 300

            func rules(_ build: Build) throws {
                let waits = build.source("data/waits.csv")
                let means = build.action("means", MeanWaits(waits: waits, longest: longest, table: "out/means.csv"))

                // A program. It runs in a directory of its own, with links to the inputs that are named.
                let script = build.source("scripts/rank.sh")
                build.action("ranking", Command("sh", .input(script), .input(means.table), .output("out/ranking.csv")))
            }
        }

        /// A recipe: work in Swift. Its inputs and outputs are declared, its other properties are parameters. It runs again
        /// when any of them is no longer what it was, or the code that `run` can reach.
        struct MeanWaits: Recipe {
            @Input var waits: Artifact
            var longest: Int
            @Output var table: Artifact

            func run(_ step: Step) throws {
                let rows = try CSVReader(Schema([Field("ride", .string), Field("minutes", .int64)])).read(waits.path)
                var rides: [String: (minutes: Int64, waits: Int64)] = [:]
                for (ride, minutes) in zip(try rows.string("ride"), try rows.int64("minutes")) {
                    guard let ride, let minutes, (0 ... Int64(longest)).contains(minutes) else { continue }
                    rides[ride, default: (0, 0)].minutes += minutes
                    rides[ride, default: (0, 0)].waits += 1
                }
                step.log("\(rides.count) rides")

                var means = TableBuilder(try Schema([Field("ride", .string), Field("mean_minutes", .double)]))
                for (ride, sum) in rides.sorted(by: { $0.key < $1.key }) {
                    try means.append([.string(ride), .double(Double(sum.minutes) / Double(sum.waits))])
                }
                try CSVWriter().write(means.finish(), to: table.path)
            }
        }

        """#

    /// There is something already that would be replaced, or that would be compiled with these rules.
    struct Occupied: Error, Hashable {
        /// Relative to the workspace.
        let paths: [String]
    }

    /// Writes all of them, or leaves everything as it was.
    ///
    /// - Parameter root: the workspace, absolute.
    static func write(_ root: String, _ disk: any Disk) throws {
        let occupied = try occupiedPaths(disk)
        guard occupied.isEmpty else { throw Occupied(paths: occupied) }
        var written: [Path] = []
        var directories: [Path] = []
        do {
            for file in files {
                let directory = Path(file.path).directory
                let isNew = try disk.stamp(directory, followsLink: false) == nil
                try disk.makeDirectory(directory)
                if isNew { directories.append(directory) }
                try createFile(root + "/" + file.path, with: Array(file.text.utf8))
                written.append(Path(file.path))
            }
        } catch {
            // What failed first is what a person must hear of.
            for path in written { try? disk.remove(path) }
            for directory in directories { try? disk.removeDirectory(directory) }
            throw error
        }
    }

    private static func occupiedPaths(_ disk: any Disk) throws(DiskError) -> [String] {
        var paths: Set<String> = []
        for path in files.map(\.path) + [EditorCommands.linkPath] {
            if try disk.stamp(Path(path), followsLink: false) != nil { paths.insert(path) }
        }
        let rules = Path(rulesfile).directory
        if try disk.stamp(rules, followsLink: true)?.type == .directory {
            for name in try RulesIngredients.names(in: rules, disk) { paths.insert("\(rules / name)") }
        }
        return paths.sorted()
    }
}
