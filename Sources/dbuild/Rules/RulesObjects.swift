import Artifact
import Hashing

/// What rules are compiled to: an object for each source. Those of the last compilation that went well are kept, with the
/// compiler driver's own record of what refers to what, so that the next one compiles what has changed and what reads of
/// that.
///
/// The driver goes by times, in whole seconds, and is not believed: what is kept of a source that says something else is
/// withheld from it. Without its object it compiles that source, and then whoever reads of what is new there *(6.3.1,
/// tested)*.
struct RulesObjects {
    private let ingredients: RulesIngredients
    private let workspace: Workspace
    private let disk: any Disk
    /// Where the compiler works. Always the same, since its record knows objects by their places.
    private let directory: Path
    /// Complete, or not there.
    private let kept: Path
    private let surroundings: Digest

    private static let recordName = Path("record")
    private static let mapName = "map.json"
    /// So long is a file name at most, with the longest ending, and what the compiler puts behind it while it writes.
    private static let mostNameBytes = 200
    /// Each has the modules that rules import in its memory.
    private static let mostJobs = 4

    init(
        _ ingredients: RulesIngredients, _ toolchain: Toolchain, _ workspace: Workspace, _ disk: any Disk
    ) throws(DiskError) {
        (self.ingredients, self.workspace, self.disk) = (ingredients, workspace, disk)
        directory = Path(".dbuild/rules/objects-\(workspace.moduleName)")
        kept = Path(".dbuild/rules/kept-\(workspace.moduleName)")
        var packer = Packer()
        packer.digest(ingredients.identityWithoutSources)
        // The driver's record has names of the place.
        packer.string(workspace.root)
        packer.string(workspace.rulesPath)
        for path in toolchain.frontends + SystemModules.headers { try FileStamp(path, disk).pack(into: &packer) }
        for variable in toolchain.searchVariables { packer.string(variable) }
        surroundings = XXH3.digest(packer.bytes)
    }

    /// Absolute, in the order of the sources.
    var paths: [String] { ingredients.sources.map { path(of: Self.object(of: $0.name)) } }

    /// How the compiler is to write them.
    var arguments: [String] {
        // A process for each source: several in one use what they know of each other's bodies, and then an object would
        // depend on what it was compiled with (6.3.1: what `some P` stands for).
        ["-incremental", "-disable-batch-mode", "-j\(min(Machine.coreCount, Self.mostJobs))"]
            + ["-output-file-map", path(of: Self.mapName)]
    }

    /// Makes the place in which the compiler works.
    ///
    /// - Parameter isFresh: without anything that is kept.
    /// - Returns: whether something kept lies there.
    func prepare(isFresh: Bool) throws -> Bool {
        try disk.removeTree(directory)
        try disk.makeDirectory(directory)
        // What is newer than the driver's last start, in whole seconds, it takes for changed, and these were just written.
        // Where they are another user's, more is compiled than must be.
        for name in SystemModules.files { try? makeOld(workspace.root + "/\(SystemModules.directory)/" + name) }
        let files = isFresh ? nil : usableFiles()
        for file in files ?? [] { try disk.write(file.bytes, to: directory / file.name) }
        var places = ["": ["swift-dependencies": path(of: "all.swiftdeps")]]
        for source in ingredients.sources {
            places[workspace.rulesDirectory + "/" + source.name] = [
                "object": path(of: Self.object(of: source.name)),
                "swift-dependencies": path(of: Self.stem(of: source.name) + ".swiftdeps"),
            ]
        }
        try replaceFile(path(of: Self.mapName), with: Array(try jsonText(places).utf8))
        return files != nil
    }

    /// Keeps them for the next compilation: they are of these ingredients, and linked.
    func keep() throws {
        let files = try disk.names(in: directory).sorted().map { name in
            RulesObjectsRecord.File(name, try disk.read(directory / name))
        }
        let record = RulesObjectsRecord(
            surroundings: surroundings, sources: ingredients.sources.map(RulesObjectsRecord.Source.init), files: files)
        try disk.write(record.bytes, to: directory / Self.recordName)
        // It may be another user's, and can be moved then but not emptied.
        let former = Path("\(directory)-former")
        if try disk.stamp(kept, followsLink: false) != nil { try disk.rename(kept, to: former) }
        try disk.rename(directory, to: kept)
        disk.removeLoosely(former)
    }

    /// Of one that did not go well nothing is kept.
    func discard() { disk.removeLoosely(directory) }

    private static func object(of source: String) -> String { stem(of: source) + ".o" }

    private static func stem(of source: String) -> String {
        source.utf8.count <= mostNameBytes ? source : "\(XXH3.digest(Array(source.utf8)))"
    }

    private func path(of name: String) -> String { workspace.root + "/\(directory)/" + name }

    /// What is kept, as far as it is to be used; nil where nothing of it can be.
    private func usableFiles() -> [(name: Path, bytes: [UInt8])]? {
        guard let bytes = try? disk.read(kept / Self.recordName), let record = try? RulesObjectsRecord(bytes),
            record.boot == Machine.bootIdentity, record.surroundings == surroundings
        else { return nil }
        let now = Dictionary(
            ingredients.sources.map(RulesObjectsRecord.Source.init).map { ($0.name, $0.digest) },
            uniquingKeysWith: { first, _ in first })
        var withheld: Set<Path> = []
        for source in record.sources {
            // Of one that is gone nobody says who has read it.
            guard let digest = now[source.name] else { return nil }
            if digest != source.digest { withheld.insert(Path(Self.object(of: source.name))) }
        }
        var files: [(name: Path, bytes: [UInt8])] = []
        for file in record.files where !withheld.contains(file.name) {
            guard let bytes = try? disk.read(kept / file.name), XXH3.digest(bytes) == file.digest else { return nil }
            files.append((file.name, bytes))
        }
        return files
    }
}
