import Artifact

/// The numbers of runs, as the directories that they have left show them.
enum RunNumber {
    /// More digits have no run: the directory is somebody's.
    private static let longestDigits = 15

    /// One more than that of any run that has left a directory: where the database was deleted its own numbers begin
    /// again, and what two runs left would be mixed.
    static func leastUnused(_ disk: any Disk) throws(DiskError) -> Int64 {
        var highest: Int64 = 0
        for directory in [Path(".dbuild/runs"), Displaced.root] {
            guard try disk.stamp(directory, followsLink: true)?.type == .directory else { continue }
            for name in try disk.names(in: directory) { highest = max(highest, number(name) ?? 0) }
        }
        return highest + 1
    }

    /// - Returns: that in front: a run's second directory is `7~2`.
    static func number(_ name: Path) -> Int64? {
        let digits = name.bytes.prefix { (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains($0) }
        return digits.count <= longestDigits ? Int64(String(decoding: digits, as: UTF8.self)) : nil
    }
}
