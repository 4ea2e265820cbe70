import Hashing
private import Synchronization

/// Copies of outputs by their content: files below `.dbuild/store`, small ones as rows of the database.
///
/// An object is its bytes alone; whether they are a program or a link's target is said by what refers to it. Nothing is
/// believed of an object before it is used: what it gives is hashed each time.
package final class Store: Sendable {
    private struct State {
        var lastNumber = 0
        var madeDirectories: Set<Path> = []
        var sharesBlocks: Bool?
        var failure: (any Error)?
        var isFailureTaken = false
        var counts = Counts()
    }

    /// What a run has done with it.
    package struct Counts: Hashable, Sendable {
        package var filesCopied = 0
        package var rowsKept = 0
        package var restored = 0
        package var lost = 0
    }

    /// Which outputs of an action are kept.
    package enum Amount: Hashable, Sendable {
        case none
        /// Those up to a size, and larger ones where the file system shares blocks.
        case upToLimit
        case all
    }

    let disk: any Disk
    let database: StateDatabase
    let run: Int64
    private let largestCopyBytes: UInt64
    private let state = Mutex(State())

    static let root = Path(".dbuild/store")
    /// Where copies are made, until they are whole.
    static let unfinished = root / "new"
    /// Up to here an object is a row. Rows of that size cost less than files of twice it; where they cross is not known.
    package static let largestRowBytes = 4096
    /// Rows of one action that may lie in memory until they are written.
    package static let rowsInMemoryBytes = 1 << 20

    /// - Parameters:
    ///   - run: the present run's number, in which new copies get their names.
    ///   - largestCopyBytes: of an output that costs room, unless its rule says otherwise.
    package init(database: StateDatabase, disk: any Disk, run: Int64, largestCopyBytes: UInt64 = 256 << 20) {
        self.database = database
        self.disk = disk
        self.run = run
        self.largestCopyBytes = largestCopyBytes
    }

    package var counts: Counts { state.withLock { $0.counts } }

    /// What kept a copy from being made, the first time that this is asked; from then on nothing is kept in this run.
    package func takeFailure() -> (any Error)? {
        state.withLock { state in
            guard !state.isFailureTaken, let failure = state.failure else { return nil }
            state.isFailureTaken = true
            return failure
        }
    }

    package func stop(_ error: any Error) { state.withLock { $0.failure = $0.failure ?? error } }

    // MARK: - Names

    static func path(of object: Fingerprint) -> Path {
        let digits = "\(object.digest)"
        return root / Path(String(digits.prefix(2))) / Path("\(digits)-\(object.sizeBytes)")
    }

    static func hasFile(_ object: Fingerprint, on disk: any Disk) throws(DiskError) -> Bool {
        guard let stamp = try disk.stamp(path(of: object), followsLink: false) else { return false }
        return stamp.type == .file && UInt64(clamping: stamp.sizeBytes) == object.sizeBytes
    }

    // MARK: - Keeping

    /// An output, or a file or link of a tree, that lies in staging and has been read.
    package struct Piece: Sendable {
        package let content: Content
        package let staged: Path
        /// What its fingerprint is of, where somebody has it at hand; else it is read again.
        package let bytes: [UInt8]?

        package init(content: Content, staged: Path, bytes: [UInt8]? = nil) {
            self.content = content
            self.staged = staged
            self.bytes = bytes
        }
    }

    /// Copies outputs before they are published.
    ///
    /// A copy that cannot be made is no reason for an action to fail: `takeFailure` says it.
    ///
    /// - Returns: what is there whole, for transaction 1.
    package func keep(_ pieces: [Piece], _ amount: Amount) -> StoreCopies {
        var copies = StoreCopies()
        guard amount != .none, state.withLock({ $0.failure == nil }) else { return copies }
        var rowBytes = 0
        var seen: Set<Fingerprint> = []
        do {
            for piece in pieces where seen.insert(piece.content.fingerprint).inserted {
                if piece.content.kind == .link || piece.content.fingerprint.sizeBytes <= UInt64(Self.largestRowBytes) {
                    rowBytes += try keepRow(piece, &copies)
                } else if try keepFile(piece, amount) {
                    copies.files.append(piece.content.fingerprint)
                }
                if rowBytes > Self.rowsInMemoryBytes {
                    try database.addObjects(copies)
                    (copies, rowBytes) = (StoreCopies(), 0)
                }
            }
        } catch { stop(error) }
        return copies
    }

    private func keepRow(_ piece: Piece, _ copies: inout StoreCopies) throws(DiskError) -> Int {
        let bytes: [UInt8]
        if let known = piece.bytes {
            bytes = known
        } else {
            bytes = piece.content.kind == .link ? try disk.linkTarget(piece.staged) : try disk.read(piece.staged)
            // Somebody still writes to it: whoever publishes it will notice.
            guard XXH3.digest(bytes) == piece.content.fingerprint.digest else { return 0 }
        }
        copies.rows.append((piece.content.fingerprint, bytes))
        state.withLock { $0.counts.rowsKept += 1 }
        return bytes.count
    }

    /// - Returns: whether the object is there.
    private func keepFile(_ piece: Piece, _ amount: Amount) throws(DiskError) -> Bool {
        let object = piece.content.fingerprint
        let place = Self.path(of: object)
        // Made again although there is a copy: perhaps for want of another one, and what spoilt that spoilt this.
        if try Self.hasFile(object, on: disk), try disk.fingerprint(place).fingerprint == object { return true }
        if amount == .upToLimit, object.sizeBytes > largestCopyBytes, try !sharesBlocks() { return false }
        try makeDirectory(place.directory)
        let copy = try newName()
        try disk.copy(piece.staged, to: copy)
        do throws(DiskError) { try disk.rename(copy, to: place) } catch {
            try disk.remove(copy)
            throw error
        }
        state.withLock { $0.counts.filesCopied += 1 }
        return true
    }

    private func makeDirectory(_ path: Path) throws(DiskError) {
        if state.withLock({ $0.madeDirectories.contains(path) }) { return }
        try disk.makeDirectory(path)
        state.withLock { _ = $0.madeDirectories.insert(path) }
    }

    private func newName() throws(DiskError) -> Path {
        try makeDirectory(Self.unfinished)
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return Self.unfinished / Path("\(run)-\(number)")
    }

    /// On this file system: tried once, when it matters.
    private func sharesBlocks() throws(DiskError) -> Bool {
        if let known = state.withLock({ $0.sharesBlocks }) { return known }
        try makeDirectory(Self.unfinished)
        let shares = try Self.sharesBlocks(on: disk, in: Self.unfinished)
        state.withLock { $0.sharesBlocks = shares }
        return shares
    }

    /// Whether a copy takes no room in a directory.
    package static func sharesBlocks(on disk: any Disk, in directory: Path) throws(DiskError) -> Bool {
        let (first, second) = (directory / Path("probe-1"), directory / Path("probe-2"))
        try disk.write([UInt8](repeating: 1, count: 4096), to: first)
        let shares = try disk.copy(first, to: second)
        for path in [first, second] { try disk.remove(path) }
        return shares
    }

    // MARK: - Restoring

    package func isStored(_ content: Content) throws -> Bool { try database.isStored(content, on: disk) }

    /// Makes a file or link of what the store holds, and hashes it. What turns out damaged is forgotten.
    ///
    /// - Parameters:
    ///   - content: no tree.
    ///   - path: where nothing lies, in a directory that is there.
    /// - Returns: the new file's stamp; nil where the object is gone or damaged: then nothing lies at the path.
    package func restore(_ content: Content, to path: Path) throws -> Stamp? {
        do {
            if try make(content, at: path) {
                var taker = CensusTaker(disk: disk, waitsForTick: false)
                if try taker.content(path) == content, let stamp = try disk.stamp(path, followsLink: false) {
                    state.withLock { $0.counts.restored += 1 }
                    return stamp
                }
            }
        } catch let error as DiskError where error.path == Self.path(of: content.fingerprint) && error.isOfTheObject {
            // It is gone, or cannot be read, which for whoever wants it is the same.
        }
        try disk.remove(path)
        try forget(content.fingerprint)
        state.withLock { $0.counts.lost += 1 }
        return nil
    }

    /// - Returns: false where there is no such object.
    private func make(_ content: Content, at path: Path) throws -> Bool {
        let object = Self.path(of: content.fingerprint)
        switch (try database.object(content.fingerprint), content.kind) {
        case (nil, _): return false
        case (.row(let target), .link):
            // The same bytes as a damaged row are no target.
            guard !target.isEmpty, !target.contains(0) else { return false }
            try disk.makeLink(path, to: target)
        case (.file, .link): return false
        case (.row(let bytes), _): try disk.write(bytes, to: path)
        case (.file, _): try disk.copy(object, to: path)
        }
        if content.kind == .executable { try disk.makeExecutable(path) }
        return true
    }

    private func forget(_ object: Fingerprint) throws {
        try database.removeObject(object)
        // Whatever lies there; what stays is found damaged again.
        disk.removeLoosely(Self.path(of: object))
    }
}

extension DiskError {
    /// Not for want of memory or descriptors.
    ///
    /// - Source: errno(3): ENOENT, EIO, EACCES, ENOTDIR, EISDIR, ELOOP, ENODATA, EBADMSG, EUCLEAN.
    fileprivate var isOfTheObject: Bool { [2, 5, 13, 20, 21, 40, 61, 74, 117].contains(errno) }
}

/// What the store has taken of one action's outputs, for transaction 1.
package struct StoreCopies: Sendable {
    /// Objects that are files, complete.
    var files: [Fingerprint] = []
    var rows: [(fingerprint: Fingerprint, bytes: [UInt8])] = []

    package init() {}

    package var isEmpty: Bool { files.isEmpty && rows.isEmpty }
}
