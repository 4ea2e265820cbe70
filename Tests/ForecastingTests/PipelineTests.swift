import Calendar
import Forecasting
import Rules
import Tables
import Testing

@testable import AirportRules

/// The recipes of `rules/`.
@Suite struct PipelineTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static var flights: FlightsCSV {
        var flights = FlightsCSV()
        flights.add("1-3", 6, 30, "UA", 10, "JFK", "LAX", delay: "7")
        flights.add("1-1", 6, 30, "DL", 11, "JFK", "LAX", delay: "-2")
        flights.add("1-1", 6, 30, "AA", 12, "JFK", "LAX", delay: "95")
        flights.add("1-1", 9, 5, "AA", 13, "JFK", "LAX", delay: "NA")
        flights.add("1-2", 8, 0, "EV", 14, "EWR", "BWI", delay: "0")
        return flights
    }

    private func csv(_ flights: FlightsCSV, _ name: String = "flights.csv") throws -> CSVFile {
        CSVFile(artifact: Artifact(try directory.write(flights.text, to: name)))
    }

    private func table(_ name: String) -> TableFile { TableFile(artifact: Artifact(directory.file(name))) }

    private func observe(
        _ flights: FlightsCSV = flights, late: FlightsCSV? = nil, through day: Day = "2013-01-31", to name: String = "o"
    ) throws -> Tree {
        let parts = Tree(try directory.directory(name))
        try Observations(
            flights: csv(flights), late: late.map { try csv($0, "late.csv") }, through: day, parts: parts
        ).run(Step())
        return parts
    }

    private func read(_ parts: Tree, _ route: String) throws -> Table {
        try ParquetFile(parts["\(route).parquet"].path).read()
    }

    @Test("The schedule has every flight, also a cancelled one, and no column that is not known in advance")
    func schedule() throws {
        let parts = Tree(try directory.directory("schedule"))
        try Schedule(flights: csv(Self.flights), parts: parts).run(Step())
        #expect(try parts.members() == ["EWR-BWI.parquet", "JFK-LAX.parquet"])
        let schedule = try read(parts, "JFK-LAX")
        #expect(
            schedule.schema.fields.map(\.name) == ["date", "route", "carrier", "hour", "minute", "scheduled_at"])
        #expect(try Array(schedule.string("carrier")) == ["AA", "DL", "AA", "UA"])
        #expect(try Array(schedule.int32("hour")) == [6, 6, 9, 6])
    }

    @Test("Nothing that is known only afterwards is read for the schedule")
    func scheduleReadsOnlyWhatIsKnown() {
        #expect(
            Flights.scheduleFields.map(\.name) == [
                "year", "month", "day", "hour", "minute", "time_hour", "carrier", "flight", "origin", "dest",
            ])
    }

    @Test("Observed are the flights that departed, sorted by scheduled instant and carrier")
    func observations() throws {
        let rows = try read(observe(), "JFK-LAX")
        #expect(try Array(rows.string("carrier")) == ["AA", "DL", "UA"])
        #expect(try Array(rows.int32("delay_minutes")) == [95, -2, 7])
        #expect(try Array(rows.date("date")) == ["2013-01-01", "2013-01-01", "2013-01-03"])
        #expect(rows.schema.fields.last?.name == "observed_at")
        // 2013-01-01T11:30:00Z and 95 minutes.
        let scheduled = Timestamp(microsecondsSinceEpoch: 1_357_039_800_000_000)
        #expect(try rows.timestamp("scheduled_at")[0] == scheduled)
        #expect(try rows.timestamp("actual_at")[0] == scheduled.adding(minutes: 95))
        #expect(try rows.timestamp("observed_at")[0] == scheduled.adding(minutes: 95))
    }

    @Test("A later cut leaves the routes that did not fly as they were, byte for byte")
    func cut() throws {
        let early = try observe(through: "2013-01-02", to: "early")
        let late = try observe(through: "2013-01-03", to: "late")
        #expect(try read(early, "JFK-LAX").rowCount == 2)
        #expect(try read(late, "JFK-LAX").rowCount == 3)
        #expect(try bytes(of: early["EWR-BWI.parquet"].path) == bytes(of: late["EWR-BWI.parquet"].path))
    }

    @Test("The order of the raw rows is in no byte")
    func order() throws {
        let lines = Self.flights.text.split(separator: "\n").map(String.init)
        let reversed = ([lines[0]] + lines[1...].reversed()).joined(separator: "\n")
        let parts = try observe(to: "sorted")
        let others = Tree(try directory.directory("reversed"))
        let raw = CSVFile(artifact: Artifact(try directory.write(reversed, to: "reversed.csv")))
        try Observations(flights: raw, late: nil, through: "2013-01-31", parts: others).run(Step())
        for member in try parts.members() {
            #expect(try bytes(of: parts[member].path) == bytes(of: others[member].path))
        }
    }

    @Test("A corrected row takes the place of its flight's; other routes stay byte for byte")
    func corrected() throws {
        var late = FlightsCSV()
        late.add("1-1", 6, 30, "DL", 11, "JFK", "LAX", delay: "33")
        let before = try observe(to: "before")
        let after = try observe(late: late, to: "after")
        #expect(try Array(read(after, "JFK-LAX").int32("delay_minutes")) == [95, 33, 7])
        #expect(try bytes(of: before["EWR-BWI.parquet"].path) == bytes(of: after["EWR-BWI.parquet"].path))
    }

    @Test("A correction may cancel a flight or add one, and the last correction of a flight counts")
    func otherCorrections() throws {
        var late = FlightsCSV()
        late.add("1-1", 6, 30, "DL", 11, "JFK", "LAX", delay: "33")
        late.add("1-1", 6, 30, "DL", 11, "JFK", "LAX", delay: "NA")
        late.add("1-4", 7, 0, "DL", 99, "JFK", "LAX", delay: "1")
        #expect(try Array(read(observe(late: late), "JFK-LAX").int32("delay_minutes")) == [95, 7, 1])
    }

    @Test("A row without a real airport, day or time is an error with file and number, also a corrected one")
    func badRows() throws {
        var flights = Self.flights
        flights.add("1-5", 6, 0, "AA", 1, "../", "LAX", delay: "1")
        #expect(throws: FlightsError.inFile(directory.file("flights.csv"), .noSuchAirport("../", "LAX", row: 5))) {
            try observe(flights)
        }
        var late = FlightsCSV()
        late.add("1-5", 6, 0, "AA", 1, "JFK", "LAX", delay: "2000000000")
        let error = #expect(throws: FlightsError.self) { try observe(late: late) }
        #expect(
            error?.description.contains("late.csv: row 1 behind the header: column `dep_delay`: 2000000000 ") == true)
        var noTime = FlightsCSV()
        noTime.add("1-5", 6, 99, "AA", 1, "JFK", "LAX", delay: "1")
        #expect(throws: FlightsError.self) { try observe(noTime) }
        var noDay = FlightsCSV()
        noDay.add("2-30", 6, 0, "AA", 1, "JFK", "LAX", delay: "1")
        #expect(throws: (any Error).self) { try observe(noDay) }
    }

    @Test("Routes are those with enough observations, with their number and the newest")
    func routes() throws {
        try Routes(observations: observe(), minimumObservations: 2, table: table("routes")).run(Step())
        let routes = try table("routes").read()
        #expect(try Array(routes.string("route")) == ["JFK-LAX"])
        #expect(try Array(routes.int64("observations")) == [3])
        let newest = try read(Tree(directory.file("o")), "JFK-LAX").timestamp("observed_at")[2]
        #expect(try routes.timestamp("newest_observation")[0] == newest)
    }

    @Test("Observations and schedule give the same features, and observed_at is the last column")
    func features() throws {
        let schedule = Tree(try directory.directory("schedule"))
        try Schedule(flights: csv(Self.flights), parts: schedule).run(Step())
        try CalendarOfDays(years: ClosedYears(first: 2013, last: 2013), table: table("calendar")).run(Step())
        try Features(
            observations: observe()["JFK-LAX.parquet"], schedule: schedule["JFK-LAX.parquet"],
            calendar: table("calendar"), table: table("features"), upcoming: table("upcoming")
        ).run(Step())
        let (seen, upcoming) = (try table("features").read(), try table("upcoming").read())
        #expect(seen.schema.fields.suffix(2).map(\.name) == ["delay_minutes", "observed_at"])
        #expect(FeatureMatrix(seen, target: "delay_minutes").names == FeatureMatrix(upcoming).names)
        #expect(try upcoming.selecting(rows: [0, 1, 3]) == seen.selecting(upcoming.schema.fields.map(\.name)))
        #expect(try seen.int32("carrier_code")[0] == 370)
    }

    @Test("A carrier's number depends on its code only; what is no carrier has none")
    func carriers() {
        #expect(carrierCode("00") == 0)
        #expect(carrierCode("9E") == 338)
        #expect(carrierCode("UA") == 1090)
        for text in ["", "A", "AAA", "+1", "-1", "Ä", "A "] { #expect(carrierCode(text) == nil, "\(text)") }
    }

    @Test("The federal holidays of 2013")
    func holidays() {
        #expect(
            FederalHolidays.of(year: 2013) == [
                "2013-01-01", "2013-01-21", "2013-02-18", "2013-05-27", "2013-07-04", "2013-09-02", "2013-10-14",
                "2013-11-11", "2013-11-28", "2013-12-25",
            ])
    }

    @Test("The calendar counts days to the nearest holiday, also to the next year's")
    func calendar() throws {
        try CalendarOfDays(years: ClosedYears(first: 2013, last: 2013), table: table("calendar")).run(Step())
        let calendar = try table("calendar").read()
        #expect(calendar.rowCount == 365)
        let distance = try calendar.int32("days_to_holiday")
        // 1, 2 and 11 January; 8 December; 28, 29 and 31 December.
        #expect([0, 1, 10, 341, 361, 362, 364].map { distance[$0] } == [0, -1, 10, -10, -3, 3, 1])
        #expect(try calendar.bool("is_holiday").count { $0 == true } == 10)
        #expect(try calendar.int32("weekday")[0] == 1)
    }

    @Test("The index is the mean over routes by origin and hour, however many flights each has")
    func index() throws {
        let schema = try Schema([
            Field("route", .string), Field("hour", .int32), Field("flights", .int32),
            Field("predicted_delay_minutes", .double),
        ])
        func curve(_ name: String, _ rows: [(String, Int32, Int32, Double)]) throws -> TableFile {
            try table(name).write(
                Table(
                    schema,
                    [
                        .string(Strings(rows.map(\.0))), .int32(Values(rows.map(\.1))), .int32(Values(rows.map(\.2))),
                        .double(Values(rows.map(\.3))),
                    ]))
            return table(name)
        }
        let curves = [
            try curve("a", [("JFK-LAX", 6, 5, 10), ("JFK-LAX", 7, 1, 3)]), try curve("b", []),
            try curve("c", [("JFK-SFO", 6, 1, 20)]), try curve("d", [("EWR-BWI", 6, 1, -4)]),
        ]
        try Index(curves: curves, day: "2013-12-01", table: table("index")).run(Step())
        let index = try table("index").read()
        #expect(try Array(index.string("origin")) == ["EWR", "JFK", "JFK"])
        #expect(try Array(index.int32("hour")) == [6, 6, 7])
        #expect(try Array(index.int32("routes")) == [1, 2, 1])
        #expect(try Array(index.int32("flights")) == [1, 6, 1])
        #expect(try Array(index.double("mean_predicted_delay_minutes")) == [-4, 15, 3])

        let file = CSVFile(artifact: Artifact(directory.file("index.csv")))
        try ConcatenateCSV(tables: [table("index"), table("index")], file: file).run(Step())
        let lines = String(decoding: try bytes(of: file.path), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 7)
        #expect(lines[1] == "2013-12-01,EWR,6,1,1,-4.0")
    }
}
