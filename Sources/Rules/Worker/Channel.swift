/// Standard input and output, kept for talking to dbuild.
///
/// What rules and recipes print goes to standard error, and what they read from standard input is empty; a program
/// that a recipe starts inherits neither.
struct Channel {
    let input: Int32
    let output: Int32

    /// Sends a frame. Without a reader there is nothing left to do here: 141, as a shell reports SIGPIPE.
    func send(_ frame: [UInt8]) {
        do throws(WireError) { try writeFrame(frame, to: output) } catch { stop(error) }
    }

    func send(text: String) {
        do throws(WireError) { try writeAll(Array(text.utf8), to: output) } catch { stop(error) }
    }

    /// The next frame, or nil when dbuild says no more.
    func receive() throws(WireError) -> [UInt8]? { try readFrame(from: input) }

    /// The answer to a question of the plan; nil for "not yet".
    func answer() throws(WireError) -> [String]? {
        guard let frame = try receive() else { throw .ended }
        switch try Value(frame) {
        case .absent: return nil
        case let value: return try value.strings()
        }
    }

    private func stop(_ error: WireError) -> Never {
        if error != .closed { printError("\(error)") }
        exit(error == .closed ? 141 : 3)
    }
}
