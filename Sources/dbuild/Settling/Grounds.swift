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
    ///   - before: the whole program, and the file of the parameters, as they were before that was read.
    ///   - programs: those that commands name.
    ///   - startedNanoseconds: when the command began, nanoseconds since 1970-01-01T00:00:00Z.
    init(
        _ workspace: Workspace, _ disk: WorkspaceDisk, _ survey: Survey, _ rules: CompiledRules, _ plan: Plan,
        before: [FileStamp], programs: [[UInt8]], startedNanoseconds: Int64
    ) throws {
        self.disk = disk
        // What was looked at in the tick of its stamp may have changed under it since.
        files = (rules.grounds + before).map { file in
            file.stamp.map { $0.changedNanoseconds > startedNanoseconds - $0.tickNanoseconds } == true
                ? FileStamp(path: file.path, stamp: Stamp()) : file
        }
        for path in rules.ownFiles + ["/etc/localtime"] { try add(path) }
        try addDirectory(workspace.rulesPath, holding: rules.ingredients.sources.map { Path($0.name) }) { directory in
            try RulesIngredients.names(in: directory, disk)
        }
        try addCompiler(workspace, rules)
        for program in programs {
            try addProgram(String(decoding: program, as: UTF8.self), workspace, survey)
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
        for place in Toolchain.places(for: rules.toolchain.compiler) {
            try add(place)
            guard place == rules.toolchain.compiler || !isExecutableFile(place) else { throw Moved() }
        }
        try add(workspace.state(CompiledRules.compilerNote))
        for place in Toolchain.libraryPlaces(programDirectory: Machine.programDirectory) {
            try add(place + "/libDbuildRules.a")
            try add(place + "/Modules")
        }
        guard let place = Toolchain.libraryPlace(programDirectory: Machine.programDirectory),
            (resolved(place) ?? place) + "/Modules" == rules.toolchain.modules
        else { throw Moved() }
        try add(rules.toolchain.modules)
    }

    /// Where a program was found, and where one of its name would come before it.
    private mutating func addProgram(_ name: String, _ workspace: Workspace, _ survey: Survey) throws {
        let found = BaseEnvironment.program(name, root: workspace.root)
        // Another one than was looked at has come since.
        guard let found, survey.census(Path(found)) != nil else { throw Moved() }
        for place in BaseEnvironment.places(of: name, root: workspace.root) {
            try add(place)
            if place == found { return }
        }
    }

    /// The directories that a listing goes through.
    private mutating func addListing(_ question: Plan.Question) throws {
        let root = String(decoding: disk.root.bytes, as: UTF8.self) + "/"
        for directory in try disk.listedDirectories(question.path) {
            try add(root + String(decoding: directory.bytes, as: UTF8.self))
            // A link counts by what it leads to, which its directory says nothing of.
            for name in try disk.names(in: directory)
            where name.bytes.suffix(question.column.count) == question.column[...] {
                guard try disk.stamp(directory / name, followsLink: false)?.type != .link else { throw Moved() }
            }
        }
        guard try disk.listing(question.path, ending: question.column) == question.answer else { throw Moved() }
    }
}
