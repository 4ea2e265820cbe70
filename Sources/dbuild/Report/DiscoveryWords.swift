import Artifact

extension Discovery.Failure {
    var inWords: String {
        switch self {
        case .undeclared(let path, let maker): "it read `\(path)`, which `\(maker)` makes: declare it as an input"
        case .ownOutput(let path):
            "it read `\(path)`, its own output of an earlier run: what it gives would depend on how often it ran"
        case .aroundMade(let path, let made, let maker):
            "it read the directory `\(path)`, in which `\(maker)` makes `\(made)`: declare as inputs what it needs"
        case .unfit(let bytes, let flaw):
            "it says that it read `\(printable(bytes))`, which cannot be depended on: \(flaw.inWords)"
        case .unreadable(let error): "what it read cannot be fingerprinted: \(error.inWords)"
        }
    }
}

extension DependencyFile.Fault {
    /// What follows the file's name.
    var inWords: String {
        switch self {
        case .missing: "is not there: the program did not write it into its directory"
        case .notAFile: "is no file"
        case .place(let flaw): "cannot be looked for: \(flaw.inWords)"
        case .disk(let error): "cannot be read: \(error.inWords)"
        case .malformed(.noRule(let line)): "is not in make syntax: line \(line) has no colon"
        case .malformed(.nul(let line)): "is not in make syntax: line \(line) has a NUL byte"
        }
    }
}
