import Forecasting

/// How waits are learned and expected.
struct Settings {
    let training: TrainingSettings
    /// Nothing later than what a model is tested on may choose it.
    let split = DaySplit.chronological(train: 0.7, stop: 0.15)
    /// Of actual waits, of which a few are measured in a day.
    let medians = BaselineSettings(levels: [["date_group", "hour"], ["hour"], []])
    /// Of posted ones, of which there are a hundred.
    let aggregates = BaselineSettings(
        levels: [["date_group", "hour"], ["date_group"], ["hour"], []], minimumRows: 1)
    let columns = ForecastColumns(
        day: "park_date", slot: "minutes_since_0600", entity: "entity_code", count: "rows", prediction: "actual_minutes"
    )

    init(minObservations: Int) {
        training = TrainingSettings(eta: 0.1, depth: 6, rounds: 2000, minimumRows: minObservations)
    }

    var quantileColumns: QuantileColumns {
        QuantileColumns(day: columns.day, slot: columns.slot, entity: columns.entity, count: columns.count)
    }
}
