import Rules

/// Days that are expected to be alike: the same season, and both from Monday to Friday or both not.
struct DateGroup {
    var day: Day
    var season: Season

    var number: Int32 { season.number * 2 + (day.weekday < 5 ? 0 : 1) }
}

/// The seasons of the calendar.
///
/// Their numbers are declared, not found in the data: no training sees others than a forecast. A new one goes to the end.
enum Season: String, CaseIterable {
    case spring = "SPRING"
    case summerBreak = "SUMMER BREAK"
    case winter = "WINTER"
    case fall = "FALL"
    case septemberLow = "SEPTEMBER LOW"
    case easter = "EASTER"
    case christmas = "CHRISTMAS"
    case thanksgiving = "THANKSGIVING"
    case presidentsWeek = "PRESIDENTS WEEK"
    case jerseyWeek = "JERSEY WEEK"
    case martinLutherKingDay = "MARTIN LUTHER KING JUNIOR DAY"
    case christmasPeak = "CHRISTMAS PEAK"
    case halloween = "HALLOWEEN"
    case july4th = "JULY 4TH"
    case memorialDay = "MEMORIAL DAY"
    case columbusDay = "COLUMBUS DAY"
    case mardiGras = "MARDI GRAS"

    var number: Int32 { Int32(Self.allCases.firstIndex(of: self) ?? 0) }
}
