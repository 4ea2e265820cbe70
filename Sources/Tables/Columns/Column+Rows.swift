/// Columns made of rows of other columns.
extension Column {
    /// - Parameter rows: numbers of rows that there are.
    func selecting(_ rows: [Int]) -> Column {
        switch self {
        case .bool(let values): .bool(values.selecting(rows))
        case .int32(let values): .int32(values.selecting(rows))
        case .int64(let values): .int64(values.selecting(rows))
        case .double(let values): .double(values.selecting(rows))
        case .string(let values): .string(values.selecting(rows))
        case .date(let values): .date(values.selecting(rows))
        case .timestamp(let values): .timestamp(values.selecting(rows))
        }
    }

    /// - Parameter columns: all of that type.
    init(_ type: ColumnType, concatenating columns: [Column]) {
        switch type {
        case .bool: self = .bool(Values(concatenating: columns.compactMap(Bool.unwrap)))
        case .int32: self = .int32(Values(concatenating: columns.compactMap(Int32.unwrap)))
        case .int64: self = .int64(Values(concatenating: columns.compactMap(Int64.unwrap)))
        case .double: self = .double(Values(concatenating: columns.compactMap(Double.unwrap)))
        case .date: self = .date(Values(concatenating: columns.compactMap(Day.unwrap)))
        case .timestamp: self = .timestamp(Values(concatenating: columns.compactMap(Timestamp.unwrap)))
        case .string:
            self = .string(
                Strings(
                    concatenating: columns.compactMap { if case .string(let strings) = $0 { strings } else { nil } }))
        }
    }
}

extension Values {
    func selecting(_ rows: [Int]) -> Values {
        Values(rows.map { storage[$0] }, validity: validity.selecting(rows))
    }

    init(concatenating parts: [Values]) {
        self.init(
            parts.flatMap(\.storage), validity: Validity(concatenating: parts.map { ($0.validity, $0.count) }))
    }
}

extension Strings {
    func selecting(_ rows: [Int]) -> Strings {
        var utf8: [UInt8] = []
        var offsets = [0]
        utf8.reserveCapacity(rows.reduce(0) { $0 + bytes(of: $1).count })
        offsets.reserveCapacity(rows.count + 1)
        for row in rows {
            utf8.append(contentsOf: self.utf8[bytes(of: row)])
            offsets.append(utf8.count)
        }
        return Strings(utf8: utf8, offsets: offsets, validity: validity.selecting(rows))
    }

    init(concatenating parts: [Strings]) {
        var utf8: [UInt8] = []
        var offsets = [0]
        for part in parts {
            let start = utf8.count
            utf8.append(contentsOf: part.utf8)
            offsets.append(contentsOf: part.offsets.dropFirst().lazy.map { $0 + start })
        }
        let validity = Validity(concatenating: parts.map { ($0.validity, $0.count) })
        self.init(utf8: utf8, offsets: offsets, validity: validity)
    }
}

extension Validity {
    func selecting(_ rows: [Int]) -> Validity {
        guard let isPresent else { return .all }
        return Validity(rows.map { isPresent[$0] })
    }

    init(concatenating parts: [(validity: Validity, count: Int)]) {
        guard parts.contains(where: { $0.validity.isPresent != nil }) else {
            self = .all
            return
        }
        var isPresent: [Bool] = []
        for part in parts {
            isPresent.append(contentsOf: part.validity.isPresent ?? Array(repeating: true, count: part.count))
        }
        self.init(isPresent)
    }
}
