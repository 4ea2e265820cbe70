import Calendar
import Forecasting
import Rules
import Tables
import Testing

@testable import AirportRules

/// Weather, and what is made of it.
@Suite struct WeatherTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func table(_ name: String) -> TableFile { TableFile(artifact: Artifact(directory.file(name))) }

    /// - Parameter rows: origin, day of January, local hour, temperature, wind.
    private func weather(_ rows: [(String, Int, Int, String, String)], through day: Day) throws -> Tree {
        var text =
            "origin,year,month,day,hour,temp,dewp,humid,wind_dir,wind_speed,wind_gust,precip,pressure,visib,time_hour\n"
        for (origin, day, hour, temperature, wind) in rows {
            let instant = "2013-01-0\(day)T\(hour + 5 < 10 ? "0" : "")\(hour + 5):00:00Z"
            text += "\(origin),2013,1,\(day),\(hour),\(temperature),30,50,NA,\(wind),NA,0,NA,10,\(instant)\n"
        }
        let raw = CSVFile(artifact: Artifact(try directory.write(text, to: "weather.csv")))
        let parts = Tree(try directory.directory("weather"))
        try Weather(weather: raw, through: day, parts: parts).run(Step())
        return parts
    }

    private func read(_ parts: Tree, _ origin: String) throws -> Table {
        try ParquetFile(parts["\(origin).parquet"].path).read()
    }

    @Test("Each origin has every hour from its first to its last, a missing one without values")
    func hours() throws {
        let parts = try weather(
            [("JFK", 1, 6, "40", "10"), ("JFK", 1, 9, "43", "NA"), ("EWR", 1, 7, "30", "5")], through: "2013-01-01")
        #expect(try parts.members() == ["EWR.parquet", "JFK.parquet"])
        let hours = try read(parts, "JFK")
        #expect(try Array(hours.double("temperature_fahrenheit")) == [40, nil, nil, 43])
        #expect(try Array(hours.double("wind_mph")) == [10, nil, nil, nil])
        #expect(try hours.timestamp("hour_at")[3] == Timestamp(microsecondsSinceEpoch: 1_357_048_800_000_000))
    }

    @Test("Nothing after the last day is there, and no wind that no airport ever had")
    func cut() throws {
        let parts = try weather(
            [("JFK", 1, 6, "40", "1048.36"), ("JFK", 1, 7, "41", "200"), ("JFK", 2, 6, "50", "9")],
            through: "2013-01-01")
        let hours = try read(parts, "JFK")
        #expect(try Array(hours.double("temperature_fahrenheit")) == [40, 41])
        #expect(try Array(hours.double("wind_mph")) == [nil, 200])
    }

    @Test("An origin that is no airport is an error: it would name a file")
    func badOrigin() throws {
        #expect(throws: WeatherError.noSuchAirport("../")) {
            try weather([("../", 1, 6, "40", "1")], through: "2013-01-01")
        }
    }

    @Test("Hours of many years are an error, not a table of all hours between")
    func tooLong() throws {
        let raw = """
            origin,year,month,day,temp,dewp,humid,wind_speed,precip,pressure,visib,time_hour
            JFK,2013,1,1,30,20,60,5,0,1000,10,0001-01-01T03:00:00Z
            JFK,2013,1,1,30,20,60,5,0,1000,10,9999-12-31T06:00:00Z

            """
        let file = CSVFile(artifact: Artifact(try directory.write(raw, to: "weather.csv")))
        #expect(throws: WeatherError.tooManyHours(87_649_396)) {
            try Weather(weather: file, through: "2013-12-31", parts: Tree(directory.directory("weather"))).run(Step())
        }
    }

    /// Features of JFK-LAX, with flights at 6 and 9 on three days, of which one was cancelled.
    private func features() throws -> (seen: TableFile, upcoming: TableFile) {
        var flights = FlightsCSV()
        for day in 1 ... 3 {
            flights.add("1-\(day)", 6, 30, "UA", 10, "JFK", "LAX", delay: "\(day)")
            flights.add("1-\(day)", 9, 5, "AA", 11, "JFK", "LAX", delay: day == 2 ? "NA" : "20")
        }
        let raw = CSVFile(artifact: Artifact(try directory.write(flights.text, to: "flights.csv")))
        let (observed, schedule) = (Tree(try directory.directory("o")), Tree(try directory.directory("s")))
        try Observations(flights: raw, late: nil, through: "2013-01-31", parts: observed).run(Step())
        try Schedule(flights: raw, parts: schedule).run(Step())
        try CalendarOfDays(years: ClosedYears(first: 2013, last: 2013), table: table("calendar")).run(Step())
        try Features(
            observations: observed["JFK-LAX.parquet"], schedule: schedule["JFK-LAX.parquet"],
            calendar: table("calendar"), table: table("features"), upcoming: table("upcoming")
        ).run(Step())
        return (table("features"), table("upcoming"))
    }

    private func weatherFeatures(through day: Int, cuts: [Day]) throws -> (known: Tree, scheduled: Table) {
        let (seen, upcoming) = try features()
        let rows = (1 ... day).flatMap { day in (6 ..< 12).map { ("JFK", day, $0, "\(day)\($0)", "1") } }
        let hours = try weather(rows, through: "2013-01-31")
        let known = Tree(try directory.directory("known"))
        try WeatherFeatures(
            features: seen, upcoming: upcoming, weather: hours["JFK.parquet"], cuts: cuts, known: known,
            scheduled: table("scheduled")
        ).run(Step())
        return (known, try table("scheduled").read())
    }

    @Test("A flight has the weather of the hour for which it was scheduled; a cut knows the days before it only")
    func joined() throws {
        let (known, scheduled) = try weatherFeatures(through: 2, cuts: ["2013-01-01", "2013-01-02", "2013-01-09"])
        func temperatures(_ cut: String) throws -> [Double?] {
            try Array(ParquetFile(known["\(cut).parquet"].path).read().double("temperature_fahrenheit"))
        }
        #expect(try temperatures("2013-01-01") == [])
        #expect(try temperatures("2013-01-02") == [16, 19])
        // The third day's weather is not known.
        #expect(try temperatures("2013-01-09") == [16, 19, 26, nil, nil])
        // The cancelled flight is among the scheduled ones, a day without weather is not.
        #expect(try Array(scheduled.double("temperature_fahrenheit")) == [16, 19, 26, 29])
    }

    @Test("A cut's table keeps its bytes when days are added")
    func stable() throws {
        let cut = "2013-01-02.parquet"
        let before = try bytes(of: weatherFeatures(through: 2, cuts: ["2013-01-02"]).known[cut].path)
        let after = try bytes(of: weatherFeatures(through: 3, cuts: ["2013-01-02", "2013-01-03"]).known[cut].path)
        #expect(before == after)
    }

    @Test("A flight is asked of the newest model that has not seen its day, and of none before the first")
    func backfill() throws {
        let (known, scheduled) = try weatherFeatures(through: 3, cuts: ["2013-01-02", "2013-01-03"])
        var models: [Day: ModelFile] = [:]
        var metadata: [Day: MetadataFile] = [:]
        for cut in ["2013-01-02", "2013-01-03"] as [Day] {
            models[cut] = ModelFile(artifact: Artifact(directory.file("\(cut).ubj")))
            metadata[cut] = MetadataFile(artifact: Artifact(directory.file("\(cut).json")))
            try Train(
                features: known["\(cut).parquet"], target: "delay_minutes",
                baselines: BaselineSettings(levels: [["hour"], []]),
                model: try #require(models[cut]), metadata: try #require(metadata[cut])
            ).run(Step())
        }
        try Backfill(
            models: models, metadata: metadata, scheduled: table("scheduled"), route: "JFK-LAX",
            table: table("backfill")
        ).run(Step())
        let rows = try table("backfill").read()
        #expect(scheduled.rowCount == 6)
        #expect(
            try Array(rows.date("trained_before"))
                == [nil, nil, "2013-01-02", "2013-01-02", "2013-01-03", "2013-01-03"])
        // So few rows have no trees: the model is their mean, of 1 and 20, then of 1, 20 and 2.
        #expect(try Array(rows.double("expected_delay_minutes").prefix(4)) == [nil, nil, 10.5, 10.5])
        let last = try #require(try rows.double("expected_delay_minutes")[5])
        #expect(abs(last - 23.0 / 3) < 1e-5)
    }
}
