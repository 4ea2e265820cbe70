import ArgumentParser
import Artifact
import Rules

/// `dbuild params`
struct Params: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the parameters of the rules and their values.")

    @OptionGroup var common: CommonOptions

    mutating func run() async throws {
        let options = self
        try await reporting {
            let view = try View(options.common)
            view.sayParameters()
            let child = try ChildProcess(
                view.session.rules.path, ["--parameters"], environment: BaseEnvironment.variables, input: .null,
                output: .pipe)
            guard let frame = try readFrame(from: child.output), child.wait() == .exited(0) else {
                throw CompiledRules.Failure.crashed(.exited(2), step: "\(view.session.rules.path) --parameters")
            }
            for parameter in try ParameterDescription.list(frame) {
                let value = view.session.settings.values[parameter.name] ?? parameter.defaultText ?? "(required)"
                let range = parameter.range.map { ", \($0)" } ?? ""
                write(
                    "\(parameter.name)=\(value)  \(parameter.typeName)\(range)  \(parameter.help)\n", toStandard: 1)
            }
            return 0
        }
    }
}
