import Artifact
import Testing

@testable import dbuild

/// Where an action's log lies.
struct LogPathTests {
    @Test(
        "whatever an action is called, its log has a name that is shown as it is",
        arguments: [
            "train[route=JFK-LAX]", "a/b", "copy[name=a\\nb]", "copy[name=\\xff\\xfe]", "copy[name=K\u{F6}ln]",
            "copy[name=\(String(repeating: "\u{F6}", count: 150))]", "copy[name=\(String(repeating: "x", count: 300))]",
        ])
    func shown(name: String) {
        let path = EventLog.logPath(of: name, run: 7)
        #expect("\(path)" == String(decoding: path.bytes, as: UTF8.self))
        #expect(path.leaf.count < 250)
        #expect(path.directory == ".dbuild/logs/7")
    }

    @Test("no two actions share a log")
    func apart() {
        let names = ["a/b", "a_b", "a\\b", "a//b", "K\u{F6}ln", "Ko\u{308}ln"]
        #expect(Set(names.map { EventLog.logPath(of: $0, run: 7) }).count == names.count)
    }
}
