private import Glibc
import Hashing

/// A settled file, mapped: read where it lies, and never believed further than it was checked.
@safe package final class SettledFile {
    package let facts: SettledFacts
    let layout: SettledLayout
    private let base: UnsafeMutableRawPointer

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
        let words = (0 ..< 8).map { unsafe base.load(fromByteOffset: 8 * $0, as: UInt64.self) }
        guard let layout = SettledLayout(words: words, fileBytes: UInt64(size)) else {
            unsafe munmap(base, size)
            return nil
        }
        let bytes = unsafe Array(
            UnsafeRawBufferPointer(start: base + Int(SettledLayout.headerBytes), count: Int(layout.factBytes)))
        let digested = unsafe UnsafeRawBufferPointer(
            start: base + Int(SettledLayout.digestedFrom), count: Int(layout.digestedTo - SettledLayout.digestedFrom))
        guard unsafe XXH3.digest(digested) == Digest(high: words[2], low: words[3]), let facts = SettledFacts(bytes)
        else {
            unsafe munmap(base, size)
            return nil
        }
        self.facts = facts
        self.layout = layout
        unsafe self.base = base
    }

    deinit { unsafe munmap(base, Int(layout.end)) }

    var entryCount: Int { Int(layout.entryCount) }
    var directoryCount: Int { Int(layout.directoryCount) }

    func stamp(_ entry: Int) -> SeenStamp {
        unsafe base.load(fromByteOffset: Int(layout.stampsAt) + 48 * entry, as: SeenStamp.self)
    }

    func flags(_ entry: Int) -> UInt8 {
        unsafe base.load(fromByteOffset: Int(layout.flagsAt) + entry, as: UInt8.self)
    }

    func digest(_ entry: Int) -> Digest {
        unsafe base.load(fromByteOffset: Int(layout.digestsAt) + 16 * entry, as: Digest.self)
    }

    /// Puts a stamp right of a file that was touched and holds the same bytes.
    ///
    /// Should the process die within it, the stamp fits no file, and the file is read once more.
    func replace(_ stamp: SeenStamp, at entry: Int) {
        unsafe base.storeBytes(of: stamp, toByteOffset: Int(layout.stampsAt) + 48 * entry, as: SeenStamp.self)
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
