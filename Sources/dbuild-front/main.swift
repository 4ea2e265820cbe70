private import Glibc
import Settled

// What is started as `dbuild`. Where a build that found nothing to do would find that again, it says so: in the time that
// it takes to look at the files. Everything else is for the whole program, which lies beside it and is started in its
// place: linking what that needs would cost more than the looking.

private func runWholeProgram() -> Never {
    var target = [CChar](repeating: 0, count: 4097)
    let length = unsafe readlink("/proc/self/exe", &target, 4096)
    let slash = target.prefix(max(0, length)).lastIndex(of: CChar(bitPattern: UInt8(ascii: "/"))) ?? 0
    let program = Array(target[..<slash]) + Array("/dbuild-full".utf8CString)
    unsafe execv(program, CommandLine.unsafeArgv)
    let text =
        "error: \(String(decoding: program.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)) "
        + "cannot be started: \(unsafe String(cString: strerror(errno)))\n  help: install dbuild again\n"
    _ = unsafe text.withCString { unsafe write(2, $0, strlen($0)) }
    exit(3)
}

private func isSettled() -> Bool {
    // A file that is opened would take the number of a standard channel that is closed.
    guard (0 ... 2 as ClosedRange<Int32>).allSatisfy({ fcntl($0, F_GETFD) >= 0 }) else { return false }
    guard let invocation = Invocation(), var build = SettledBuild(invocation) else { return false }
    signal(SIGPIPE, SIG_IGN)
    return build.conclude()
}

if isSettled() { _exit(0) }
runWholeProgram()
