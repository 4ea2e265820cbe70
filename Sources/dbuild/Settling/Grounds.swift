import Artifact
import Planning

/// Files beside the artifacts that what a build does depends on: the rules and what they are compiled with, programs, the
/// file of the parameters, and what an earlier run would have left had it been killed.
struct Grounds {
    private(set) var files: [FileStamp] = []
    private let disk: WorkspaceDisk

    /// What was used cannot be said any more: something has changed since.
    struct Moved: Error {}

    /// - Parameters:
    ///   - parameters: the file of the parameters, absolute.
    ///   - programs: names of programs that commands start.
    init(
        _ workspace: Workspace, _ disk: WorkspaceDisk, _ rules: CompiledRules, _ plan: Plan, parameters: String,
        programs: some Sequence<[UInt8]>
    ) throws {
        self.disk = disk
        files = rules.grounds
        for path in rules.ownFiles + [Machine.programDirectory + "/dbuild-full", parameters, "/etc/localtime"] {
            try add(path)
        }
        try addDirectory(workspace.rulesPath, holding: rules.ingredients.sources.map { Path($0.name) }) { directory in
            try RulesIngredients.names(in: directory, disk)
        }
        try addCompiler(workspace, rules)
        for program in programs where !program.contains(UInt8(ascii: "/")) {
            try addSearch(String(decoding: program, as: UTF8.self), in: BaseEnvironment.searchPath)
        }
        for name in ["marker", "staging", "discarded"] { try add(workspace.state(name)) }
        for question in plan.questions where question.kind == .files { try addListing(question) }
    }

    private mutating func add(_ path: String) throws { files.append(try FileStamp(path, disk)) }

    /// The stamp comes first: whatever the list lacks has moved it.
    private mutating func addDirectory(
        _ path: String, holding names: [Path], _ list: (Path) throws -> [Path]
    ) throws {
        try add(path)
        guard try list(Path(path)) == names else { throw Moved() }
    }

    /// Where the compiler and the modules were found, and where they were looked for before that.
    private mutating func addCompiler(_ workspace: Workspace, _ rules: CompiledRules) throws {
        for place in Toolchain.places(for: rules.toolchain.compiler) { try add(place) }
        try add(workspace.state(CompiledRules.compilerNote))
        for place in Toolchain.libraryPlaces(programDirectory: Machine.programDirectory) {
            try add(place + "/libDbuildRules.a")
            try add(place + "/Modules")
        }
        try add(rules.toolchain.modules)
    }

    /// Where a program was found, and where one of its name would come before it.
    private mutating func addSearch(_ program: String, in places: String) throws {
        for place in places.split(separator: ":") {
            try add(place + "/" + program)
            if isExecutableFile(place + "/" + program) { return }
        }
    }

    /// The directories that a listing goes through.
    private mutating func addListing(_ question: Plan.Question) throws {
        let root = String(decoding: disk.root.bytes, as: UTF8.self) + "/"
        for directory in try disk.listedDirectories(question.path) {
            try add(root + String(decoding: directory.bytes, as: UTF8.self))
        }
        guard try disk.listing(question.path, ending: question.column) == question.answer else { throw Moved() }
    }
}
