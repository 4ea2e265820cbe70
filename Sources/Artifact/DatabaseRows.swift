import Foundation
import GRDB
import Hashing

// Values as the database keeps them, and back.

func pack(_ values: [[UInt8]], _ packer: inout Packer) {
    packer.list(values) { packer, value in packer.string(value) }
}

func packed(_ body: (inout Packer) -> Void) -> Data {
    var packer = Packer()
    body(&packer)
    return Data(packer.bytes)
}

func data(_ digest: Digest) -> Data { packed { $0.digest(digest) } }

/// None where there is no blob; a copy less than a value of the library's.
func bytes(_ row: Row, _ index: Int) -> [UInt8] {
    (try? row.withUnsafeData(atIndex: index) { data in data.map { unsafe $0.withUnsafeBytes { unsafe [UInt8]($0) } } })
        ?? []
}

/// A row's own subscript traps on a value of another type, which a damaged file can hold.
func value<Value: DatabaseValueConvertible>(_ row: Row, _ index: Int) -> Value? {
    Value.fromDatabaseValue(row[index] as DatabaseValue)
}

/// A number of bytes: SQLite's integers have a sign.
func bytesCount(_ row: Row, _ index: Int) -> UInt64 { UInt64(clamping: (value(row, index) as Int64?) ?? 0) }

func digest(_ row: Row, _ index: Int) -> Digest? {
    var unpacker = Unpacker(bytes(row, index))
    return try? unpacker.digest()
}
