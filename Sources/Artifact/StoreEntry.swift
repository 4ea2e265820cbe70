package import Hashing

/// What an action gave once, under a key and the parts that it discovered: a constructive trace.
///
/// There may be several of one key; an entry is of use only while every discovered part is as it was.
package struct StoreEntry: Hashable, Sendable {
    package var key: Digest
    package var discovered: [Discovered]
    package var outputs: [Trace.Output]
    package var missing: [Path]
    package var builtAtNanoseconds: Int64
    package var run: Int64
    package var durationSeconds: Double
    package var peakBytes: UInt64

    package init(
        key: Digest, discovered: [Discovered], outputs: [Trace.Output], missing: [Path], builtAtNanoseconds: Int64,
        run: Int64, durationSeconds: Double, peakBytes: UInt64
    ) {
        self.key = key
        self.discovered = discovered
        self.outputs = outputs
        self.missing = missing
        self.builtAtNanoseconds = builtAtNanoseconds
        self.run = run
        self.durationSeconds = durationSeconds
        self.peakBytes = peakBytes
    }
}

extension StoreEntry {
    /// The trace of an action whose outputs are put back from here.
    ///
    /// - Parameter parts: those of the key, as they are now.
    package func trace(parts: PackedKeyParts) -> Trace {
        Trace(
            key: key, packedParts: parts, outputs: outputs, missing: missing, discovered: discovered,
            builtAtNanoseconds: builtAtNanoseconds, run: run, durationSeconds: durationSeconds, peakBytes: peakBytes)
    }
}

extension Trace.Output {
    /// What the store must hold to give all of this back: its own bytes; of a tree, those of its files and links.
    package var pieces: [Content] {
        content.kind == .tree ? members.lazy.map(\.content).filter { $0 != .directory } : [content]
    }
}
