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
        var search = WaySearch(disk: self)
        try search.add(outputs)
        return search.ways
    }
}

/// Looks at the directories above the outputs of sets that are put in place together, at each of them once.
package struct WaySearch {
    private let disk: any Disk
    private var seen: Set<Path> = []
    package private(set) var ways: [Path: Way] = [:]

    package init(disk: any Disk) { self.disk = disk }

    /// Where a directory cannot be looked at, nothing of the set counts as seen: whoever needs the same ones asks again.
    package mutating func add(_ outputs: [Trace.Output]) throws(DiskError) {
        var asked: [Path] = []
        do throws(DiskError) {
            for output in outputs {
                // A tree may itself be a link: then its members are put where that leads.
                var place = output.content.kind == .tree ? output.path : output.path.directory
                while !place.bytes.isEmpty, seen.insert(place).inserted {
                    asked.append(place)
                    switch try disk.stamp(place, followsLink: false)?.type {
                    case nil: ways[place] = .made
                    case .link?: ways[place] = .link(target: try disk.linkTarget(place))
                    case .file?, .directory?, .other?: break
                    }
                    place = place.directory
                }
            }
        } catch {
            for place in asked {
                seen.remove(place)
                ways[place] = nil
            }
            throw error
        }
    }
}
