package import Artifact

/// What the commands of a plan name of their surroundings, each once: found by reading every recipe, and the same as
/// long as the plan is.
package struct CommandNames: Hashable, Packable {
    /// Sorted by bytes, as all of these are.
    package private(set) var programs: [[UInt8]] = []
    /// Variables of dbuild's own environment.
    package private(set) var variables: [[UInt8]] = []
    /// Those whose values are in keys as codes only.
    package private(set) var secrets: [[UInt8]] = []
    /// Actions that are known by probes, and those whose recipes cannot be read: who asks for them is told so.
    package private(set) var probed: [ActionID] = []

    package init(_ plan: Plan) {
        var found = Found()
        var reading = CommandNamesReading(plan)
        for action in plan.actions where reading.isCommand(action) {
            // Most commands of a plan name what the one before has named.
            if !reading.repeatsNames(action) { found.add(plan, action) }
            if found.isProbed { probed.append(action) }
        }
        func sorted(_ names: Set<[UInt8]>) -> [[UInt8]] { names.sorted { $0.lexicographicallyPrecedes($1) } }
        (programs, variables, secrets) = (sorted(found.programs), sorted(found.variables), sorted(found.secrets))
    }

    private struct Found {
        var (programs, variables, secrets): (Set<[UInt8]>, Set<[UInt8]>, Set<[UInt8]>) = ([], [], [])
        /// Whether the command that was added last is known by probes, or cannot be read.
        var isProbed = false

        mutating func add(_ plan: Plan, _ action: ActionID) {
            guard let recipe = try? plan.recipe(of: action) else {
                isProbed = true
                return
            }
            let facts = Plan.commandFacts(recipe)
            if let program = facts.program { programs.insert(program) }
            variables.formUnion(facts.variables)
            secrets.formUnion(facts.secrets)
            isProbed = !facts.probes.isEmpty
        }
    }

    package func pack(into packer: inout Packer) {
        for names in [programs, variables, secrets] {
            packer.list(names) { packer, name in packer.string(name) }
        }
        packer.list(probed) { packer, action in packer.number(action.index) }
    }

    package init(from unpacker: inout Unpacker) throws(UnpackError) {
        func names(_ unpacker: inout Unpacker) throws(UnpackError) -> [[UInt8]] {
            try unpacker.list { unpacker throws(UnpackError) in try unpacker.string() }
        }
        programs = try names(&unpacker)
        variables = try names(&unpacker)
        secrets = try names(&unpacker)
        probed = try unpacker.list { unpacker throws(UnpackError) in
            guard let number = UInt32(exactly: try unpacker.number()) else { throw .malformed }
            return ActionID(number)
        }
    }

    /// Whether every action in it is one of so many.
    package func fits(actionCount: Int) -> Bool { probed.allSatisfy { $0.index < actionCount } }
}
