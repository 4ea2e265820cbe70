import Forecasting
import Rules
import Tables

/// The attractions of which both measures are known by now, one below the other: others cannot be forecast yet.
struct Observed: Recipe {
    @Input var dirt: [TableFile]
    @Output var table: CSVFile

    func run(_ step: Step) throws {
        var codes: [String] = []
        for part in dirt {
            let counts = try part.read()
            guard let actual = try counts.int64("actual")[0], let posted = try counts.int64("posted")[0],
                let code = try counts.string("entity_code")[0]
            else { continue }
            if actual > 0, posted > 0 { codes.append(code) } else { step.log("\(code): not observed yet") }
        }
        try CSVWriter().write(
            Table(Schema([Field("entity_code", .string)]), [.string(Strings(codes))]), to: table.path)
    }
}
