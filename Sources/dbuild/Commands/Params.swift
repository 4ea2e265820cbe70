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
            for parameter in try view.session.rules.parameters() {
                let value = view.session.settings.values[parameter.name] ?? parameter.defaultText ?? "(required)"
                let range = (parameter.range.map { ", \($0)" } ?? "") + (parameter.zone.map { ", in \($0)" } ?? "")
                write(
                    "\(parameter.name)=\(value)  \(parameter.typeName)\(range)  \(parameter.help)\n", toStandard: 1)
            }
            return 0
        }
    }
}
