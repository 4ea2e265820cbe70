/// The infrastructure failed, which says nothing about the action.
package enum HelperFailure: Error, Sendable, Hashable {
    case noExecutable(errno: Int32)
    /// No socket, or no thread to read it.
    case noResources(errno: Int32)
    case wrongVersion(Int)
    /// The helper ended during the action; all its processes are gone.
    case helperDied(waitStatus: Int32, killed: Int)
    case guardDied
    /// Helpers die faster than they can be started.
    case unusable
    case closed
    case invalidRequest(RequestFlaw)
}

/// What a request says that cannot be asked of a helper.
package enum RequestFlaw: Sendable, Hashable {
    case noProgram
    /// The argument vector lacks even its first element.
    case noArguments
    case relativeDirectory
    case nulByte
    /// A variable's name is empty or has a `=` in it.
    case variableName(ProcessRequest.Bytes)
    case cpu(Int)
    case tooLarge(bytes: Int)
}
