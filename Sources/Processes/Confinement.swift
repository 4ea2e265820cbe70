/// What a Landlock domain allows. Where the kernel cannot do all of it, the action does not start.
package struct Confinement: Sendable, Hashable {
    /// Files and directories, absolute. A directory stands for all beneath it. Reading includes executing.
    package var readable: [ProcessRequest.Bytes]
    package var writable: [ProcessRequest.Bytes]
    /// Directories whose names may be read, with those beneath them; not what the files in them hold.
    package var listable: [ProcessRequest.Bytes] = []
    /// No TCP bind and connect; UDP is not covered. Needs ABI 4.
    package var withoutTCP = true
    /// No signals and abstract sockets to processes outside. Needs ABI 6.
    package var scoped = true

    package init(readable: [ProcessRequest.Bytes], writable: [ProcessRequest.Bytes]) {
        self.readable = readable
        self.writable = writable
    }
}
