/// Bytes that are not what a `WireWriter` writes, or a channel that does not carry them.
package enum WireError: Error, Hashable {
    /// The bytes end within a value.
    case ended
    case unknownTag(UInt8)
    case unknownRecord(Int)
    /// A number that does not fit.
    case numberTooLarge
    case notABool(Int)
    case unknownName(Int)
    /// A string that shares more bytes with its predecessor than that has.
    case badPrefix(Int)
    case notUTF8
    /// An artifact's kind or aspect.
    case badReference(UInt8)
    /// Values within values within values.
    case tooDeep
    /// A value where one of another type belongs.
    case mismatch(wanted: String)
    case missingField(String)
    /// In bytes; beyond `frameLimitBytes`.
    case frameTooLong(Int)
    /// Nobody reads any more.
    case closed
    /// What the system said, as in errno(3).
    case system(Int32)
}
