import Processes

extension HelperFailure {
    var inWords: String {
        switch self {
        case .noExecutable(let errno):
            "`dbuild-helper` cannot be started from beside dbuild: \(describe(errno: errno)); install both together"
        case .noResources(let errno): describe(errno: errno)
        case .wrongVersion(let version):
            "the `dbuild-helper` beside dbuild is of another version (\(version)); install both together"
        case .helperDied(let status, _): "one was killed (wait status \(status))"
        case .guardDied:
            "the process that looks after the helpers was killed, and what it had started is ended; build again"
        case .unusable: "helpers end faster than they can be started"
        case .closed: "it is closed already"
        case .invalidRequest(let flaw): "it cannot be asked for that: \(flaw)"
        }
    }
}
