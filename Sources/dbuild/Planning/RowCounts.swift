import Artifact
private import Foundation
import Planning
import Tables

/// How many rows tables have, by content: remembered by builds, counted in views where the file still lies there.
struct RowCounts {
    let database: StateDatabase?
    let disk: WorkspaceDisk
    let root: String
    let survey: Survey
    /// A build must not wait for what is only nice to know.
    private static let mostFilesPerRun = 2000
    private static let mostCSVBytes: Int64 = 1 << 30

    /// What the changed inputs of a view hold: counted once, when it is asked for.
    func known(_ assessment: Assessment) -> (Content) -> Int? {
        var places: [Content: Path] = [:]
        for case let verdict? in assessment.verdicts {
            for case .inputChanged(let path, _, let to?) in verdict.reasons { places[to] = path }
        }
        return { [places] content in
            guard content.kind != .tree else { return nil }
            // What cannot be read is told in bytes.
            if let known = try? database?.rowCount(of: content) { return known }
            return places[content].flatMap { count($0, content) }
        }
    }

    /// Remembers the rows of what the built actions read: all Parquet tables, and the sources among CSV tables.
    func remember(_ built: [ActionID], _ plan: Plan) throws {
        var found: [Content: Int] = [:]
        var seen: Set<ArtifactID> = []
        for action in built {
            for input in plan.inputs(of: action) {
                guard found.count < Self.mostFilesPerRun else { break }
                // Most are no tables.
                guard
                    plan.isNamed(input.artifact, Self.parquet)
                        || plan.isNamed(input.artifact, Self.csv) && plan.isSource(input.artifact),
                    seen.insert(input.artifact).inserted
                else { continue }
                let path = plan.path(of: input.artifact)
                guard let content = survey.census(path)?.content, found[content] == nil,
                    try database?.rowCount(of: content) == nil, let rows = count(path, content)
                else { continue }
                found[content] = rows
            }
        }
        try database?.recordRowCounts(found)
    }

    /// - Returns: nil of what is no table, cannot be read, or is not what it was when it was fingerprinted.
    private func count(_ path: Path, _ content: Content) -> Int? {
        guard let census = survey.census(path), census.content == content else { return nil }
        let file = root + "/" + String(decoding: path.bytes, as: UTF8.self)
        let rows: Int?
        if path.bytes.suffix(8) == Self.parquet[...] {
            rows = try? ParquetFile(file).rowCount
        } else if path.bytes.suffix(4) == Self.csv[...], census.stamp.sizeBytes <= Self.mostCSVBytes {
            rows = try? CSVRecords.count(file)
        } else {
            return nil
        }
        let now = try? disk.stamp(path, followsLink: true)
        return now?.isSameFile(as: census.stamp) == true ? rows : nil
    }

    private static let parquet = Array(".parquet".utf8)
    private static let csv = Array(".csv".utf8)
}

extension Plan {
    /// Whether an artifact's name ends so.
    fileprivate func isNamed(_ artifact: ArtifactID, _ ending: [UInt8]) -> Bool {
        let name = leafRange(of: artifact)
        guard name.count >= ending.count else { return false }
        return unsafe blob.withUnsafeBytes(name.upperBound - ending.count ..< name.upperBound) {
            unsafe $0.elementsEqual(ending)
        }
    }
}

/// The records of a CSV file without its header, counted and not parsed.
enum CSVRecords {
    static func count(_ file: String) throws -> Int {
        let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: file))
        defer { try? handle.close() }
        var counter = Counter()
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty { counter.take([UInt8](chunk)) }
        return max(0, counter.total - 1)
    }

    /// A quoted field may hold ends of lines; the last record may do without one; an empty line is none.
    struct Counter {
        private var records = 0
        private var isQuoted = false
        private var isBegun = false

        var total: Int { records + (isBegun ? 1 : 0) }

        mutating func take(_ bytes: [UInt8]) {
            for byte in bytes {
                switch byte {
                case UInt8(ascii: "\""):
                    isQuoted.toggle()
                    isBegun = true
                case UInt8(ascii: "\n") where !isQuoted:
                    if isBegun { records += 1 }
                    isBegun = false
                case UInt8(ascii: "\r"): continue
                default: isBegun = true
                }
            }
        }
    }
}
