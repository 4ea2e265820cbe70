package import Artifact

/// A file of rows and columns, known by its name.
package enum TableKind: Hashable, Sendable {
    case parquet
    /// Plain, or compressed with gzip.
    case csv

    package init?(_ path: Path) {
        func ends(with text: String) -> Bool { path.bytes.reversed().starts(with: text.utf8.reversed()) }
        if ends(with: ".parquet") {
            self = .parquet
        } else if ends(with: ".csv") || ends(with: ".csv.gz") {
            self = .csv
        } else {
            return nil
        }
    }
}
