import Artifact
import Hashing

/// What is written down beside kept objects: what they are of, and how they were left.
struct RulesObjectsRecord {
    /// What another boot has left may not be whole.
    let boot: String
    /// Of all that they are of beside the sources.
    let surroundings: Digest
    let sources: [Source]
    let files: [File]

    struct Source: Packable {
        let name: String
        let digest: Digest

        init(_ source: RulesIngredients.Source) { (name, digest) = (source.name, XXH3.digest(source.text)) }

        func pack(into packer: inout Packer) {
            packer.string(name)
            packer.digest(digest)
        }

        init(from unpacker: inout Unpacker) throws(UnpackError) {
            (name, digest) = (try unpacker.text(), try unpacker.digest())
        }
    }

    struct File: Packable {
        let name: Path
        let digest: Digest

        init(_ name: Path, _ bytes: [UInt8]) { (self.name, digest) = (name, XXH3.digest(bytes)) }

        func pack(into packer: inout Packer) {
            name.pack(into: &packer)
            packer.digest(digest)
        }

        init(from unpacker: inout Unpacker) throws(UnpackError) {
            (name, digest) = (try Path(from: &unpacker), try unpacker.digest())
        }
    }

    init(surroundings: Digest, sources: [Source], files: [File]) {
        boot = Machine.bootIdentity
        (self.surroundings, self.sources, self.files) = (surroundings, sources, files)
    }

    var bytes: [UInt8] {
        var packer = Packer()
        packer.string(boot)
        packer.digest(surroundings)
        packer.list(sources)
        packer.list(files)
        return sealed(packer.bytes)
    }

    init(_ bytes: [UInt8]) throws(UnpackError) {
        var unpacker = Unpacker(try unsealed(bytes))
        boot = try unpacker.text()
        surroundings = try unpacker.digest()
        sources = try unpacker.list(of: Source.self)
        files = try unpacker.list(of: File.self)
    }
}
