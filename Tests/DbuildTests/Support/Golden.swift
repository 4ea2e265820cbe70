import Foundation
import Testing

/// Compares what a person sees with what is written down in `Golden`; `UPDATE_GOLDEN=1` writes it down anew.
func expectGolden(
    _ name: String, _ ended: EndedCommand, in workspace: ExampleWorkspace,
    sourceLocation: SourceLocation = #_sourceLocation
) throws {
    try expectGolden(name, transcript(ended, in: workspace), sourceLocation: sourceLocation)
}

/// A command, what it said, and how it ended; without what differs from run to run.
func transcript(_ ended: EndedCommand, in workspace: ExampleWorkspace) -> String {
    var text = "$ dbuild \(ended.arguments.joined(separator: " "))\n"
    for (channel, said) in [("", ended.output), ("! ", ended.errors)] {
        for line in said.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            text += "\(channel)\(line)".trimmingSuffix(while: \.isWhitespace) + "\n"
        }
    }
    text += "\(ended.ending)\n"
    return text.replacingOccurrences(of: workspace.root.path, with: "WORKSPACE")
        .replacing(#/[0-9a-f]{6}…/#, with: "FINGERPRINT…")
        .replacing(#/rules\/[0-9a-f]{32}/#, with: "rules/IDENTITY")
        .replacing(#/(\d+ min )?\d+(\.\d+)? s\b/#, with: "TIME")
        .replacing(#/peak [\d.,]+ [KMG]iB/#, with: "peak SIZE")
        .replacing(#/[\d.,]+ [KMG]iB at the peak/#, with: "SIZE at the peak")
        .replacing(#/\+ \d+ in /#, with: "+ OFFSET in ")
        .replacing(#/0x[0-9a-f]{8,16}\b/#, with: "ADDRESS")
        .replacing(#/took [\d.]+s/#, with: "took TIME")
        .replacing(#/Platform: .*/#, with: "Platform: THIS MACHINE")
        // Whether it is worth a word depends on how many cores there are.
        .replacing(#/! price .*\n/#, with: "").replacing(" (priced TIME)", with: "")
        .replacing(#/with -j \d+/#, with: "with -j JOBS")
        .replacing(#/process \d+ on \S+ since [-0-9T:]+Z/#, with: "process PID on HOST since INSTANT")
        .replacing(#/process \d+/#, with: "process PID")
}

func expectGolden(_ name: String, _ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let place = testSources.appending(path: "Golden/\(name).txt")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
        try Data(text.utf8).write(to: place)
        return
    }
    let expected = (try? String(contentsOf: place, encoding: .utf8)) ?? ""
    #expect(text == expected, "\(name).txt; UPDATE_GOLDEN=1 writes it down anew", sourceLocation: sourceLocation)
}

extension String {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> String {
        var text = self[...]
        while let last = text.last, predicate(last) { text.removeLast() }
        return String(text)
    }
}
