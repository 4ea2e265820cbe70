private import Glibc
private import Hashing

/// How this process was started, as far as what it does depends on it.
package struct Invocation {
    /// The program's name first.
    package let arguments: [[UInt8]]
    /// The directory that it was started in, without links.
    package let start: [UInt8]
    /// The directory of the program.
    package let program: [UInt8]

    package init?() {
        arguments = CommandLine.arguments.map { Array($0.utf8) }
        guard let start = resolvedPath("."), let program = resolvedPath("/proc/self/exe"),
            let slash = program.lastIndex(of: UInt8(ascii: "/"))
        else { return nil }
        (self.start, self.program) = (start, Array(program[..<slash]))
    }

    /// Of its settled file, in `.dbuild/settled`.
    package var name: String {
        var writer = WordWriter()
        writer.list(arguments.dropFirst().map { $0 }) { $0.text($1) }
        writer.text(start)
        return "\(XXH3.digest(writer.bytes))"
    }

    /// Where its workspace can be: as its `-C` says, else the nearest directory upward with rules or state.
    ///
    /// Wrong for command lines that only a parser understands: then there is no settled file of theirs.
    var root: [UInt8]? {
        var rest = arguments.dropFirst()
        while let argument = rest.popFirst() {
            for option in ["-C", "--directory"] where argument == Array(option.utf8) {
                return rest.first.flatMap { resolvedPath($0) }
            }
            let (short, long) = (Array("-C".utf8), Array("--directory=".utf8))
            if argument.starts(with: long) { return resolvedPath(argument.dropFirst(long.count)) }
            if argument.starts(with: short) { return resolvedPath(argument.dropFirst(short.count)) }
        }
        var place = start
        while true {
            if isThere(place, "/rules/Rulesfile.swift") || isThere(place, "/.dbuild") { return place }
            guard let slash = place.lastIndex(of: UInt8(ascii: "/")), place.count > 1 else { return nil }
            place = slash == 0 ? [UInt8(ascii: "/")] : Array(place[..<slash])
        }
    }
}

private func isThere(_ directory: [UInt8], _ rest: String) -> Bool {
    unsafe access(cPath(directory + Array(rest.utf8)), F_OK) == 0
}

/// Absolute, without links; nil where nothing lies there.
private func resolvedPath(_ path: some Collection<UInt8>) -> [UInt8]? {
    guard let found = unsafe realpath(cPath(path), nil) else { return nil }
    defer { unsafe free(found) }
    return unsafe Array(UnsafeBufferPointer(start: found, count: strlen(found))).map { UInt8(bitPattern: $0) }
}

private func resolvedPath(_ path: String) -> [UInt8]? { resolvedPath(Array(path.utf8)) }

func cPath(_ path: some Collection<UInt8>) -> [CChar] { path.map { CChar(bitPattern: $0) } + [0] }
