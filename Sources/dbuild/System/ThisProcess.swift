private import Glibc

/// The directory of the whole process: children start in it.
func changeDirectory(_ path: String) throws {
    guard unsafe chdir(path) == 0 else { throw SystemError(call: "chdir", subject: path, errno: errno) }
}

func leave(_ code: Int32) -> Never { Glibc.exit(code) }
