/// The names most like a mistyped one, the nearest first: at most three, and none that has little in common with it.
package func nearest(to name: String, among names: some Sequence<String>) -> [String] {
    let limit = max(2, name.count / 3)
    return names.map { (distance: editDistance(from: name, to: $0), name: $0) }
        .filter { $0.distance <= limit || $0.name.hasPrefix(name) }
        .sorted { ($0.distance, $0.name) < ($1.distance, $1.name) }
        .prefix(3).map(\.name)
}

/// How many insertions, deletions and replacements turn one name into the other.
///
/// - Source: Wagner and Fischer, "The String-to-String Correction Problem", 1974.
private func editDistance(from first: String, to second: String) -> Int {
    let other = Array(second)
    var row = Array(0 ... other.count)
    for (i, character) in first.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for j in other.indices {
            let replaced = diagonal + (character == other[j] ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(replaced, min(diagonal, row[j]) + 1)
        }
    }
    return row[other.count]
}
