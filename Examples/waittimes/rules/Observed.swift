import Forecasting
import Rules
import Tables

/// The attractions of which both measures are known by now, one below the other: others cannot be forecast yet.
struct Observed: Recipe {
    /// What `Dirt` says of each.
    @Input var dirt: [String: TableFile]
    @Output var table: CSVFile

    func run(_ step: Step) throws {
        let codes = try dirt.keys.sorted().filter { code in
            let counts = try dirt[code]?.read()
            let (actual, posted) = (
                try counts?.int64("actual").storage.first, try counts?.int64("posted").storage.first
            )
            let isObserved = (actual ?? 0) > 0 && (posted ?? 0) > 0
            if !isObserved { step.log("\(code) is not observed yet") }
            return isObserved
        }
        try CSVWriter().write(
            Table(Schema([Field("entity_code", .string)]), [.string(Strings(codes))]), to: table.path)
    }
}
