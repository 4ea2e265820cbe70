package import Hashing
import Synchronization

/// What was written to the state since somebody asked: rows that are to be read again.
package struct StateJournal: Sendable {
    /// Actions of which a trace, a failure or a date was written.
    package private(set) var identities: Set<Digest> = []
    /// Paths of which a census was written.
    package private(set) var paths: Set<Path> = []
    /// So much that it is quicker to read everything.
    package private(set) var isOfEverything = false

    private static let most = 20_000

    package init() {}

    package var isEmpty: Bool { !isOfEverything && identities.isEmpty && paths.isEmpty }

    mutating func note(_ identity: Digest) {
        guard !isOfEverything else { return }
        identities.insert(identity)
        limit()
    }

    mutating func note(_ path: Path) {
        guard !isOfEverything else { return }
        paths.insert(path)
        limit()
    }

    private mutating func limit() {
        guard identities.count + paths.count > Self.most else { return }
        (identities, paths, isOfEverything) = ([], [], true)
    }
}

extension StateDatabase {
    /// What was written since this was called last.
    package func takeJournal() -> StateJournal {
        journal.withLock { journal in
            defer { journal = StateJournal() }
            return journal
        }
    }

    /// Said before the rows are written: one too many is only read again.
    func willWrite(_ identities: some Sequence<Digest>) {
        journal.withLock { journal in for identity in identities { journal.note(identity) } }
    }

    func willWrite(paths: some Sequence<Path>) {
        journal.withLock { journal in for path in paths { journal.note(path) } }
    }
}
