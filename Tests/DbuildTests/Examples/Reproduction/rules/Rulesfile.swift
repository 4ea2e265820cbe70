import Glibc
import Rules

/// Writes what one thing of the machine says that must not matter.
struct Careless: Recipe {
    @Input var source: Artifact
    @Output var text: Artifact
    var way: String

    func run(_ step: Step) throws {
        try Files.write("\(way) \(try said(step))\n", to: text.path)
    }

    private func said(_ step: Step) throws -> String {
        switch way {
        case "clock":
            var now = timespec()
            unsafe clock_gettime(CLOCK_REALTIME, &now)
            return "\(now.tv_sec / 86_400)"
        case "random": return "\(Int.random(in: 0 ..< 1 << 40))"
        case "hash": return "\(Array(Set(0 ..< 64)))"
        case "cores": return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN)))"
        case "place":
            var bytes = [CChar](repeating: 0, count: 4096)
            return unsafe getcwd(&bytes, bytes.count).map { unsafe String(cString: $0) } ?? ""
        case "zone":
            var now = time_t(86_400)
            var parts = tm()
            unsafe localtime_r(&now, &parts)
            return "\(parts.tm_hour)"
        case "undeclared": return try Files.read("data/secret.txt")
        case "whole": return try Files.read(source.path)
        // What it may: its own cpus and its seed.
        default: return "\(step.cpus) \(step.seed)"
        }
    }
}

/// Some files in a directory.
struct Parts: Recipe {
    @Input var numbers: Artifact
    @Output var parts: Tree

    func run(_ step: Step) throws {
        for name in ["d", "a", "c", "b", "e"] { try Files.write(name + "\n", to: parts.path + "/" + name) }
    }
}

/// The names in a directory, as it gives them.
struct Names: Recipe {
    @Input var parts: Tree
    @Output var list: Artifact

    func run(_ step: Step) throws {
        var names: [String] = []
        if let directory = unsafe opendir(parts.path) {
            while let entry = unsafe readdir(directory) {
                let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                    unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
                }
                if !name.hasPrefix(".") { names.append(name) }
            }
            unsafe closedir(directory)
        }
        try Files.write(names.joined(separator: " ") + "\n", to: list.path)
    }
}

/// What the files in a directory hold.
struct All: Recipe {
    @Input var parts: Tree
    @Output var text: Artifact

    func run(_ step: Step) throws {
        let texts = try ["a", "b", "c", "d", "e"].map { try Files.read(parts.path + "/" + $0) }
        try Files.write(texts.joined(), to: text.path)
    }
}

/// A table whose numbers differ a little each time.
struct Roughly: Recipe {
    @Input var numbers: Artifact
    @Output var table: Artifact
    var by: Double

    func run(_ step: Step) throws {
        let lines = try Files.read(numbers.path).split(separator: "\n")
        var text = String(lines[0]) + "\n"
        for line in lines.dropFirst() {
            let cells = line.split(separator: ",")
            text += "\(cells[0]),\((Double(cells[1]) ?? 0) + Double.random(in: 0 ... by))\n"
        }
        try Files.write(text, to: table.path)
    }
}

/// Actions that depend on what they must not, each in its own way.
@main struct Reproduction: Rulesfile {
    func rules(_ build: Build) throws {
        let numbers = build.source("data/numbers.csv")
        for way in ["clock", "random", "hash", "cores", "place", "zone", "undeclared", "nothing"] {
            build.action(way, Careless(source: numbers, text: "out/\(way).txt", way: way))
        }
        let parts = build.action("parts", Parts(numbers: numbers, parts: "out/parts")).policy(.intermediate)
        build.action("names", Names(parts: parts.parts, list: "out/names.txt"))
        build.action("all", All(parts: parts.parts, text: "out/all.txt"))
        let part = build.action("part", Careless(source: numbers, text: "out/part.txt", way: "part"))
            .policy(.intermediate)
        build.action("whole", Careless(source: part.text, text: "out/whole.txt", way: "whole"))
        build.action("roughly", Roughly(numbers: numbers, table: "out/roughly.csv", by: 0.001))
            .tolerates(absolute: 0.01)
        build.action("wildly", Roughly(numbers: numbers, table: "out/wildly.csv", by: 100)).tolerates(relative: 0.01)
        build.action("date", Command("sh", "-c", "date +%F > $0", .output("out/date.txt")))
    }
}
