import Artifact
import Planning

/// What an operator asks first when something is odd.
struct DoctorText {
    let text: String

    init(_ workspace: Workspace, _ rules: CompiledRules, _ database: StateDatabase?, _ disk: any Disk) throws {
        var rows: [(String, String)] = [("workspace", workspace.root), ("rules", workspace.rulesPath)]
        let compiler = String(decoding: rules.compilerVersion, as: UTF8.self).split(separator: "\n").first ?? ""
        rows.append(("compiler", String(compiler)))
        rows.append(("machine", "\(Machine.platform), \(counted(Machine.coreCount, "core")), \(Machine.libcVersion)"))
        rows.append(("sandbox", Wording.landlock(abi: Sandbox.abi)))
        rows.append(("state", try Self.state(database)))
        rows.append(("copies", try Self.copies(database, disk)))
        rows += Self.code(rules).map { ("code", $0) }
        rows += rules.libraries.map { ("library", $0) }
        let width = rows.map(\.0.count).max() ?? 0
        text = rows.map { $0.0 + String(repeating: " ", count: width - $0.0.count) + "  \($0.1)\n" }.joined()
    }

    private static func state(_ database: StateDatabase?) throws -> String {
        guard let database else { return "nothing was built here" }
        guard let run = try database.lastRun() else { return "no run is recorded" }
        let ending = run.exitCode.map { "exit \($0)" } ?? "it did not end by itself"
        return "last run \(run.id) at \(Instant.text(run.nowNanoseconds)), \(ending)"
    }

    private static func copies(_ database: StateDatabase?, _ disk: any Disk) throws -> String {
        let size =
            try database.map { "\(byteCount(UInt64(clamping: try $0.storeSizeBytes()))) in the store" }
            ?? "no store yet"
        guard try disk.stamp(Path(".dbuild"), followsLink: true) != nil else { return size }
        let shares = try Store.sharesBlocks(on: disk, in: Path(".dbuild"))
        return size + (shares ? "; a copy takes no room (reflink)" : "; a copy takes as much room again (no reflink)")
    }

    /// Recipes whose code is taken to be all code: any change of code makes them stale.
    private static func code(_ rules: CompiledRules) -> [String] {
        if rules.countsAllCode { return ["all of it counts for every recipe (--whole-code)"] }
        let widened = rules.codes.widened
        if rules.codes.byType.isEmpty { return ["all of it counts for every recipe: it is of no known form"] }
        if widened.isEmpty { return ["each recipe is stale only where what it can reach has changed"] }
        return widened.map { recipe in
            let type = demangled("$s" + String(decoding: recipe.type, as: UTF8.self)) ?? printable(recipe.type)
            let why = demangled(recipe.widening) ?? recipe.widening
            return "all of it counts for `\(type)`: where `\(why)` leads cannot be told"
        }
    }
}
