import Artifact

/// What a person is told who begins.
enum InitText {
    /// - Parameters:
    ///   - directory: as it was named; nil: the current one.
    ///   - link: what editors find, relative to the workspace.
    ///   - ignored: the lines of `.gitignore`.
    static func text(directory: String?, link: Path, ignored: Set<String>) -> String {
        let files = FirstRules.files.map { (path: $0.path, what: meaning(of: $0.path)) }.reversed()
        let rows = files + [(path: "\(link)", what: "how editors with SourceKit-LSP read the rules")]
        let width = rows.map(\.path.count).max() ?? 0
        let written = rows.map {
            "wrote    \($0.path)\(String(repeating: " ", count: width - $0.path.count))  \($0.what)\n"
        }
        return written.joined()
            + "next     \(enter(directory))dbuild makes \(FirstRules.result), and dbuild again nothing\n"
            + git(ignored)
    }

    private static func meaning(of path: String) -> String {
        switch path {
        case FirstRules.rulesfile: "what is made, and from what: a recipe and a command"
        case let path where path.hasPrefix("scripts/"): "the program of the command"
        default: "data to begin with"
        }
    }

    private static func enter(_ directory: String?) -> String {
        directory.map { "cd \(shellWord($0)); " } ?? ""
    }

    /// What nobody wants in a repository; nothing where that is said already.
    private static func git(_ ignored: Set<String>) -> String {
        let missing = ["/.dbuild/", "/out/"].filter { !ignored.contains($0) }
        guard !missing.isEmpty else { return "" }
        return "git      printf '%s\\n' \(missing.joined(separator: " ")) >>.gitignore\n"
    }

    static func editor(link: Path, target: String) -> String {
        "\(link) -> \(target)\neach compilation of the rules refreshes it; the link is the same on every machine\n"
    }
}
