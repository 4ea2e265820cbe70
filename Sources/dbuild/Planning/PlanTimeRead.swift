import Artifact
import Tables

/// A read that the rules asked for and that cannot be answered at all.
enum PlanReadError: Error {
    case nobodyMakes(Path)
    case table(Path, why: String)
    case kind(Path)
}

/// The values of a column as text, of an artifact that is current.
enum PlanTimeRead {
    /// - Parameter file: absolute.
    static func column(_ name: [UInt8], of path: Path, file: String) throws -> [[UInt8]] {
        let column = String(decoding: name, as: UTF8.self)
        do throws(TableError) {
            let table: Table
            if file.hasSuffix(".parquet") {
                table = try ParquetFile(file).read(columns: [column])
            } else if file.hasSuffix(".csv") || file.hasSuffix(".csv.gz") {
                table = try CSVReader(try Schema([Field(column, .string)])).read(file)
            } else {
                throw TableError(.notParquet, file: file)
            }
            return try texts(try table.column(column), column)
        } catch {
            if case .notParquet = error.problem, !file.hasSuffix(".parquet") { throw PlanReadError.kind(path) }
            throw PlanReadError.table(path, why: "\(error)")
        }
    }

    private static func texts(_ column: Column, _ name: String) throws(TableError) -> [[UInt8]] {
        var texts: [[UInt8]] = []
        for row in 0 ..< column.count {
            switch column[row] {
            case .null: throw TableError(.unexpectedNull, column: name, place: .row(row))
            case .bool(let value): texts.append(Array("\(value)".utf8))
            case .int32(let value): texts.append(Array("\(value)".utf8))
            case .int64(let value): texts.append(Array("\(value)".utf8))
            case .double(let value): texts.append(Array("\(value)".utf8))
            case .string(let value): texts.append(Array(value.utf8))
            case .date(let value): texts.append(Array("\(value)".utf8))
            case .timestamp(let value): texts.append(Array("\(value.microsecondsSinceEpoch)".utf8))
            }
        }
        return texts
    }
}
