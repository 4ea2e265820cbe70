import Artifact
import Hashing
import Rules

/// The rules binary, compiled from the rules directory or found in the cache.
struct CompiledRules: Sendable {
    /// The binary's path, absolute.
    let path: String
    /// What it was compiled from; the name of its place in the cache.
    let identity: Digest
    /// What it was compiled from, and with what.
    let ingredients: RulesIngredients
    let toolchain: Toolchain
    private let facts: Facts
    /// `--whole-code`: any change of code counts for every recipe.
    var countsAllCode = false
    /// Never released: whoever has found a binary uses it to the end of the process.
    private let hold: DirectoryHold

    /// The fingerprints of the recipes' code.
    var codes: CodeDigests { facts.codes }
    /// The shared objects that a worker maps, absolute paths.
    var libraries: [String] { facts.libraries.paths }
    var compilerVersion: [UInt8] { facts.compilerVersion }
    /// All files that it rests on, as they were when they were looked at.
    var grounds: [FileStamp] { ingredients.files + facts.libraries.watched }
    /// It itself and what is written down beside it, absolute.
    var ownFiles: [String] { [path, place + "/facts"] }
    private var place: String { String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)) }

    /// What is written down beside a binary.
    private struct Facts: Sendable {
        let codes: CodeDigests
        let compilerVersion: [UInt8]
        /// Of the file of what the code fingerprints are of.
        let atoms: Digest
        var libraries: MappedLibraries
    }

    enum Failure: Error {
        case noSources(directory: String)
        /// The compiler's own words, with file and line.
        case compiler(output: String)
        /// Somebody else compiles, and was not waited for, or not long enough.
        case beingCompiled(by: FileLock.Holder?, waitedSeconds: Double)
        case library(ELFError, path: String)
        /// With what it said on standard output; the rest was seen as it came.
        case crashed(ChildProcess.Ending, step: String, said: [UInt8] = [])
        /// What compiler or linker would have said of it found no room either.
        case noRoom
        /// They were other ones after each compilation than before it.
        case keepChanging(directory: String)
        /// Something has changed what is written down beside a binary. The next build compiles it anew.
        case damaged(file: String)
    }

    /// Where it is noted which compiler was used last.
    static let compilerNote = "rules/compiler"

    /// How often a compilation begins again because the rules have changed under it.
    private static let mostStarts = 5

    /// Compiles the rules unless the cache holds what this source, compiler and library give.
    ///
    /// - Parameters:
    ///   - patience: with another dbuild that compiles them.
    ///   - say: told that another one is waited for, and that the compiler is about to be started.
    static func make(
        _ workspace: Workspace, _ toolchain: Toolchain, disk: any Disk, _ patience: FileLock.Patience,
        say: (Event) -> Void
    ) throws -> CompiledRules {
        for start in 0 ..< mostStarts {
            let ingredients = try RulesIngredients(workspace, toolchain, disk)
            let cache = Cache(workspace: workspace, disk: disk, identity: ingredients.identity)
            if let known = find(cache, ingredients, toolchain) { return known }

            // Two builds that begin at once: the second one takes what the first has compiled.
            try disk.makeDirectory(Path(".dbuild/rules"))
            let lock = try lock(workspace, patience, say: say)
            defer { lock.release() }
            if let known = find(cache, ingredients, toolchain) { return known }

            if start == 0 { say(.compiling) }
            if let made = try compile(ingredients, toolchain, cache, lock) { return made }
        }
        throw Failure.keepChanging(directory: workspace.rulesPath)
    }

    /// One compilation at a time.
    static func lock(
        _ workspace: Workspace, _ patience: FileLock.Patience, say: (Event) -> Void
    ) throws -> FileLock {
        do throws(FileLock.Failure) {
            return try FileLock(workspace.state("rules/lock"), patience, quietSeconds: 0.25) { holder in
                say(.waitingForRules(holder: Notice.compiler(holder)))
            }
        } catch {
            guard case .held(let holder, let waitedSeconds) = error else { throw error }
            throw Failure.beingCompiled(by: holder, waitedSeconds: waitedSeconds)
        }
    }

    /// Where a binary lies.
    private struct Cache {
        let workspace: Workspace
        let disk: any Disk
        let identity: Digest

        var path: Path { Path(".dbuild/rules/\(identity)") }
        var place: String { workspace.state("rules/\(identity)") }
        var binary: String { place + "/rules" }
        var facts: String { place + "/facts" }
        var atoms: String { place + "/atoms" }
    }

    /// What the cache holds, if it can be used: else it is compiled again.
    private static func find(
        _ cache: Cache, _ ingredients: RulesIngredients, _ toolchain: Toolchain
    ) -> CompiledRules? {
        guard let hold = DirectoryHold(cache.place, .shared) else { return nil }
        guard isExecutableFile(cache.binary), var facts = try? readFacts(cache.facts) else {
            hold.release()
            return nil
        }
        if !facts.libraries.isCurrent(cache.disk) {
            guard let libraries = try? libraries(of: cache.binary, cache.disk) else {
                hold.release()
                return nil
            }
            facts.libraries = libraries
            // Where it cannot be written the list is taken again next time.
            try? replaceFile(cache.facts, with: pack(facts))
        }
        return CompiledRules(
            path: cache.binary, identity: cache.identity, ingredients: ingredients, toolchain: toolchain, facts: facts,
            hold: hold)
    }

    /// - Returns: nil where the compiler may have read something else than the ingredients.
    private static func compile(
        _ ingredients: RulesIngredients, _ toolchain: Toolchain, _ cache: Cache, _ lock: FileLock
    ) throws -> CompiledRules? {
        let (workspace, disk) = (cache.workspace, cache.disk)
        try disk.makeDirectory(cache.path)
        guard let hold = DirectoryHold(cache.place, .shared) else {
            throw SystemError(call: "open", subject: cache.place, errno: 2)
        }
        try SystemModules.write(disk)
        // Before the compiler is asked: an editor is of most use with rules that it refuses.
        try EditorCommands(workspace).write(ingredients.sources.map(\.name), toolchain)
        let compilation = try RulesCompilation(
            ingredients, toolchain, workspace, disk, place: cache.path, holding: lock)
        defer { compilation.objects.discard() }
        let outcome = try compilation.run()
        // Last, since compiler and digest read what lies there now.
        guard let after = try? RulesIngredients(workspace, toolchain, disk), after == ingredients else {
            hold.release()
            try removeUnlessUsed(Path("\(cache.identity)"), workspace, disk)
            return nil
        }
        guard let code = outcome.code else {
            // Before what was written is removed.
            let isFull = (try? disk.room(in: cache.path))?.isShort == true
            let output = try compilation.said()
            hold.release()
            try? removeUnlessUsed(Path("\(cache.identity)"), workspace, disk)
            if isFull, output.isEmpty { throw Failure.noRoom }
            throw Failure.compiler(output: String(decoding: output, as: UTF8.self))
        }
        let made = try code.get()
        try disk.rename(Path(compilation.program), to: Path(cache.binary))
        let atoms = pack(made)
        let facts = Facts(
            codes: CodeDigests(made), compilerVersion: outcome.compilerVersion, atoms: XXH3.digest(atoms),
            libraries: try libraries(of: cache.binary, disk))
        try replaceFile(cache.atoms, with: atoms)
        // Last, since it says that the rest is there.
        try replaceFile(cache.facts, with: pack(facts))
        // Where they cannot be kept the next compilation takes longer.
        try? compilation.objects.keep()
        try replaceFile(workspace.state(compilerNote), with: Array(toolchain.compiler.utf8))
        try prune(workspace, disk, keeping: cache.identity)
        return CompiledRules(
            path: cache.binary, identity: cache.identity, ingredients: ingredients, toolchain: toolchain, facts: facts,
            hold: hold)
    }

    /// Asks a process that sees what a worker sees.
    private static func libraries(of binary: String, _ disk: any Disk) throws -> MappedLibraries {
        let said = try output(of: binary, ["--libraries"], environment: BaseEnvironment.variablesOfRules)
        let paths = String(decoding: said, as: UTF8.self).split(separator: "\n").map(String.init)
        return try MappedLibraries(paths.filter { $0 != binary && $0 != resolved(binary) }, disk)
    }

    static func output(of program: String, _ arguments: [String], environment: [String]? = nil) throws -> [UInt8] {
        let child = try ChildProcess(program, arguments, environment: environment, input: .null, output: .pipe)
        let bytes = child.readOutput()
        let ending = child.wait()
        guard ending == .exited(0) else {
            throw Failure.crashed(ending, step: ([program] + arguments).joined(separator: " "), said: bytes)
        }
        return bytes
    }

    /// Keeps the binaries that were made last: people go back and forth between branches.
    private static func prune(_ workspace: Workspace, _ disk: any Disk, keeping identity: Digest) throws {
        let place = Path(".dbuild/rules")
        let names = try disk.names(in: place)
        let moduleCache = Path(workspace.moduleCache).leaf
        for name in names where name.bytes.starts(with: "modules-".utf8) && !name.bytes.elementsEqual(moduleCache) {
            try disk.removeTree(place / name)
        }
        func latest(_ names: [Path]) throws -> [Path] {
            let dated = try names.map { name in
                (name: name, time: try disk.stamp(place / name, followsLink: false)?.modifiedNanoseconds ?? 0)
            }
            return dated.sorted { $0.time > $1.time }.map(\.name)
        }
        let binaries = names.filter { Self.isIdentity($0) && $0 != Path("\(identity)") }
        for name in try latest(binaries).dropFirst(3) { try removeUnlessUsed(name, workspace, disk) }
        // Of rules directories that are gone.
        let kept = names.filter { $0.bytes.starts(with: "kept-".utf8) }
        for name in try latest(kept).dropFirst(3) { disk.removeLoosely(place / name) }
    }

    private static func isIdentity(_ name: Path) -> Bool {
        name.bytes.count == 32 && name.bytes.allSatisfy("0123456789abcdef".utf8.contains)
    }

    private static func removeUnlessUsed(_ name: Path, _ workspace: Workspace, _ disk: any Disk) throws {
        let place = Path(".dbuild/rules") / name
        guard let hold = DirectoryHold(workspace.root + "/\(place)", .alone) else { return }
        defer { hold.release() }
        try disk.removeTree(place)
    }
}

