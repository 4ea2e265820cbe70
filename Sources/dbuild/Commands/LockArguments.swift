import ArgumentParser
import Artifact
import Planning

/// Options of every command that changes a workspace, which one at a time may.
struct LockArguments: ParsableArguments {
    @Option(
        help: "How long to wait for another build: 90s, 30m, 2h (default: 30m; on a terminal as long as it takes).")
    var wait: String?

    @Flag(name: .customLong("no-wait"), help: "Exit 4 if another build has the workspace, instead of waiting.")
    var noWait = false

    /// - Parameter whenHeld: told once who has it, before it is waited for.
    func lock(_ workspace: Workspace, whenHeld: (FileLock.Holder?) -> Void) throws -> FileLock {
        try FileLock(workspace.lock, try patience(), whenHeld: whenHeld)
    }

    /// For who does not wait: before rules are compiled, which takes longer than being told.
    func refuseIfHeld(_ workspace: Workspace) throws {
        if noWait { try FileLock.checkFree(workspace.lock) }
    }

    /// - Throws: `SettingsError`, also before there is anything to wait for.
    func patience() throws(SettingsError) -> FileLock.Patience {
        if noWait { return .none }
        if let wait { return .seconds(try Period.parse(wait)) }
        // Nobody can end it there.
        return isTerminal(2) ? .forever : .seconds(30 * 60)
    }
}

/// A length of time as a person writes it.
enum Period {
    /// - Parameter text: whole numbers with h, m or s: `90s`, `1h30m`.
    /// - Returns: seconds.
    static func parse(_ text: String) throws(SettingsError) -> Double {
        let units: [Character: Double] = ["h": 3600, "m": 60, "s": 1]
        var seconds = 0.0
        var rest = text[...]
        while let end = rest.firstIndex(where: { units[$0] != nil }) {
            let digits = rest[..<end]
            guard digits.utf8.allSatisfy({ (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains($0) }),
                let number = UInt32(digits), let unit = units[rest[end]]
            else { throw .badPeriod(text) }
            seconds += Double(number) * unit
            rest = rest[rest.index(after: end)...]
        }
        guard rest.isEmpty, !text.isEmpty else { throw .badPeriod(text) }
        return seconds
    }
}
