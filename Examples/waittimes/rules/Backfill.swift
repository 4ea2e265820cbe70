import Forecasting
import Rules
import Tables

/// The waits of an attraction on a day that is over, slot by slot: as measured, and where nobody measured as the model
/// has it that is told what the sign said.
///
/// Where nothing was posted or measured on the whole day the attraction was closed, and there are no rows.
///
/// The model knows the day: this fills gaps, and says nothing of how good a forecast is.
///
/// - Output: a row per slot: `entity_code`, `park_date`, `time_slot`, `actual`, in whole minutes, and `source`: `observed`,
///   the mean of what was measured in the slot's five minutes, or `imputed`.
struct Backfill: Recipe {
    @Input var model: ModelFile
    @Input var metadata: MetadataFile
    @Input var medians: TableFile
    @Input var observations: TableFile
    @Input var slots: TableFile
    var entity: String
    var day: Day
    @Output var curve: CSVFile

    func run(_ step: Step) throws {
        let isThatDay: [Predicate] = [.equals("park_date", .date(day))]
        let observed = try observations.read(where: isThatDay)
        let wasOpen = observed.rowCount > 0
        let ofDay = try slots.read(where: isThatDay)
        let slots = wasOpen ? ofDay : try ofDay.selecting(rows: [])
        let minutes = try slots.int32("minutes_since_0600").storage
        let signs = try NearestPosted(observed).waits(at: minutes, on: minutes.map { _ in day })
        let imputed = try TrainedModel(model, metadata, threads: step.cpus)
            .forecasts(for: slots.adding(signs: signs), medians: Baselines(medians.read()))
        let measured = try measurements(observed)
        let values = minutes.indices.map { measured[minutes[$0] / 5]?.mean() ?? imputed[$0].value }
        try CSVWriter().write(
            Table(
                Schema([
                    Field("entity_code", .string), Field("park_date", .date), Field("time_slot", .string),
                    Field("actual", .int32), Field("source", .string),
                ]),
                [
                    .string(Strings(minutes.map { _ in entity })), .date(Values(minutes.map { _ in day })),
                    .string(Strings(minutes.map { slotName($0) })), .int32(Values(values.map { wholeMinutes($0) })),
                    .string(Strings(minutes.map { measured[$0 / 5] == nil ? "imputed" : "observed" })),
                ]), to: curve.path)
    }

    /// What was measured, by the number of its five minutes since 06:00.
    private func measurements(_ observed: Table) throws -> [Int32: [Double]] {
        var waits: [Int32: [Double]] = [:]
        let minutes = try observed.int32("minutes_since_0600").storage
        for (row, wait) in try observed.int32("actual_minutes").enumerated() {
            if let wait { waits[minutes[row] / 5, default: []].append(Double(wait)) }
        }
        return waits
    }
}
