import Artifact
import Hashing

/// What rules are compiled to: an object for each source. Those of the last compilation that went well are kept, with the
/// compiler's own record of what refers to what, so that the next one compiles what has changed and what reads of that.
///
/// The compiler tells what has changed by times. Those are not trusted: where a source says something else and its time
/// is no later than it was, nothing that is kept is used.
struct RulesObjects {
    private let ingredients: RulesIngredients
    private let workspace: Workspace
    private let disk: any Disk
    /// Where the compiler works.
    private let directory: Path
    /// Complete, or not there.
    private let kept: Path
    /// What another boot has left may not be whole.
    private let boot: String
    /// What they are of beside the sources: the place, too, since the compiler's record has names of it.
    private let identity: Digest

    private static let recordName = Path("record")
    private static let mapName = "map.json"
    private static let objectEnding = ".o"
    /// Below so many for each, a second process would mostly read what the first one reads.
    private static let sourcesPerJob = 4

    init(
        _ ingredients: RulesIngredients, _ workspace: Workspace, _ disk: any Disk,
        boot: String = Machine.bootIdentity
    ) throws(DiskError) {
        (self.ingredients, self.workspace, self.disk, self.boot) = (ingredients, workspace, disk, boot)
        directory = Path(".dbuild/rules/objects-\(workspace.moduleName)")
        kept = Path(".dbuild/rules/kept-\(workspace.moduleName)")
        var packer = Packer()
        packer.digest(ingredients.identityWithoutSources)
        packer.string(workspace.root)
        packer.string(workspace.rulesPath)
        for directory in SystemModules.headers { try FileStamp(directory, disk).pack(into: &packer) }
        identity = XXH3.digest(packer.bytes)
    }

    /// Absolute, in the order of the sources.
    var paths: [String] { ingredients.sources.map { path(of: $0.name + Self.objectEnding) } }

    /// How the compiler is to write them.
    var arguments: [String] {
        let jobs = max(1, min(Machine.coreCount, ingredients.sources.count / Self.sourcesPerJob))
        return ["-incremental", "-enable-batch-mode", "-j\(jobs)", "-output-file-map", path(of: Self.mapName)]
    }

    /// Makes the place in which the compiler works.
    ///
    /// - Parameter isFresh: without anything that is kept.
    /// - Returns: whether something kept lies there.
    func prepare(isFresh: Bool) throws -> Bool {
        try disk.removeTree(directory)
        try disk.makeDirectory(directory)
        let files = isFresh ? nil : try usableFiles()
        for file in files ?? [] { try disk.write(file.bytes, to: directory / file.name) }
        var map = ["": ["swift-dependencies": path(of: "all.swiftdeps")]]
        for source in ingredients.sources {
            map[workspace.rulesDirectory + "/" + source.name] = [
                "object": path(of: source.name + Self.objectEnding),
                "swift-dependencies": path(of: source.name + ".swiftdeps"),
            ]
        }
        try replaceFile(path(of: Self.mapName), with: Array(try jsonText(map).utf8))
        return files != nil
    }

    /// Keeps them for the next compilation: they are of these ingredients, and linked.
    func keep() throws {
        let names = try disk.names(in: directory).sorted()
        let record = Record(
            boot: boot, identity: identity, sources: ingredients.sources.map(Record.Source.init),
            files: try names.map { Record.File(name: $0, digest: XXH3.digest(try disk.read(directory / $0))) })
        var packer = Packer()
        record.pack(into: &packer)
        try disk.write(packer.bytes, to: directory / Self.recordName)
        try disk.removeTree(kept)
        try disk.rename(directory, to: kept)
    }

    /// Of one that did not go well nothing is kept.
    func discard() { disk.removeLoosely(directory) }

    private func path(of name: String) -> String { workspace.root + "/\(directory)/" + name }

    /// What is kept, as far as it is to be used; nil where nothing of it can be.
    private func usableFiles() throws -> [(name: Path, bytes: [UInt8])]? {
        guard try disk.stamp(kept / Self.recordName, followsLink: false)?.type == .file else { return nil }
        var unpacker = Unpacker(try disk.read(kept / Self.recordName))
        guard let record = try? Record(from: &unpacker), record.boot == boot, record.identity == identity,
            let changed = changed(since: record)
        else { return nil }
        // Without its object a source is compiled, whatever the compiler makes of its time.
        let outdated = Set(changed.map { Path($0 + Self.objectEnding) })
        var files: [(name: Path, bytes: [UInt8])] = []
        for file in record.files where !outdated.contains(file.name) {
            guard let bytes = try? disk.read(kept / file.name), XXH3.digest(bytes) == file.digest else { return nil }
            files.append((file.name, bytes))
        }
        return files
    }

    /// - Returns: names of sources that do not say what they said; nil where the compiler could not tell.
    private func changed(since record: Record) -> [String]? {
        var before = Dictionary(record.sources.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        var changed: [String] = []
        for now in ingredients.sources.map(Record.Source.init) {
            guard let known = before.removeValue(forKey: now.name), known.digest != now.digest else { continue }
            guard known.modifiedNanoseconds < now.modifiedNanoseconds else { return nil }
            changed.append(now.name)
        }
        // Of one that is gone nobody says who has read it.
        return before.isEmpty ? changed : nil
    }

    private struct Record: Packable {
        let boot: String
        let identity: Digest
        let sources: [Source]
        /// As the compiler has left them.
        let files: [File]

        struct File: Packable {
            let name: Path
            let digest: Digest

            init(name: Path, digest: Digest) { (self.name, self.digest) = (name, digest) }

            func pack(into packer: inout Packer) {
                name.pack(into: &packer)
                packer.digest(digest)
            }

            init(from unpacker: inout Unpacker) throws(UnpackError) {
                name = try Path(from: &unpacker)
                digest = try unpacker.digest()
            }
        }

        struct Source: Packable {
            let name: String
            let digest: Digest
            let modifiedNanoseconds: Int64

            init(_ source: RulesIngredients.Source) {
                name = source.name
                digest = XXH3.digest(source.text)
                modifiedNanoseconds = source.stamp?.modifiedNanoseconds ?? 0
            }

            func pack(into packer: inout Packer) {
                packer.string(name)
                packer.digest(digest)
                packer.number(UInt64(bitPattern: modifiedNanoseconds))
            }

            init(from unpacker: inout Unpacker) throws(UnpackError) {
                name = try unpacker.text()
                digest = try unpacker.digest()
                modifiedNanoseconds = Int64(bitPattern: try unpacker.number())
            }
        }

        init(boot: String, identity: Digest, sources: [Source], files: [File]) {
            (self.boot, self.identity, self.sources, self.files) = (boot, identity, sources, files)
        }

        func pack(into packer: inout Packer) {
            packer.string(boot)
            packer.digest(identity)
            packer.list(sources)
            packer.list(files)
        }

        init(from unpacker: inout Unpacker) throws(UnpackError) {
            boot = try unpacker.text()
            identity = try unpacker.digest()
            sources = try unpacker.list(of: Source.self)
            files = try unpacker.list(of: File.self)
        }
    }
}
