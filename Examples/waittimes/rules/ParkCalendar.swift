import Forecasting
import Rules
import Tables

/// What is known of the days in advance, park by park.
///
/// Measured weather is in the calendar, too: nobody knew it in advance, and it is not read.
///
/// - Input: `calendar.csv.gz`.
/// - Output: `MK.parquet` for each park, a row per day: `park_date`; `date_group`, as `DateGroup` says; `season`; `year`;
///   opening and closing for everybody and with the extra hours of hotel guests, in minutes after midnight, beyond 1,440
///   if it closes after midnight; and how many hours these are.
struct ParkCalendar: Recipe {
    @Input var calendar: CSVFile
    @Output var parks: Tree

    func run(_ step: Step) throws {
        let hours = Park.allCases.flatMap { Self.fields(of: $0) }
        let days = try CSVReader(Schema([Field("date", .date), Field("season", .string)] + hours)).read(calendar.path)
        let dates = try days.date("date").storage
        let seasons = try days.string("season").map { name in
            guard let season = Season(rawValue: name ?? "") else { throw CalendarError.noSuchSeason(name ?? "") }
            return season
        }
        let common: [Column] = [
            .date(Values(dates)),
            .int32(Values(zip(dates, seasons).map { DateGroup(day: $0, season: $1).number })),
            .int32(Values(seasons.map(\.number))),
            .int32(Values(dates.map { Int32(clamping: $0.calendar.year) })),
        ]
        for park in Park.allCases {
            let own = try Self.fields(of: park).map { try Self.inMinutes(days.column($0.name)) }
            try ParquetWriter().write(Table(Self.schema, common + own), to: parks[park.member].path)
        }
    }

    /// The hours of a park, as the calendar calls them.
    private static func fields(of park: Park) -> [Field] {
        ["open", "close", "emhopen", "emhclose"].map { Field("\(park.prefix)\($0)", .int32) }
            + ["hours", "hoursemh"].map { Field("\(park.prefix)\($0)", .double) }
    }

    private static var schema: Schema {
        get throws {
            try Schema([
                Field("park_date", .date), Field("date_group", .int32), Field("season", .int32), Field("year", .int32),
                Field("opens_minute", .int32), Field("closes_minute", .int32), Field("extra_opens_minute", .int32),
                Field("extra_closes_minute", .int32), Field("hours", .double), Field("extra_hours", .double),
            ])
        }
    }

    private static func inMinutes(_ column: Column) -> Column {
        guard case .int32(let seconds) = column else { return column }
        return .int32(Values(seconds.storage.map { $0 / 60 }))
    }
}

/// What is wrong with the calendar.
enum CalendarError: Error, Hashable, CustomStringConvertible {
    case noSuchSeason(String)
    case notInCalendar(Day)

    var description: String {
        switch self {
        case .noSuchSeason(let name): "there is no season `\(name)`\nhint: the seasons are in DateGroup.swift"
        case .notInCalendar(let day): "\(day) is not in calendar.csv.gz"
        }
    }
}
