private import Glibc
package import Hashing

/// A settled file, mapped: read where it lies, and never believed further than it was checked.
@safe package final class SettledFile: Sendable {
    package let facts: SettledFacts
    /// Of what stays as it is while stamps and facts are put right.
    package let body: Digest
    let layout: SettledLayout
    /// Which file it is.
    let device: UInt64
    let inode: UInt64
    // Sendable, since only who has the workspace's lock writes to it, and stamps of touched files alone.
    private nonisolated(unsafe) let base: UnsafeMutableRawPointer
    private let mappedBytes: Int

    /// Opens one; nil where there is none, or one that is damaged or of another dbuild.
    ///
    /// - Parameter path: relative to an open directory.
    package init?(directory: Int32, path: String) {
        let file = unsafe openat(directory, path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var status = stat()
        // What somebody else has put here says nothing for this user.
        guard unsafe fstat(file, &status) == 0, status.st_size >= Int(SettledLayout.headerBytes),
            [0, geteuid()].contains(status.st_uid)
        else { return nil }
        let size = Int(status.st_size)
        // Shared and writable: a stamp that has moved is put right where it stands.
        guard let base = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), unsafe base != MAP_FAILED
        else { return nil }
        let words = (0 ..< SettledLayout.headerWords).map { unsafe base.load(fromByteOffset: 8 * $0, as: UInt64.self) }
        guard let layout = SettledLayout(words: words, fileBytes: UInt64(size)) else {
            unsafe munmap(base, size)
            return nil
        }
        func bytes(_ start: UInt64, _ end: UInt64) -> UnsafeRawBufferPointer {
            unsafe UnsafeRawBufferPointer(start: base + Int(start), count: Int(end - start))
        }
        body = Digest(high: words[6], low: words[7])
        // A copy: who has the lock may be writing others.
        let factBytes = unsafe Array(bytes(layout.factsAt, layout.end))
        guard unsafe Self.digest(layout, bytes(SettledLayout.headerBytes, layout.namesEnd)) == body,
            XXH3.digest(factBytes) == Digest(high: words[8], low: words[9]), let facts = SettledFacts(factBytes)
        else {
            unsafe munmap(base, size)
            return nil
        }
        self.facts = facts
        self.layout = layout
        (device, inode) = (UInt64(status.st_dev), UInt64(status.st_ino))
        mappedBytes = size
        unsafe self.base = base
    }

    deinit { unsafe munmap(base, mappedBytes) }

    /// - Parameter body: from the flags to the names.
    @unsafe static func digest(_ layout: SettledLayout, _ body: UnsafeRawBufferPointer) -> Digest {
        var hash = XXH3()
        unsafe layout.counts.withUnsafeBytes { unsafe hash.update($0) }
        unsafe hash.update(body)
        return hash.finish()
    }

    package var entryCount: Int { Int(layout.entryCount) }
    var directoryCount: Int { Int(layout.directoryCount) }

    package func stamp(_ entry: Int) -> SeenStamp {
        unsafe base.load(fromByteOffset: Int(layout.stampPlace(entry)), as: SeenStamp.self)
    }

    func flags(_ entry: Int) -> UInt8 {
        unsafe base.load(fromByteOffset: Int(SettledLayout.headerBytes) + entry, as: UInt8.self)
    }

    func digest(_ entry: Int) -> Digest {
        unsafe base.load(fromByteOffset: Int(layout.digestPlace(entry)), as: Digest.self)
    }

    /// Which of its plan's artifacts an entry is, by its number; nil for what is none, or lies in one.
    package func artifact(_ entry: Int) -> UInt32? {
        let number = unsafe base.load(fromByteOffset: Int(layout.artifactsAt) + 4 * entry, as: UInt32.self)
        return number == SettledLayout.noArtifact ? nil : number
    }

    /// Puts a stamp right of a file that was touched and holds the same bytes.
    ///
    /// Should the process die within it, the stamp fits no file, and the file is read once more.
    func replace(_ stamp: SeenStamp, at entry: Int) {
        unsafe base.storeBytes(of: stamp, toByteOffset: Int(layout.stampPlace(entry)), as: SeenStamp.self)
    }

    /// The first entry of a directory; for the one behind the last, how many there are.
    func first(_ directory: Int) -> Int {
        guard directory < directoryCount else { return entryCount }
        return Int(unsafe base.load(fromByteOffset: Int(layout.directoryFirstAt) + 4 * directory, as: UInt32.self))
    }

    @unsafe func directoryName(_ directory: Int) -> UnsafePointer<CChar>? {
        unsafe name(at: base.load(fromByteOffset: Int(layout.directoryNamesAt) + 4 * directory, as: UInt32.self))
    }

    @unsafe func leaf(_ entry: Int) -> UnsafePointer<CChar>? {
        unsafe name(at: base.load(fromByteOffset: Int(layout.leafAtAt) + 4 * entry, as: UInt32.self))
    }

    /// Names end with a NUL, and so does all of them together: no name runs over the end of the file.
    @unsafe private func name(at offset: UInt32) -> UnsafePointer<CChar>? {
        guard UInt64(offset) < layout.nameBytes else { return nil }
        return unsafe UnsafePointer((base + Int(layout.namesAt) + Int(offset)).assumingMemoryBound(to: CChar.self))
    }
}

extension SettledFile {
    /// The entries that stand for what is no artifact, by their paths as they were looked at.
    package func others() -> [[UInt8]: Int] {
        var found: [[UInt8]: Int] = [:]
        for directory in 0 ..< directoryCount {
            let entries = first(directory) ..< max(first(directory), first(directory + 1))
            guard entries.upperBound <= entryCount, let name = unsafe directoryName(directory) else { continue }
            for entry in entries where artifact(entry) == nil && flags(entry) & SettledFlag.unfollowed == 0 {
                guard let leaf = unsafe leaf(entry) else { continue }
                let (above, own) = unsafe (Self.bytes(name), Self.bytes(leaf))
                let slash = above.isEmpty || above == [UInt8(ascii: "/")] ? [] : [UInt8(ascii: "/")]
                found[above + slash + own] = entry
            }
        }
        return found
    }

    @unsafe private static func bytes(_ name: UnsafePointer<CChar>) -> [UInt8] {
        unsafe UnsafeBufferPointer(start: name, count: strlen(name)).map { UInt8(bitPattern: $0) }
    }

    /// Whether there was nothing.
    package func isAbsent(_ entry: Int) -> Bool { flags(entry) & SettledFlag.absent != 0 }

    /// Whether an entry can be put right as a file of which the digest is known.
    package func isPlainFile(_ entry: Int) -> Bool { flags(entry) == SettledFlag.hashed }
}
