/// How a directory above outputs came to be there, as far as that matters to who removes them again.
package enum Way: Hashable, Sendable {
    /// dbuild made it, since it was not there.
    case made
    /// A symbolic link through which outputs were put in place, and what it holds.
    case link(target: [UInt8])
}

extension Disk {
    /// What is to be remembered of the directories above outputs that are about to be put in place: those that are not
    /// there yet, and links.
    package func ways(to outputs: [Trace.Output]) throws(DiskError) -> [Path: Way] {
        var ways: [Path: Way] = [:]
        var seen: Set<Path> = []
        for output in outputs {
            // A tree may itself be a link: then its members are put where that leads.
            var place = output.content.kind == .tree ? output.path : output.path.directory
            while !place.bytes.isEmpty, seen.insert(place).inserted {
                switch try stamp(place, followsLink: false)?.type {
                case nil: ways[place] = .made
                case .link?: ways[place] = .link(target: try linkTarget(place))
                case .file?, .directory?, .other?: break
                }
                place = place.directory
            }
        }
        return ways
    }
}
