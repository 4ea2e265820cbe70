/// Columns made of consecutive rows of another.
extension Column {
    /// - Parameter rows: within the column.
    func slice(_ rows: Range<Int>) -> Column {
        switch self {
        case .bool(let values): .bool(values.slice(rows))
        case .int32(let values): .int32(values.slice(rows))
        case .int64(let values): .int64(values.slice(rows))
        case .double(let values): .double(values.slice(rows))
        case .string(let strings): .string(strings.slice(rows))
        case .date(let values): .date(values.slice(rows))
        case .timestamp(let values): .timestamp(values.slice(rows))
        }
    }
}

extension Values {
    func slice(_ rows: Range<Int>) -> Values { Values(Array(storage[rows]), validity: validity.slice(rows)) }
}

extension Strings {
    func slice(_ rows: Range<Int>) -> Strings {
        let start = offsets[rows.lowerBound]
        return Strings(
            utf8: Array(utf8[start ..< offsets[rows.upperBound]]),
            offsets: offsets[rows.lowerBound ... rows.upperBound].map { $0 - start }, validity: validity.slice(rows))
    }
}

extension Validity {
    func slice(_ rows: Range<Int>) -> Validity { Validity(isPresent.map { Array($0[rows]) }) }
}
