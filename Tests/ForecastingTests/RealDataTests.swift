import Calendar
import Forecasting
import Rules
import Tables
import Testing

@testable import AirportRules

@Suite(.enabled(if: RealData.flights != nil, "DBUILD_TEST_DATA names no folder with flights.csv"))
struct RealDataTests {
    private let directory: TemporaryDirectory
    private let flights: CSVFile

    init() throws {
        directory = try TemporaryDirectory()
        flights = try #require(RealData.flights)
    }

    private func observe(through day: Day) throws -> Tree {
        let parts = Tree(try directory.directory(day.description))
        try Observations(flights: flights, late: nil, through: day, parts: parts).run(Step())
        return parts
    }

    private func routes(_ observations: Tree, atLeast minimum: Int) throws -> [String?] {
        let table = TableFile(artifact: Artifact(directory.file("routes")))
        try Routes(observations: observations, minimumObservations: minimum, table: table).run(Step())
        return try Array(table.read().string("route"))
    }

    @Test("Every flight is in the schedule, and every flight that departed is observed")
    func counts() throws {
        let schedule = Tree(try directory.directory("schedule"))
        try Schedule(flights: flights, parts: schedule).run(Step())
        let observations = try observe(through: "2013-12-31")
        func rows(_ parts: Tree) throws -> Int {
            try parts.members().map { try ParquetFile(parts[$0].path).rowCount }.reduce(0, +)
        }
        #expect(try rows(schedule) == 336_776)
        #expect(try rows(observations) == 336_776 - 8255)
    }

    @Test("134 routes have 500 observations, 90 have 1,000; a day later all but EWR-BWI have other rows")
    func nextDay() throws {
        let (today, tomorrow) = (try observe(through: "2013-11-30"), try observe(through: "2013-12-01"))
        let before = try routes(today, atLeast: 500)
        #expect(before.count == 134)
        #expect(try routes(today, atLeast: 1000).count == 90)
        #expect(try routes(tomorrow, atLeast: 500) == before)
        let unchanged = try before.compactMap(\.self).filter { route in
            try bytes(of: today["\(route).parquet"].path) == bytes(of: tomorrow["\(route).parquet"].path)
        }
        #expect(unchanged == ["EWR-BWI"])
    }
}
