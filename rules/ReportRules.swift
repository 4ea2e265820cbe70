import Forecasting
import Rules

/// One page on what is forecast, how far earlier forecasts were from what happened, and what data there are.
struct ReportRules {
    let build: Build
    let raw: RawData
    let late: CSVFile
    let everything: Everything
    let asOf: Day
    let horizon: Int
    /// The routes whose forecasts are shown.
    let shown: RouteNames

    private static let folder = "out/report"
    private var days: ClosedDays { ClosedDays(first: asOf + 1, last: asOf + horizon) }

    func add(_ daily: DailyRules, _ accuracy: MeasuredAccuracy) {
        let plot = Plot(build)
        func figure(_ name: String, by script: String? = nil, _ table: CSVFile, _ words: String...) -> TextFile {
            let figure: TextFile = "\(Self.folder)/\(name).svg"
            _ = build.action("plot-\(name)", plot.draw(script ?? name, [table], words, to: figure))
            return figure
        }
        let outlooks = outlooks(plot, daily)
        let review = build.action("index-review", review(daily))
        let held = build.action(
            "held-data",
            HeldData(
                flights: raw.flights, late: late, weather: everything.weather, table: "\(Self.folder)/held.parquet",
                csv: "\(Self.folder)/held.csv"))
        let report = build.action(
            "report-page",
            Report(
                accuracy: accuracy.table, coverage: accuracy.coverage, sources: accuracy.sources, held: held.table,
                accuracyFigure: figure("accuracy", accuracy.csv), horizonFigure: figure("horizon", accuracy.csv),
                coverageFigure: figure("coverage", accuracy.coverageCSV),
                indexByDay: figure("index-by-day", by: "index", review.byDay, "date"),
                indexByHour: figure("index-by-hour", by: "index", review.byHour, "hour"),
                heldFigure: figure("held", held.csv), outlooks: outlooks, shown: shown.names, asOf: asOf, days: days,
                markdown: "\(Self.folder)/report.md", page: "\(Self.folder)/report.html"))
        build.group("report", report)
    }

    /// A figure for each of the shown routes that is forecast.
    private func outlooks(_ plot: Plot, _ daily: DailyRules) -> [String: TextFile] {
        func isShown(_ route: String) -> Bool { shown.names.contains(route) }
        let outlooks = build.rule("outlook", daily.routes) { route in
            isShown(route)
                ? RouteOutlook(
                    curves: daily.curves[.only(route), .all].curve, intervals: daily.intervals[route].curve,
                    happened: everything.observations["\(route).parquet"], days: days,
                    hours: "\(Self.folder)/outlook/\(route)-hours.csv",
                    flights: "\(Self.folder)/outlook/\(route)-flights.csv") : nil
        }
        let figures = build.rule("plot-outlook", daily.routes) { route in
            isShown(route)
                ? plot.draw(
                    "outlook", [outlooks[route].hours, outlooks[route].flights],
                    [route, days.first.description, "\(horizon)"], to: "\(Self.folder)/outlook-\(route).svg") : nil
        }
        return figures.all.keyed(by: daily.routes, \.output).mapValues { TextFile(artifact: $0) }
    }

    private func review(_ daily: DailyRules) -> IndexReview {
        IndexReview(
            indices: daily.indices.all.table,
            happened: daily.routes.map { everything.observations["\($0).parquet"] }, days: days,
            byDay: "\(Self.folder)/index-by-day.csv", byHour: "\(Self.folder)/index-by-hour.csv")
    }
}
