import Forecasting
import Rules

/// The recipes of the job as of one day, and where their files lie: the daily job and each origin of the accuracy are
/// made of the same ones, in a folder of their own.
struct Job {
    /// `out`, or that of an origin.
    let folder: String
    let settings: Settings
    let schedule: Tree
    let calendar: TableFile

    /// What the author may set.
    struct Settings {
        var training: TrainingSettings
        var horizon: Int
        let medians = BaselineSettings(levels: [["weekday_group", "hour"], ["hour"], []])
        let quantiles = QuantileSettings(probabilities: Coverage.probabilities)
        let columns = ForecastColumns(
            slot: "hour", entity: "route", count: "flights", prediction: "predicted_delay_minutes")
    }

    func observations(of flights: CSVFile, late: CSVFile, through day: Day) -> Observations {
        Observations(flights: flights, late: late, through: day, parts: "\(folder)/observations")
    }

    func baselines(_ route: String, _ features: Features) -> Medians {
        Medians(
            rows: features.table, value: "delay_minutes", settings: settings.medians,
            table: "\(folder)/baselines/\(route).parquet")
    }

    func features(_ route: String, _ observations: Tree) -> Features {
        Features(
            observations: observations["\(route).parquet"], schedule: schedule["\(route).parquet"], calendar: calendar,
            table: "\(folder)/features/\(route).parquet", upcoming: "\(folder)/upcoming/\(route).parquet")
    }

    func train(_ route: String, _ features: Features) -> Train {
        train(features.table, "\(folder)/models/\(route)")
    }

    func forecast(
        _ route: String, _ day: Day, _ trained: Train, _ features: Features, _ baselines: Medians
    ) -> Forecast {
        Forecast(
            model: trained.model, metadata: trained.metadata, baselines: baselines.table, features: features.upcoming,
            entity: route, day: day, columns: settings.columns, curve: "\(folder)/curves/\(route)/\(day).parquet")
    }

    func trainQuantiles(_ route: String, _ features: Features) -> TrainQuantiles {
        TrainQuantiles(
            features: features.table, target: "delay_minutes", baselines: settings.medians,
            settings: settings.quantiles,
            model: "\(folder)/quantiles/\(route).json")
    }

    /// Of the days of the horizon, as one table.
    func intervals(_ route: String, asOf day: Day, _ trained: TrainQuantiles, _ features: Features) -> ForecastQuantiles
    {
        ForecastQuantiles(
            model: trained.model, features: features.upcoming, entity: route, from: day + 1,
            through: day + settings.horizon,
            columns: QuantileColumns(
                slot: settings.columns.slot, entity: settings.columns.entity, count: settings.columns.count),
            curve: "\(folder)/intervals/\(route).parquet")
    }

    private func train(_ features: TableFile, _ place: String) -> Train {
        Train(
            features: features, target: "delay_minutes", baselines: settings.medians, settings: settings.training,
            model: "\(place)/model.ubj", metadata: "\(place)/model.json")
    }
}

/// What no forecast may be made from: observed weather, and what changes every day.
extension Job {
    /// The mean delays by weekday group and hour, what is recent counting more.
    func recencyMeans(_ route: String, _ features: Features, asOf day: Day) -> RecencyBaselines {
        RecencyBaselines(
            rows: features.table, value: "delay_minutes", asOf: day, statistic: .mean, settings: settings.medians,
            table: "\(folder)/recency-means/\(route).parquet")
    }

    func weather(_ weather: CSVFile, through day: Day) -> Weather {
        Weather(weather: weather, through: day, parts: "\(folder)/weather")
    }

    func weatherFeatures(_ route: String, _ features: Features, weather: Tree, cuts: [Day]) -> WeatherFeatures {
        WeatherFeatures(
            features: features.table, upcoming: features.upcoming, weather: weather["\(route.prefix(3)).parquet"],
            cuts: cuts, known: "\(folder)/weather-features/\(route)",
            scheduled: "\(folder)/weather-scheduled/\(route).parquet")
    }

    /// As `train`, told the weather: of the days before `cut`.
    func withWeather(_ route: String, _ cut: Day, _ features: WeatherFeatures) -> Train {
        train(features.known[WeatherFeatures.member(cut)], "\(folder)/models-with-weather/\(route)/\(cut)")
    }
}
