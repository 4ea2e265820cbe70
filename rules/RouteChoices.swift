import Forecasting
import Rules
import Tables

/// How many routes chose the model, by origin.
struct RouteChoices {
    let byOrigin: [Day: (model: Int64, all: Int64)]

    /// - Parameter sources: what `Score` gives for each origin.
    init(_ sources: [TableFile]) throws {
        var choices: [Day: (model: Int64, all: Int64)] = [:]
        for file in sources {
            let table = try file.read()
            let (origins, routes) = (try table.date("origin").storage, try table.int64("routes").storage)
            for (row, source) in try table.string("source").enumerated() {
                choices[origins[row], default: (0, 0)].all += routes[row]
                if source == ModelMetadata.Choice.model.rawValue {
                    choices[origins[row], default: (0, 0)].model += routes[row]
                }
            }
        }
        byOrigin = choices
    }
}
