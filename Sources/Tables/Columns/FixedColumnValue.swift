internal import Calendar

/// A fixed-width value and the one column type it belongs to: what generic code needs to reach a typed column.
protocol FixedColumnValue: FixedWidth {
    static func wrap(_ values: Values<Self>) -> Column
    /// Nil for a column of another type.
    static func unwrap(_ column: Column) -> Values<Self>?
    /// Nil for a null, and for a cell of another type.
    static func unwrap(_ cell: Value) -> Self?
}

extension Bool: FixedColumnValue {
    static func wrap(_ values: Values<Bool>) -> Column { .bool(values) }
    static func unwrap(_ column: Column) -> Values<Bool>? { if case .bool(let values) = column { values } else { nil } }
    static func unwrap(_ cell: Value) -> Bool? { if case .bool(let value) = cell { value } else { nil } }
}

extension Int32: FixedColumnValue {
    static func wrap(_ values: Values<Int32>) -> Column { .int32(values) }
    static func unwrap(_ column: Column) -> Values<Int32>? {
        if case .int32(let values) = column { values } else { nil }
    }
    static func unwrap(_ cell: Value) -> Int32? { if case .int32(let value) = cell { value } else { nil } }
}

extension Int64: FixedColumnValue {
    static func wrap(_ values: Values<Int64>) -> Column { .int64(values) }
    static func unwrap(_ column: Column) -> Values<Int64>? {
        if case .int64(let values) = column { values } else { nil }
    }
    static func unwrap(_ cell: Value) -> Int64? { if case .int64(let value) = cell { value } else { nil } }
}

extension Double: FixedColumnValue {
    static func wrap(_ values: Values<Double>) -> Column { .double(values) }
    static func unwrap(_ column: Column) -> Values<Double>? {
        if case .double(let values) = column { values } else { nil }
    }
    static func unwrap(_ cell: Value) -> Double? { if case .double(let value) = cell { value } else { nil } }
}

extension Day: FixedColumnValue {
    static func wrap(_ values: Values<Day>) -> Column { .date(values) }
    static func unwrap(_ column: Column) -> Values<Day>? { if case .date(let values) = column { values } else { nil } }
    static func unwrap(_ cell: Value) -> Day? { if case .date(let value) = cell { value } else { nil } }
}

extension Timestamp: FixedColumnValue {
    static func wrap(_ values: Values<Timestamp>) -> Column { .timestamp(values) }
    static func unwrap(_ column: Column) -> Values<Timestamp>? {
        if case .timestamp(let values) = column { values } else { nil }
    }
    static func unwrap(_ cell: Value) -> Timestamp? { if case .timestamp(let value) = cell { value } else { nil } }
}
