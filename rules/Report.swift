import Forecasting
import Rules
import Tables

/// What is forecast, how far earlier forecasts were from what happened, and what data there are, as one page: as
/// Markdown with the figures beside it, and as HTML that needs no other file.
///
/// It holds no instant at which it was made: the same tables give the same bytes.
///
/// - Throws: `ReportError`, `TableError`.
struct Report: Recipe {
    @Input var accuracy: TableFile
    @Input var coverage: TableFile
    @Input var sources: [TableFile]
    @Input var held: TableFile
    @Input var accuracyFigure: TextFile
    @Input var horizonFigure: TextFile
    @Input var coverageFigure: TextFile
    @Input var indexByDay: TextFile
    @Input var indexByHour: TextFile
    @Input var heldFigure: TextFile
    /// By route.
    @Input var outlooks: [String: TextFile]
    /// The routes that are wanted, forecast or not.
    var shown: [String]
    var asOf: Day
    var days: ClosedDays
    @Output var markdown: TextFile
    @Output var page: TextFile

    func run(_ step: Step) throws {
        let title = "Departure delays: forecasts as of \(asOf)"
        let blocks = try [.heading(title, level: 1)] + worth() + outlook() + indices() + dataHeld()
        try markdown.write(ReportMarkdown(blocks: blocks).text)
        try page.write(ReportHTML(title: title, blocks: blocks).text)
    }
}

// MARK: - What forecasts are worth

extension Report {
    private func worth() throws -> [ReportBlock] {
        let findings = Findings(rows: try AccuracyRow.read(accuracy.read()))
        let tables = AccuracyTables(findings)
        let intervals = CoverageFindings(rows: try CoverageRow.read(coverage.read()))
        return try [
            .heading("What the forecasts are worth", level: 2),
            .paragraph(
                "Forecasts as of several days, each made from what was known then, against the flights that departed. "
                    + "All numbers are minutes per flight; in brackets 95 % intervals from drawing days, as the flights "
                    + "of a day are late together. One in twenty misses the truth by chance, "
                    + "of few days more: of 14 about one in ten, of 4 about one in five."),
            .paragraph(
                "The slope of the loss was chosen in sight of the two weeks after 2013-08-31, 09-30, 10-31 and 11-30: "
                    + "there the numbers are kinder to the model than new days will be."),
            .list(findings.overall()),
            .figure(
                figure(
                    accuracyFigure,
                    "Mean absolute error less the median's, by day as of which: left of zero is better than the median, "
                        + "and a bar across zero is no more than noise.")),
            .list(findings.byOrigin()),
            .table(tables.predictors),
            .heading("By day as of which", level: 3),
            .table(tables.origins(choices: RouteChoices(sources).byOrigin)),
            .heading("By days ahead", level: 3),
            .figure(
                figure(
                    horizonFigure,
                    "Error by days ahead, over all days as of which. Above: mean absolute error. Below: the forecast's "
                        + "less the median's, with 95 % intervals, which are too narrow: they are from few days each.")),
            .table(tables.horizon),
            .heading("Intervals", level: 3),
            .paragraph(intervals.sentence),
            .figure(
                figure(
                    coverageFigure,
                    "Share of the flights between the forecast 0.1 and 0.9 quantiles of their hour, with 95 % intervals."
                )),
            .table(intervals.table),
        ]
    }
}

// MARK: - What is forecast, and what there is

extension Report {
    private func outlook() throws -> [ReportBlock] {
        var blocks: [ReportBlock] = [
            .heading("Forecasts of some routes", level: 2),
            .paragraph(
                "By scheduled local hour of \(days.first) to \(days.last), at most two weeks. A band is where 8 of 10 "
                    + "flights are expected; dots are flights that departed, as far as they are known by now."),
        ]
        let missing = shown.filter { outlooks[$0] == nil }
        if !missing.isEmpty { blocks.append(.paragraph("Not forecast: \(missing.joined(separator: ", ")).")) }
        for route in shown {
            guard let outlook = outlooks[route] else { continue }
            blocks.append(.figure(try figure(outlook, "\(route): forecast, interval and what happened.")))
        }
        return blocks
    }

    private func indices() throws -> [ReportBlock] {
        [
            .heading("The index by airport", level: 2),
            .paragraph(
                "Predicted delays, means over each airport's flights, beside those of the flights that departed. "
                    + "The forecast is of the delay in the middle, so that the median is what it is to be compared with; "
                    + "the mean is what passengers wait."),
            .figure(
                try figure(
                    indexByDay,
                    "Index by day, with mean and median of the flights that departed, where those are ten or more.")),
            .figure(
                try figure(
                    indexByHour,
                    "Index by scheduled local hour, over all days of the forecast, with mean and median of ten or more."
                )),
        ]
    }

    private func dataHeld() throws -> [ReportBlock] {
        [
            .heading("Data held", level: 2),
            .paragraph(
                "All that is known by now, by airport and month. A flight without a departure was cancelled, or nobody "
                    + "wrote down when it left. Hours of weather are counted from an airport's first to its last."),
            .figure(
                try figure(heldFigure, "Scheduled flights, and the share of them without a departure, by month.")),
            .table(try heldTable(held.read())),
        ]
    }

    private func heldTable(_ table: Table) throws -> ReportTable {
        let names = [
            "days", "routes", "scheduled", "departed", "not_departed", "weather_hours", "weather_hours_missing",
        ]
        let counts = try names.map { try table.int64($0).storage }
        let (airports, months) = (try table.string("airport"), try table.date("month").storage)
        return ReportTable(
            header: [
                "airport, month", "days with flights", "routes", "scheduled", "departed", "no departure",
                "hours of weather", "hours missing",
            ],
            rows: months.indices.map { row in
                ["\(airports[row] ?? "") \(months[row].description.prefix(7))"]
                    + counts.map { grouped(Int($0[row])) }
            })
    }

    private func figure(_ file: TextFile, _ caption: String) throws -> ReportFigure {
        // Figures lie in the report's folder.
        let name = file.path.split(separator: "/").last.map { String($0) } ?? file.path
        return ReportFigure(file: name, caption: caption, image: try file.bytes())
    }
}
