import Artifact

/// What was published is not what lies there.
struct PublishedOtherwise: Error, Hashable {
    let path: Path
}

extension CensusTaker {
    /// Stamps of an output that has just been put in place, without reading it again: a rename moves nothing but the
    /// change time.
    mutating func verify(
        _ path: Path, is output: Trace.Output, from publication: Publication
    ) throws -> Census {
        var staged: [Path: Stamp] = [:]
        for case .put(let path, _, _, _, let stamp) in publication.changes { staged[path] = stamp }
        // What was equal and stayed may have been edited since it was looked at.
        func isIt(_ content: Content, at path: Path, _ stamp: Stamp) throws -> Bool {
            guard content.fits(stamp) else { return false }
            if let staged = staged[path] { return stamp.isSameFile(as: staged) }
            return try content.kind == .tree || publication.seen[path] == stamp || self.content(path) == content
        }
        guard let stamp = try stamp(path) else { throw PublishedOtherwise(path: path) }
        var members: [Census.Member] = []
        if output.content.kind == .tree {
            guard stamp.type == .directory else { throw PublishedOtherwise(path: path) }
            for member in output.members {
                guard let stamp = try memberStamp(path / member.path),
                    try isIt(member.content, at: path / member.path, stamp)
                else {
                    throw PublishedOtherwise(path: path / member.path)
                }
                members.append(Census.Member(path: member.path, content: member.content, stamp: stamp))
            }
        } else if try !isIt(output.content, at: path, stamp) {
            throw PublishedOtherwise(path: path)
        }
        return Census(content: output.content, stamp: stamp, members: members)
    }
}

extension Content {
    /// Whether a file with that stamp can hold this.
    fileprivate func fits(_ stamp: Stamp) -> Bool {
        switch kind {
        case .file, .executable:
            stamp.type == .file && UInt64(clamping: stamp.sizeBytes) == fingerprint.sizeBytes
                && stamp.isExecutable == (kind == .executable)
        case .link: stamp.type == .link
        case .tree: stamp.type == .directory
        }
    }
}
