import Artifact
import Hashing
import Planning

/// Removes what was decided: files first, then what is recorded of them.
///
/// Killed at any moment it leaves outputs that are missing, of which the next build knows what to do, and no file of which
/// nobody knows any more that dbuild made it. What has changed since it was looked at stays.
struct Cleaner {
    struct Outcome {
        /// Of which actions what was removed, in order.
        var done: [Cleaning.Step] = []
        var kept: [Cleaning.Kept] = []
        var displaced: [Displaced] = []
        /// What could not be removed.
        var failures: [DiskError] = []
    }

    private let disk: any Disk
    private let database: StateDatabase
    private let stamps: [Path: Stamp]
    private var passage: Passage
    private var taker: CensusTaker
    /// Where what was edited goes; nil where nothing does.
    private let aside: Path?
    private(set) var outcome = Outcome()

    /// Of how many actions the records go at once.
    private static let largestGroup = 200

    /// - Precondition: nobody else builds in the workspace.
    /// - Parameters:
    ///   - aside: a directory for what was edited.
    ///   - stamps: under which the contents of what goes are known.
    init(_ database: StateDatabase, _ disk: any Disk, ways: [Path: Way], stamps: [Path: Stamp], aside: Path?) {
        (self.disk, self.database, self.stamps, self.aside) = (disk, database, stamps, aside)
        passage = Passage(ways, disk)
        taker = CensusTaker(disk: disk)
    }

    mutating func run(_ cleaning: Cleaning) throws {
        var steps = cleaning.steps[...]
        while !steps.isEmpty {
            let group = steps.prefix(Self.largestGroup)
            steps = steps.dropFirst(group.count)
            var forgotten: [Digest] = []
            for step in group where remove(step) && step.forgets { forgotten.append(step.made.identity) }
            try database.forget(forgotten, gone: group.flatMap { $0.made.outputs.map(\.path) })
            TestHook.afterRemoval()
        }
        try database.forgetDirectories(cleaning.directories.filter { removeDirectory($0) })
    }

    /// - Returns: whether all of it went.
    private mutating func remove(_ step: Cleaning.Step) -> Bool {
        var done = step
        done.pieces = step.pieces.filter { remove($0) }
        for directory in step.directories { _ = removeDirectory(directory) }
        if !done.pieces.isEmpty || step.pieces.isEmpty { outcome.done.append(done) }
        return done.pieces.count == step.pieces.count
    }

    /// - Returns: whether nothing is left at its path.
    private mutating func remove(_ piece: Cleaning.Piece) -> Bool {
        do {
            guard let stamp = try disk.stamp(piece.path, followsLink: false) else { return true }
            if let link = try passage.obstacle(above: piece.path) { return keep(piece, .behind(link: link)) }
            if piece.isEdited, let aside {
                outcome.displaced.append(try disk.displace(piece.path, below: aside))
            } else {
                guard try isStill(piece, stamp) else { return keep(piece, .edited) }
                try disk.remove(piece.path)
            }
            TestHook.afterRemoval()
            return true
        } catch let error as DiskError {
            outcome.failures.append(error)
        } catch {
            // It cannot be read any more: then it is something else.
            return keep(piece, .unreadable)
        }
        return false
    }

    /// Whether a piece is what was looked at: its stamp says so, or it is read.
    private mutating func isStill(_ piece: Cleaning.Piece, _ stamp: Stamp) throws -> Bool {
        if piece.isEdited { return false }
        if stamp == stamps[piece.path] { return true }
        return try taker.content(piece.path) == piece.content
    }

    private mutating func keep(_ piece: Cleaning.Piece, _ obstacle: Cleaning.Obstacle) -> Bool {
        outcome.kept.append(Cleaning.Kept(path: piece.path, obstacle: obstacle))
        return false
    }

    /// One in which something is left stays, and so does a link to one.
    ///
    /// - Returns: whether it is gone.
    private mutating func removeDirectory(_ path: Path) -> Bool {
        do throws(DiskError) {
            guard let stamp = try disk.stamp(path, followsLink: false) else { return true }
            guard stamp.type == .directory, try passage.obstacle(above: path) == nil else { return false }
            try disk.removeDirectory(path)
            TestHook.afterRemoval()
            return true
        } catch {
            if !error.isDirectoryNotEmpty { outcome.failures.append(error) }
            return false
        }
    }
}
