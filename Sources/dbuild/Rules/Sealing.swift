import Artifact
import Hashing

// Damage that reads well would be something else.

/// The bytes behind their digest.
func sealed(_ bytes: [UInt8]) -> [UInt8] {
    var packer = Packer()
    packer.digest(XXH3.digest(bytes))
    return packer.bytes + bytes
}

/// What was sealed, if it still is what it was.
func unsealed(_ bytes: [UInt8]) throws(UnpackError) -> [UInt8] {
    var unpacker = Unpacker(bytes)
    let digest = try unpacker.digest()
    let content = Array(bytes.dropFirst(sealed([]).count))
    guard XXH3.digest(content) == digest else { throw .malformed }
    return content
}
