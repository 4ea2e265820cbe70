import Rules

extension ClosedYears {
    /// - Throws: `OutsideTheData` for a day that the data are not of: nothing would be known of it, or nothing after it
    ///   could be forecast, and every table would be there, but empty.
    func check(_ day: Day, of parameter: String) throws {
        guard days.contains(day) else { throw OutsideTheData(day: day, parameter: parameter, years: self) }
    }
}

struct OutsideTheData: Error, Hashable, CustomStringConvertible {
    let day: Day
    let parameter: String
    let years: ClosedYears

    var description: String {
        let years = years.first == years.last ? "\(years.first)" : "\(years.first) to \(years.last)"
        return "parameter `\(parameter)` has \(day), and the flights are of \(years)\nhint: choose a day of \(years)"
    }
}
