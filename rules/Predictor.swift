/// A way to say in advance how late flights will be; the names of columns.
enum Predictor: String, CaseIterable {
    /// What is published: of model and median, the one that was better on the route's test weeks.
    case forecast
    /// The model, also on routes where the median was better.
    case model
    /// Of the route, by weekday group and hour.
    case median
    /// The mean of the route, by weekday group and hour, what is recent counting more.
    case recencyMean = "recency_mean"
    /// The route's median.
    case constant
    /// The delay of the route's last flight.
    case lastValue = "last_value"
    /// A model that is told the weather of the day. Nobody could have known it: this is no forecast.
    case weatherKnown = "weather_known"

    /// Those that know nothing of the days they are about.
    static let forecasting = allCases.filter { $0 != .weatherKnown }

    var title: String {
        switch self {
        case .forecast: "forecast (model or median, by route)"
        case .model: "model, on every route"
        case .median: "median by weekday group and hour"
        case .recencyMean: "recency-weighted mean by weekday group and hour"
        case .constant: "constant median"
        case .lastValue: "last value"
        case .weatherKnown: "NOT A FORECAST: model that was told the day's weather"
        }
    }
}
