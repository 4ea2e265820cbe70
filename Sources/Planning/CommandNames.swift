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
        var (programs, variables, secrets): (Set<[UInt8]>, Set<[UInt8]>, Set<[UInt8]>) = ([], [], [])
        let isCommand = plan.rules.map(\.isCommand)
        for action in plan.actions where isCommand[plan.ruleID(of: action).index] {
            guard let recipe = try? plan.recipe(of: action) else {
                probed.append(action)
                continue
            }
            let facts = Plan.commandFacts(recipe)
            if let program = facts.program { programs.insert(program) }
            variables.formUnion(facts.variables)
            secrets.formUnion(facts.secrets)
            if !facts.probes.isEmpty { probed.append(action) }
        }
        func sorted(_ names: Set<[UInt8]>) -> [[UInt8]] { names.sorted { $0.lexicographicallyPrecedes($1) } }
        (self.programs, self.variables, self.secrets) = (sorted(programs), sorted(variables), sorted(secrets))
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
