import Calendar
import Forecasting
import Rules
import Tables
import Testing

@testable import AirportRules

/// The tables that the report's figures are drawn from.
@Suite struct ReportRecipesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func table(_ name: String) -> TableFile { TableFile(artifact: Artifact(directory.file(name))) }
    private func csv(_ name: String) -> CSVFile { CSVFile(artifact: Artifact(directory.file(name))) }
    private func lines(_ name: String) throws -> [String] {
        String(decoding: try bytes(of: directory.file(name)), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private let days = ClosedDays(first: "2014-01-01", last: "2014-01-02")

    /// Two hours of two days.
    private func writeCurves() throws -> [TableFile] {
        for (name, day, hour, delay) in [("c1", "2014-01-01" as Day, Int32(8), 4.0), ("c2", "2014-01-02", 9, 5)] {
            try table(name).write(
                Table(
                    Schema([
                        Field("date", .date), Field("hour", .int32), Field("flights", .int32),
                        Field("predicted_delay_minutes", .double),
                    ]),
                    [.date([day]), .int32([hour]), .int32([2]), .double([delay])]))
        }
        return [table("c1"), table("c2")]
    }

    private func writeIntervals(_ hours: [Int32]) throws -> TableFile {
        try table("i").write(
            Table(
                Schema([
                    Field("date", .date), Field("hour", .int32), Field("p10", .double), Field("p90", .double),
                ]),
                [.date(["2014-01-02", "2014-01-01"]), .int32(Values(hours)), .double([-1, -2]), .double([30, 20])]))
        return table("i")
    }

    /// One before the days, two on the first and one after them.
    private func writeHappened() throws -> TableFile {
        try table("h").write(
            Table(
                Schema([
                    Field("route", .string), Field("date", .date), Field("hour", .int32), Field("minute", .int32),
                    Field("delay_minutes", .int32),
                ]),
                [
                    .string(["JFK-LAX", "JFK-LAX", "JFK-LAX", "JFK-LAX"]),
                    .date(["2013-12-31", "2014-01-01", "2014-01-01", "2014-01-03"]), .int32([8, 8, 9, 8]),
                    .int32([0, 15, 30, 0]), .int32([1, 60, -4, 1]),
                ]))
        return table("h")
    }

    @Test("An outlook has each hour's forecast with its interval, and the flights of its days only")
    func outlook() throws {
        try RouteOutlook(
            curves: writeCurves(), intervals: writeIntervals([9, 8]), happened: writeHappened(), days: days,
            hours: csv("hours.csv"), flights: csv("flights.csv")
        ).run(Step())
        #expect(
            try lines("hours.csv") == [
                "date,hour,flights,predicted_delay_minutes,p10,p90", "2014-01-01,8,2,4.0,-2.0,20.0",
                "2014-01-02,9,2,5.0,-1.0,30.0",
            ])
        #expect(
            try lines("flights.csv") == [
                "date,hour,minute,delay_minutes", "2014-01-01,8,15,60", "2014-01-01,9,30,-4",
            ])
    }

    @Test("An hour without an interval is an error, not a gap in a figure")
    func noInterval() throws {
        let recipe = RouteOutlook(
            curves: try writeCurves(), intervals: try writeIntervals([10, 8]), happened: try writeHappened(),
            days: days,
            hours: csv("hours.csv"), flights: csv("flights.csv"))
        #expect(throws: ReportError.noInterval("2014-01-02", 9)) { try recipe.run(Step()) }
    }

    @Test("The index is reviewed by day and by hour: slots count by their flights, and nothing is seen unexpected")
    func index() throws {
        try table("x").write(
            Table(
                Schema([
                    Field("date", .date), Field("origin", .string), Field("hour", .int32), Field("routes", .int32),
                    Field("flights", .int32), Field("mean_predicted_delay_minutes", .double),
                ]),
                [
                    .date(["2014-01-01", "2014-01-01", "2014-01-02"]), .string(["JFK", "JFK", "JFK"]),
                    .int32([8, 9, 8]), .int32([1, 1, 1]), .int32([1, 3, 2]), .double([2, 6, 9]),
                ]))
        try IndexReview(
            indices: [table("x")], happened: [writeHappened()], days: days, byDay: csv("day.csv"),
            byHour: csv("hour.csv")
        ).run(Step())
        #expect(
            try lines("day.csv") == [
                "airport,date,scheduled,predicted_delay_minutes,departed,mean_delay_minutes,median_delay_minutes",
                "JFK,2014-01-01,4,5.0,2,28.0,28.0", "JFK,2014-01-02,2,9.0,0,,",
            ])
        // (2 + 2 * 9) / 3 at eight o'clock.
        #expect(try lines("hour.csv").last == "JFK,9,3,6.0,1,-4.0,-4.0")
        #expect(try lines("hour.csv")[1].hasPrefix("JFK,8,3,6.66666"))
    }

    @Test("Data held are counted by airport and month, a correction in place of what it corrects")
    func held() throws {
        var flights = FlightsCSV()
        flights.add("1-31", 6, 30, "UA", 10, "JFK", "LAX", delay: "7")
        flights.add("1-31", 7, 30, "UA", 11, "JFK", "BOS", delay: "NA")
        flights.add("2-1", 6, 30, "UA", 10, "JFK", "LAX", delay: "NA")
        var late = FlightsCSV()
        late.add("2-1", 6, 30, "UA", 10, "JFK", "LAX", delay: "3")
        let weather = Tree(try directory.directory("weather"))
        let raw = """
            origin,year,month,day,temp,dewp,humid,wind_speed,precip,pressure,visib,time_hour
            JFK,2013,1,31,30,20,60,5,0,1000,10,2013-02-01T03:00:00Z
            JFK,2013,2,1,30,20,60,5,0,1000,10,2013-02-01T06:00:00Z

            """
        try Weather(
            weather: CSVFile(artifact: Artifact(try directory.write(raw, to: "weather.csv"))), through: "2013-12-31",
            parts: weather
        ).run(Step())
        try HeldData(
            flights: CSVFile(artifact: Artifact(try directory.write(flights.text, to: "flights.csv"))),
            late: CSVFile(artifact: Artifact(try directory.write(late.text, to: "late.csv"))), weather: weather,
            table: table("held"), csv: csv("held.csv")
        ).run(Step())
        // From ten in the evening to one in the morning, five hours behind UTC: eleven and midnight are missing.
        #expect(
            try lines("held.csv") == [
                "airport,month,days,routes,scheduled,departed,not_departed,weather_hours,weather_hours_missing",
                "JFK,2013-01-01,1,2,2,1,1,1,1", "JFK,2013-02-01,1,1,1,1,0,1,1",
            ])
    }

    @Test(
        "Routes are told by a list of airports' pairs, each once",
        arguments: ["", "JFK", "JFK-LAX,", "jfk-LAX", "JFK-LAX,JFK-LAX"])
    func routeNames(wrong: String) {
        #expect(RouteNames(text: wrong) == nil)
        #expect(RouteNames(text: "LGA-ATL,JFK-LAX")?.names == ["LGA-ATL", "JFK-LAX"])
        #expect(RouteNames(text: "LGA-ATL,JFK-LAX")?.text == "LGA-ATL,JFK-LAX")
    }
}
