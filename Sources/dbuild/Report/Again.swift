/// How a person builds again what failed.
struct Again {
    /// What the command set, `name=value`: other parameters would be other actions.
    let overrides: [String]

    init(failedWith overrides: [String]) { self.overrides = overrides }

    var command: String {
        (["dbuild", "--failed"] + overrides.flatMap { ["--set", shellWord($0)] }).joined(separator: " ")
    }

}

/// A word as a shell takes it.
func shellWord(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
        (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a") ... UInt8(ascii: "z")).contains(byte | 0x20) || "_./=,:@%+-[]".utf8.contains(byte)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
}
