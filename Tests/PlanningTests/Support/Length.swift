import Foundation

/// True where `DBUILD_LONG=1` asks for the long forms.
let isLong = ProcessInfo.processInfo.environment["DBUILD_LONG"] == "1"

/// The seeds of random tests.
enum Seeds {
    /// The one that `DBUILD_SEED` names, else as many batches as the form has.
    static func batches(of count: UInt64, short: Int, long: Int, from first: UInt64 = 0) -> [Range<UInt64>] {
        if let seed = ProcessInfo.processInfo.environment["DBUILD_SEED"].flatMap({ UInt64($0) }) {
            return [seed ..< seed + 1]
        }
        return (0 ..< UInt64(isLong ? long : short)).map { first + $0 * count ..< first + ($0 + 1) * count }
    }
}
