import Artifact

/// Sets that are published together: one transaction 1, their renames, one transaction 2.
///
/// Where the next group is there by then, transaction 2 is one with its transaction 1: a commit costs more than what a
/// small set writes. In between a set is in place, its row stands, and nobody has been told that it is published.
struct PublishedGroup {
    private let publications: [Publication]
    /// By set: why the directories above it could not be looked at.
    private var unseen: [Int: DiskError] = [:]
    private let ways: [Path: Way]
    private var rows: [Int64] = []
    private var results: [Published] = []

    init(_ publications: [Publication], _ disk: any Disk) {
        self.publications = publications
        var search = WaySearch(disk: disk)
        for (index, publication) in publications.enumerated() {
            do throws(DiskError) { try search.add(publication.outputs) } catch { unseen[index] = error }
        }
        ways = search.ways
    }

    /// Transaction 1, and transaction 2 of the group before.
    ///
    /// - Returns: what became of the group before; nil where there is none.
    mutating func open(_ database: StateDatabase, closing before: PublishedGroup?) -> [Published]? {
        if let before {
            do throws(StateDatabase.Failure) {
                rows = try database.open(publications, ways: ways, closing: before.closing)
                results = publications.map { _ in Published(census: .success([])) }
                return before.results
            } catch {
                // Each for itself: what is in place may need less room than what is to come.
                let closed = before.close(database)
                open(database)
                return closed
            }
        }
        open(database)
        return nil
    }

    private mutating func open(_ database: StateDatabase) {
        do {
            do { rows = try database.open(publications, ways: ways) } catch StateDatabase.Failure.noRoom
                where publications.contains(where: \.isCopied)
            {
                // The outputs themselves may still fit.
                rows = try database.open(publications.map(\.withoutCopies), ways: ways)
                results = publications.map { _ in
                    Published(census: .success([]), notStored: StateDatabase.Failure.noRoom)
                }
                return
            }
            results = publications.map { _ in Published(census: .success([])) }
        } catch { results = publications.map { _ in Published(census: .failure(error)) } }
    }

    /// The renames. A set that stops half-way keeps its row: the next start completes it or declares it broken.
    mutating func place(_ disk: any Disk) {
        // Without a row nothing moves.
        guard rows.count == publications.count else { return }
        for (index, publication) in publications.enumerated() {
            if let error = unseen[index] {
                results[index].census = .failure(error)
                continue
            }
            var placement = Placement(publication, disk)
            results[index].census = Result { try placement.run() }
            results[index].displaced = placement.displaced
        }
    }

    /// Transaction 2.
    ///
    /// - Returns: what became of each set.
    func close(_ database: StateDatabase) -> [Published] {
        let closing = closing
        if closing.isEmpty { return results }
        do { try database.close(closing) } catch {
            return results.map { result in
                guard case .success = result.census else { return result }
                var failed = result
                failed.census = .failure(error)
                return failed
            }
        }
        return results
    }

    /// The sets that are in place.
    private var closing: [StateDatabase.Closing] {
        zip(zip(rows, publications), results).compactMap { opened, result in
            guard case .success(let census) = result.census else { return nil }
            return (opened.0, zip(opened.1.outputs, census).map { ($0.path, $1) })
        }
    }
}

extension Publication {
    /// Whether transaction 1 writes what the store could do without.
    fileprivate var isCopied: Bool { if case .built(_, .some) = record { true } else { false } }

    fileprivate var withoutCopies: Publication {
        var plain = self
        if case .built(let trace, _) = record { plain.record = .built(trace, nil) }
        return plain
    }
}
