/// A length of time as a person writes it.
enum Period {
    /// - Parameter text: `2h`, `90m`, `1h30m`, `1d`, `45s`: whole numbers, larger units first.
    /// - Returns: nil of anything else, and of what is too long to be counted.
    static func nanoseconds(_ text: Substring) -> Int64? {
        let units: [(name: Character, seconds: Int64)] = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]
        var (rest, sum, next) = (text, Int64(0), 0)
        guard !rest.isEmpty else { return nil }
        while !rest.isEmpty {
            let digits = rest.prefix { "0123456789".contains($0) }
            guard let number = Int64(digits), let unit = rest.dropFirst(digits.count).first,
                let place = units.indices.first(where: { $0 >= next && units[$0].name == unit })
            else { return nil }
            let (product, overflows) = number.multipliedReportingOverflow(by: units[place].seconds * 1_000_000_000)
            let (total, overflowsToo) = sum.addingReportingOverflow(product)
            guard !overflows, !overflowsToo else { return nil }
            (sum, next) = (total, place + 1)
            rest = rest.dropFirst(digits.count + 1)
        }
        return sum
    }

    static func seconds(_ text: String) throws(SettingsError) -> Double {
        guard let nanoseconds = nanoseconds(text[...]) else { throw .badPeriod(text) }
        return Double(nanoseconds) / 1e9
    }
}
