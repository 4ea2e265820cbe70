private import Synchronization

/// What a running recipe has looked at beside its declared inputs; recipes may do so from several threads.
package final class ReadLog: Sendable {
    private let looks = Mutex(Looks())

    private struct Looks {
        var found: Set<ByteText> = []
        var absent: Set<ByteText> = []

        mutating func note(_ path: ByteText, isPresent: Bool) {
            if isPresent { found.insert(path) } else { absent.insert(path) }
        }
    }

    package init() {}

    func note(_ path: String, isPresent: Bool) {
        looks.withLock { $0.note(ByteText(path), isPresent: isPresent) }
    }

    /// Paths at which something lay, sorted by their bytes.
    var found: [String] { looks.withLock { Self.sorted($0.found) } }
    /// Paths at which nothing lay, at least once.
    var absent: [String] { looks.withLock { Self.sorted($0.absent) } }

    private static func sorted(_ texts: Set<ByteText>) -> [String] {
        texts.map(\.text).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
