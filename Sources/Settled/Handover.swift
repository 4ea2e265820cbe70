private import Glibc
import Hashing

/// What is found out by looking at every file of a settled build where some have changed: handed to the whole program,
/// which is started in this one's place, so that each file is looked at once.
///
/// It goes in an environment variable. It is of this process alone, and of the settled file and the state as they were:
/// who takes it looks at those again under the workspace's lock, and at every stamp for itself.
package struct Handover: Sendable {
    /// The name of the settled file in its directory.
    let name: String
    /// Of the settled file.
    let body: Digest
    /// Of the state's mark. Whoever may have changed anything since has written another one.
    let mark: Digest
    /// Entries at which something else lies than did.
    let moved: [Int]

    private static let variable = "DBUILD_FOUND"
    /// One more whenever what it says changes.
    private static let version: UInt64 = 1

    /// Leaves it for the program that is started in this one's place. Where that cannot be done, it looks for itself.
    func leave() {
        let numbers =
            [Self.version, UInt64(getpid()), body.high, body.low, mark.high, mark.low] + moved.map { UInt64($0) }
        let words = [name] + numbers.map { String($0, radix: 16) }
        _ = unsafe setenv(Self.variable, words.joined(separator: " "), 1)
    }

    /// Takes what was left, once: processes that are started later do not find it.
    package static func take() -> Handover? {
        guard let value = SettledFacts.variable(Array(variable.utf8)) else { return nil }
        unsafe unsetenv(variable)
        return Handover(value)
    }

    private init?(_ bytes: [UInt8]) {
        let words = bytes.split(separator: UInt8(ascii: " ")).map { String(decoding: $0, as: UTF8.self) }
        let numbers = words.dropFirst().compactMap { UInt64($0, radix: 16) }
        guard numbers.count >= 6, numbers.count == words.count - 1, numbers[0] == Self.version,
            numbers[1] == UInt64(getpid())
        else { return nil }
        name = words[0]
        body = Digest(high: numbers[2], low: numbers[3])
        mark = Digest(high: numbers[4], low: numbers[5])
        moved = numbers[6...].map { Int(clamping: $0) }
    }

    init(name: String, _ file: SettledFile, _ mark: StateMark, moved: [Int]) {
        (self.name, body, self.mark, self.moved) = (name, file.body, mark.digest, moved)
    }
}

/// A handover, with the settled file that it is about.
package struct Found: Sendable {
    package let file: SettledFile
    /// Entries at which something else lies than did.
    package let moved: Set<Int>

    /// For who has the workspace's lock, and has not changed anything.
    ///
    /// - Parameters:
    ///   - root: the workspace, absolute.
    ///   - name: of the settled file that is of this command.
    /// - Returns: nil where anything is not as it was when the files were looked at.
    package init?(_ handover: Handover, in root: String, name: String) {
        guard handover.name == name else { return nil }
        let opened = unsafe open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard opened >= 0 else { return nil }
        defer { close(opened) }
        guard let mark = StateMark(in: opened), mark.digest == handover.mark,
            let file = SettledFile(directory: opened, path: ".dbuild/settled/" + name), file.body == handover.body,
            file.facts.generation == mark.generation
        else { return nil }
        (self.file, moved) = (file, Set(handover.moved))
    }
}

extension StateMark {
    fileprivate var digest: Digest { XXH3.digest(bytes) }
}
