import Artifact

extension Disk {
    /// The files below a directory whose names end so, by their paths below it, sorted by bytes.
    ///
    /// Directories whose names begin with a dot, and links to directories, are not entered.
    ///
    /// - Returns: nil where there are none, or no directory in the workspace.
    func listing(_ directory: Path, ending suffix: [UInt8]) throws(DiskError) -> [[UInt8]]? {
        guard directory.flaw == nil, try stamp(directory, followsLink: true)?.type == .directory else { return nil }
        var found: [Path] = []
        try list(directory, below: nil, ending: suffix, into: &found)
        return found.isEmpty ? nil : found.sorted().map(\.bytes)
    }

    /// The directories that a listing goes through.
    func listedDirectories(_ directory: Path) throws(DiskError) -> [Path] {
        guard directory.flaw == nil, try stamp(directory, followsLink: true)?.type == .directory else {
            return [directory]
        }
        var found = [directory]
        for name in try names(in: directory) where name.bytes.first != UInt8(ascii: ".") {
            guard try stamp(directory / name, followsLink: false)?.type == .directory else { continue }
            found += try listedDirectories(directory / name)
        }
        return found
    }

    private func list(
        _ directory: Path, below: Path?, ending suffix: [UInt8], into found: inout [Path]
    ) throws(DiskError) {
        for name in try names(in: directory) {
            let path = below.map { $0 / name } ?? name
            switch try stamp(directory / name, followsLink: false)?.type {
            case .directory?:
                guard name.bytes.first != UInt8(ascii: ".") else { continue }
                try list(directory / name, below: path, ending: suffix, into: &found)
            case .file?: if name.bytes.hasSuffix(suffix) { found.append(path) }
            case .link?:
                guard name.bytes.hasSuffix(suffix),
                    try stamp(directory / name, followsLink: true)?.type == .file
                else { continue }
                found.append(path)
            case .other?, nil: continue
            }
        }
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }
}
