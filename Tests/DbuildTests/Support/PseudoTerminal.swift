import Foundation
import Testing

/// A command of dbuild on a terminal of its own, which Python makes: the command leads its session, as a shell's job does.
struct PseudoTerminal {
    enum Step {
        /// Until it has said this, counted from the last wait.
        case wait(String)
        case resize(columns: Int)
        /// The terminal goes away.
        case close
        case type(String)
        case signal(Int32)
        /// Until it is stopped.
        case waitStopped
        /// Until so many were started with an argument that nobody else uses, and all of them are in one of these states,
        /// as the kernel names them.
        case states(String, of: Int, withArgument: String)

        var plan: [Any] {
            switch self {
            case .wait(let text): ["wait", text]
            case .resize(let columns): ["resize", columns]
            case .close: ["close"]
            case .type(let text): ["type", text]
            case .signal(let number): ["signal", Int(number)]
            case .waitStopped: ["stopped"]
            case .states(let letters, let count, let argument): ["states", [letters, argument, count]]
            }
        }
    }

    struct Ended: Decodable, CustomTestStringConvertible {
        let output: String
        let exit: Int32
        var testDescription: String { "exit \(exit)\n\(output)" }

        /// What was drawn in place: between carriage returns, without the terminal's own signs.
        var drawings: [String] {
            output.split(separator: "\r").filter { !$0.hasPrefix("\n") }.map(String.init).map {
                $0.replacing(#/\e\[[0-9;]*[A-Za-z]/#, with: "")
            }.filter { !$0.contains("\n") && !$0.isEmpty }
        }
    }

    /// - Parameter ignoresHangUp: as nohup starts it.
    static func run(
        _ arguments: [String], in workspace: ExampleWorkspace, columns: Int = 80, ignoresHangUp: Bool = false,
        _ steps: [Step] = []
    ) async throws -> Ended {
        let plan: [String: Any] = [
            "columns": columns, "ignoresHangUp": ignoresHangUp, "steps": steps.map(\.plan),
            "command": [try Built.program().path] + arguments,
        ]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: plan), as: UTF8.self)
        let said = try await python(script, [text], in: workspace.root)
        return try JSONDecoder().decode(Ended.self, from: Data(said.utf8))
    }

    private static let script = #"""
        import fcntl, json, os, pty, select, signal, struct, sys, termios, time
        plan = json.loads(sys.argv[1])
        pid, terminal = pty.fork()
        if pid == 0:
            time.sleep(0.1)
            os.environ["TERM"] = "xterm"
            os.environ.pop("NO_COLOR", None)
            if plan["ignoresHangUp"]: signal.signal(signal.SIGHUP, signal.SIG_IGN)
            os.execv(plan["command"][0], plan["command"])
        def resize(columns): fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        def states(argument):
            found = []
            for number in filter(str.isdigit, os.listdir("/proc")):
                try:
                    if argument.encode() in open(f"/proc/{number}/cmdline", "rb").read().split(b"\0"):
                        found.append(open(f"/proc/{number}/stat").read().rpartition(")")[2].split()[0])
                except OSError: pass
            return found
        resize(plan["columns"])
        output, seen, status, isOpen, steps = b"", 0, None, True, list(plan["steps"])
        deadline = time.monotonic() + 60
        while status is None or steps:
            assert time.monotonic() < deadline, f"nothing more happens: {steps} {output}"
            if isOpen and select.select([terminal], [], [], 0.01)[0]:
                try: output += os.read(terminal, 65536)
                except OSError: isOpen = False
            elif not isOpen: time.sleep(0.01)
            while steps:
                step, value = steps[0][0], steps[0][1] if len(steps[0]) > 1 else None
                if step == "wait":
                    place = output.find(value.encode(), seen)
                    if place < 0: break
                    seen = place + len(value.encode())
                elif step == "resize": resize(value)
                elif step == "close": os.close(terminal); isOpen = False
                elif step == "type": os.write(terminal, value.encode())
                elif step == "signal": os.kill(pid, value)
                elif step == "stopped":
                    if open(f"/proc/{pid}/stat").read().rpartition(")")[2].split()[0] != "T": break
                elif step == "states":
                    found = states(value[1])
                    if len(found) != value[2] or not set(found) <= set(value[0]): break
                steps.pop(0)
            if status is None:
                ended, code = os.waitpid(pid, os.WNOHANG)
                if ended: status = os.waitstatus_to_exitcode(code)
        while isOpen:
            try: chunk = os.read(terminal, 65536)
            except OSError: break
            if not chunk: break
            output += chunk
        print(json.dumps({"output": output.decode(errors="replace"), "exit": status}))
        """#
}

/// What a script of Python has said.
func python(_ script: String, _ arguments: [String], in directory: URL) async throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["python3", "-c", script] + arguments
    process.currentDirectoryURL = directory
    let place = FileManager.default.temporaryDirectory.appending(path: "dbuild-python-\(UUID().uuidString)")
    try Data().write(to: place)
    defer { try? FileManager.default.removeItem(at: place) }
    let file = try FileHandle(forWritingTo: place)
    process.standardOutput = file
    let (ending, end) = AsyncStream<Void>.makeStream()
    process.terminationHandler = { _ in end.finish() }
    try process.run()
    for await _ in ending {}
    try file.close()
    #expect(process.terminationStatus == 0)
    return String(decoding: try Data(contentsOf: place), as: UTF8.self)
}
