private import Glibc

/// Whether a person looks at a channel.
func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

/// Says something to people; what is data goes to 1, all else to 2.
func write(_ text: String, toStandard descriptor: Int32) { writeBytes(Array(text.utf8), toStandard: descriptor) }

func writeBytes(_ bytes: [UInt8], toStandard descriptor: Int32) {
    do { try writeAll(bytes, to: descriptor, named: "standard output") } catch {
        // A closed terminal or pipe must not end a build: what cannot be said is not said. But where the text is what
        // was asked for, and there is no room for it, success would be a lie.
        let error = error as? SystemError
        guard descriptor == 1, error?.isBrokenPipe == false else { return }
        write("error: \(error?.inWords ?? "standard output")\n", toStandard: 2)
        leave(ExitCode.environment.rawValue)
    }
}
