import Artifact
import Hashing
import Planning
import Settled

extension Survey {
    /// Puts down all that was looked at.
    ///
    /// - Returns: false where something could not be.
    func settle(_ plan: Plan, into writer: inout SettledWriter) -> Bool {
        writer.reserve(plan.artifactCount)
        // In the plan's order, so that those of a directory stand together; then what is no artifact.
        let (surveyed, byPath) = looked(plan)
        guard let surveyed else { return false }
        var (index, directory) = (-1, [UInt8]())
        for artifact in plan.artifacts where surveyed.isLooked(artifact) {
            if let census = surveyed.census(asSeen: artifact) {
                if plan.directoryIndex(of: artifact) != index {
                    index = plan.directoryIndex(of: artifact)
                    directory = plan.directory(index).bytes
                }
                writer.add(
                    directory: directory, leaf: plan.leaf(of: artifact)[...], SeenStamp(census.stamp), follows: true,
                    digest: census.content.readable, artifact: artifact.raw)
                continue
            }
            let path = plan.path(of: artifact)
            // An earlier plan of this run may know it by its number.
            guard let sight = sight(path), settle(path, sight, artifact, into: &writer) else { return false }
        }
        let rest = byPath.filter { path, _ in plan.artifact(at: path).map { plan.tree(of: $0) != nil } ?? true }
        for (path, sight) in rest.sorted(by: { $0.key < $1.key }) {
            guard settle(path, sight, into: &writer) else { return false }
        }
        return true
    }

    private func settle(
        _ path: Path, _ sight: Assessment.Sight, _ artifact: ArtifactID? = nil, into writer: inout SettledWriter
    ) -> Bool {
        switch sight {
        case .unreadable: return false
        case .nothing:
            writer.add(directory: path.placeBytes, leaf: path.leaf, nil, follows: true, artifact: artifact?.raw)
            return true
        case .content(let content):
            guard let known = census(path), known.content == content, let census = lasting(known, at: path) else {
                return false
            }
            writer.add(
                directory: path.placeBytes, leaf: path.leaf, SeenStamp(census.stamp), follows: true,
                digest: content.readable, artifact: artifact?.raw)
            for member in census.members {
                let place = path / member.path
                writer.add(
                    directory: place.directory.bytes, leaf: place.leaf, SeenStamp(member.stamp), follows: false,
                    digest: member.content.readable)
            }
            return true
        }
    }
}

extension Survey {
    /// What puts the settled file right that this command began with; nil where that takes another one: where something
    /// was looked at that it does not have, or what it has was not looked at, or more than files have changed.
    func patch(_ found: Found, _ plan: Plan) -> SettledPatch? {
        let (asSeen, byPath) = looked(plan)
        guard let asSeen, found.file.facts.plan == plan.digest else { return nil }
        var patch = SettledPatch(found.file)
        var artifactCount = 0
        for entry in 0 ..< found.file.entryCount {
            let hasMoved = found.moved.contains(entry)
            guard let number = found.file.artifact(entry), Int(number) < plan.artifactCount else {
                if hasMoved { return nil }
                continue
            }
            artifactCount += 1
            let artifact = ArtifactID(number)
            if !hasMoved, asSeen.isAsSeen(artifact, with: Stamp(found.file.stamp(entry))) { continue }
            let path = plan.path(of: artifact)
            switch sight(path) {
            case .nothing?: if hasMoved || !found.file.isAbsent(entry) { return nil }
            case .content(let content)?:
                guard let digest = content.readable, let known = census(path), known.content == content,
                    let census = lasting(known, at: path), patch.put(SeenStamp(census.stamp), digest, at: entry)
                else { return nil }
            case .unreadable?, nil: return nil
            }
        }
        guard artifactCount == asSeen.lookedCount else { return nil }
        let others = found.file.others()
        for (path, _) in byPath where plan.artifact(at: path).map({ plan.tree(of: $0) != nil }) ?? true {
            guard let entry = others[path.bytes], !found.file.isAbsent(entry), let census = census(path),
                census.content.kind != .tree, SeenStamp(census.stamp) == found.file.stamp(entry)
            else { return nil }
        }
        return patch
    }
}

extension Survey {
    /// With the stamps that it lacks, of what was put in place as it was looked at; nil where another content is there now.
    private func lasting(_ census: Census, at path: Path) -> Census? {
        guard census.stamp == Stamp() || census.members.contains(where: { $0.stamp == Stamp() }) else { return census }
        var taker = CensusTaker(disk: disk)
        guard let now = try? taker.take(path, known: census), now.content == census.content else { return nil }
        note(path, now)
        note(changed: path, now)
        return now
    }
}

extension Path {
    /// Its directory as a settled file names it: `/` for what lies directly in the root of all files.
    var placeBytes: [UInt8] {
        let directory = directory.bytes
        return directory.isEmpty && bytes.first == UInt8(ascii: "/") ? [UInt8(ascii: "/")] : directory
    }
}

extension Content {
    /// The digest of a file's bytes.
    fileprivate var readable: Digest? { kind == .file || kind == .executable ? fingerprint.digest : nil }
}
