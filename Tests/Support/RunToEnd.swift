// `@preconcurrency` for its variable `environ`.
@unsafe @preconcurrency import Glibc

/// A program that could not be started.
package struct NotStarted: Error {
    package let program: String
    package let errno: Int32
}

/// Runs a program to its end, with no input.
///
/// Foundation's `Process` can wait for ever for a child that has ended while others are started beside it.
///
/// - Parameter program: absolute.
/// - Returns: what it wrote to both outputs, and its exit code, nil where a signal ended it.
package func runToEnd(_ program: String, _ arguments: [String]) throws -> (output: [UInt8], exitCode: Int32?) {
    var ends: [Int32] = [-1, -1]
    guard unsafe pipe(&ends) == 0 else { throw NotStarted(program: program, errno: errno) }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var files = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&files)
    defer { unsafe posix_spawn_file_actions_destroy(&files) }
    unsafe posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_adddup2(&files, ends[1], 1)
    unsafe posix_spawn_file_actions_adddup2(&files, ends[1], 2)
    var words: [UnsafeMutablePointer<CChar>?] = unsafe ([program] + arguments).map { unsafe strdup($0) }
    unsafe words.append(nil)
    defer { while let word = unsafe words.popLast() { unsafe free(word) } }
    var child: pid_t = 0
    let failure = unsafe posix_spawn(&child, program, &files, nil, &words, environ)
    close(ends[1])
    guard failure == 0 else { throw NotStarted(program: program, errno: failure) }

    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while true {
        let count = unsafe read(ends[0], &chunk, chunk.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { break }
        output += chunk[..<count]
    }
    var status: Int32 = 0
    while unsafe waitpid(child, &status, 0) < 0, errno == EINTR {}
    return (output, status & 0x7F == 0 ? status >> 8 & 0xFF : nil)
}
