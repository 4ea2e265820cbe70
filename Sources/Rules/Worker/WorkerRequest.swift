private import Synchronization

/// One action for a worker.
package struct WorkerRequest: Hashable, Sendable {
    /// The recipe's type, as the plan names it.
    package let type: String
    /// Its fields, with paths where the worker shall read and write.
    package let recipe: Value
    package let cpus: Int
    package let seed: UInt64
    /// The path of an empty directory.
    package let scratch: String
    package let missing: [String: [String]]
    /// What relative paths of undeclared files begin at, where they lead to nothing in the current directory.
    package let workspace: String

    package init(
        type: String, recipe: Value, cpus: Int, seed: UInt64, scratch: String,
        missing: [String: [String]] = [:], workspace: String = ""
    ) {
        (self.type, self.recipe, self.cpus, self.seed) = (type, recipe, cpus, seed)
        (self.scratch, self.missing, self.workspace) = (scratch, missing, workspace)
    }

    package init(_ frame: [UInt8]) throws(WireError) {
        let value = try Value(frame)
        type = try value.field("type").string()
        recipe = try value.field("recipe")
        cpus = try value.field("cpus").int()
        seed = try value.field("seed").uint()
        scratch = try value.field("scratch").string()
        var missing: [String: [String]] = [:]
        for field in try value.optional("missing")?.fields() ?? [] { missing[field.name] = try field.value.strings() }
        self.missing = missing
        workspace = try value.optional("workspace")?.string() ?? ""
    }

    package func encode() -> [UInt8] {
        var fields = [
            Value.Field("type", .string(type)),
            Value.Field("recipe", recipe),
            Value.Field("cpus", .int(cpus)),
            Value.Field("seed", .uint(seed)),
            Value.Field("scratch", .string(scratch)),
        ]
        if !missing.isEmpty {
            let lost = missing.sorted { $0.key < $1.key }.map { Value.Field($0.key, .list($0.value.map(Value.string))) }
            fields.append(Value.Field("missing", .object(lost)))
        }
        if !workspace.isEmpty { fields.append(Value.Field("workspace", .string(workspace))) }
        return Value.object(fields).frame
    }
}

extension WorkerRequest {
    /// Runs what a frame asks for.
    ///
    /// - Throws: what the recipe throws, or why it could not be run.
    static func run(_ frame: [UInt8], _ reads: ReadLog) throws {
        let request: WorkerRequest
        do throws(WireError) { request = try WorkerRequest(frame) } catch { throw RequestError.unreadable(error) }
        // Of this process, which runs one action at a time.
        if !request.scratch.isEmpty { setHome(request.scratch) }
        try request.run(reads)
    }

    /// Runs the recipe in this process.
    ///
    /// - Parameter reads: takes what the recipe looks at undeclared.
    /// - Throws: what the recipe throws, or why it could not be run.
    func run(_ reads: ReadLog = ReadLog()) throws {
        guard cpus >= 1 else { throw RequestError.noCPUs(cpus) }
        let recipe = try decoded()
        setThreads(cpus)
        let step = Step(cpus: cpus, seed: seed, scratch: scratch, missing: missing, workspace: workspace, reads: reads)
        try recipe.run(step)
    }

    private func decoded() throws -> any Recipe {
        try RecipeTypes.type(named: type).init(from: RecipeDecoder(recipe))
    }
}

/// The types of recipes by their names. To find one the runtime takes its name apart and puts it together again, and a
/// worker is asked for the same few all the time.
private enum RecipeTypes {
    private static let known = Mutex<[String: any Recipe.Type]>([:])

    static func type(named name: String) throws -> any Recipe.Type {
        if let type = known.withLock({ $0[name] }) { return type }
        // Other bytes than text are addresses to the runtime, which would follow them.
        guard name.utf8.allSatisfy({ (0x21 ... 0x7E).contains($0) }),
            let type = _typeByName(name) as? any Recipe.Type
        else { throw RequestError.noRecipe(name) }
        known.withLock { $0[name] = type }
        return type
    }
}

/// Why a request could not be run.
enum RequestError: Error {
    case unreadable(WireError)
    case noRecipe(String)
    case noCPUs(Int)
    case noRequest(path: String)
}
