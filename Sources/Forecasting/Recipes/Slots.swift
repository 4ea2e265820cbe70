import Calendar
import Tables

/// What is predicted of each row, gathered by day and slot.
struct Slots<Predicted> {
    /// In the order of days and slots.
    private let groups: [(slot: Slot, rows: [Predicted])]

    private struct Slot: Hashable, Comparable {
        var day: Day
        var number: Int32

        static func < (left: Slot, right: Slot) -> Bool { (left.day, left.number) < (right.day, right.number) }
    }

    /// - Parameters:
    ///   - day: the date column, without nulls.
    ///   - slot: the int32 column that divides the day, without nulls.
    ///   - predicted: one per row.
    init(of table: Table, day: String, slot: String, _ predicted: [Predicted]) throws(TableError) {
        try table.requireNoNulls(in: [day, slot])
        var groups: [Slot: [Predicted]] = [:]
        let (days, numbers) = (try table.date(day).storage, try table.int32(slot).storage)
        for (row, predicted) in predicted.enumerated() {
            groups[Slot(day: days[row], number: numbers[row]), default: []].append(predicted)
        }
        self.groups = groups.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// A row for each slot: the entity, `date`, the slot, how many rows are in it, and other columns.
    ///
    /// - Parameters:
    ///   - names: of the columns of entity, slot and count.
    ///   - others: each with its value, of the rows in a slot.
    func table(
        of entity: String, _ names: (entity: String, slot: String, count: String),
        _ others: [(field: Field, column: ([[Predicted]]) -> Column)]
    ) throws(TableError) -> Table {
        let rows = groups.map(\.rows)
        let schema = try Schema(
            [
                Field(names.entity, .string), Field("date", .date), Field(names.slot, .int32),
                Field(names.count, .int32),
            ] + others.map(\.field))
        return try Table(
            schema,
            [
                .string(Strings(rows.map { _ in entity })), .date(Values(groups.map(\.slot.day))),
                .int32(Values(groups.map(\.slot.number))), .int32(Values(rows.map { Int32(clamping: $0.count) })),
            ] + others.map { $0.column(rows) })
    }
}