extension CompiledRules {
    /// What code fingerprints are of, by digest: read only where somebody asks what has changed.
    ///
    /// - Throws: also `Failure.damaged`.
    func atoms() throws -> [Digest: [CodeAtom]] {
        let bytes = try readFile(place + "/atoms")
        guard XXH3.digest(bytes) == facts.atoms else { throw Failure.damaged(file: place + "/atoms") }
        var unpacker = Unpacker(bytes)
        let lists = try unpacker.list { unpacker throws(UnpackError) in
            (try unpacker.digest(), try unpacker.list(of: CodeAtom.self))
        }
        return Dictionary(lists, uniquingKeysWith: { first, _ in first })
    }

    /// The same, for whoever owns the workspace: where they are damaged the next build compiles the rules anew.
    func atomsOrForgotten() throws -> [Digest: [CodeAtom]] {
        do { return try atoms() } catch let error as Failure {
            // Without its facts nobody finds the binary.
            try removeFile(place + "/facts")
            throw error
        }
    }

    /// For whoever owns the workspace: the types of recipes whose code can call `step.read`, as the plan names them.
    func discoveringRecipes() throws -> Set<String> {
        let calls = ["5Rules4StepV4read", "5Rules4StepV13readIfPresent"]
        let reaching = Set(
            try atomsOrForgotten().filter { $0.value.contains { atom in calls.contains { atom.name.contains($0) } } }
                .keys)
        return Set(codes.byType.filter { reaching.contains($0.value) }.keys.map { String(decoding: $0, as: UTF8.self) })
    }

    private static func pack(_ code: CodeFingerprints) -> [UInt8] {
        var lists: [Digest: [CodeAtom]] = [code.whole.digest: code.whole.atoms]
        for recipe in code.ofRecipe.values { lists[recipe.digest] = recipe.atoms }
        var packer = Packer()
        packer.list(lists.sorted { ($0.key.high, $0.key.low) < ($1.key.high, $1.key.low) }) { packer, entry in
            packer.digest(entry.key)
            packer.list(entry.value)
        }
        return packer.bytes
    }

    private static func pack(_ facts: Facts) -> [UInt8] {
        var packer = Packer()
        facts.codes.pack(into: &packer)
        packer.string(facts.compilerVersion)
        packer.digest(facts.atoms)
        facts.libraries.pack(into: &packer)
        return sealed(packer.bytes)
    }

    private static func readFacts(_ path: String) throws -> Facts {
        var unpacker = Unpacker(try unsealed(try readFile(path)))
        return Facts(
            codes: try CodeDigests(from: &unpacker), compilerVersion: try unpacker.string(),
            atoms: try unpacker.digest(), libraries: try MappedLibraries(from: &unpacker))
    }
}
