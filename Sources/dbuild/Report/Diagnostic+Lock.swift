import Artifact
import Planning

extension Diagnostic {
    init(_ error: LockRefusal) {
        self.init(what: "", exitCode: .failed)
        switch error {
        case .notCurrent(let action, let verdict):
            what = "`\(action)` is not current, and only what is current can be locked"
            details = verdict.reasons.prefix(5).map { $0.inWords }
            if case .blocked(let blockers) = verdict { details = blockers.prefix(5).map(\.inWords) }
            if details.isEmpty { details = ["as if no rule said anything of age or existence"] }
            hint = "build it first: dbuild \(shellWord(action)); --explain says why it is not"
        case .unlisted(let rule, let path):
            what = "the actions of rule `\(printable(rule))` cannot be listed before `\(path)` is current"
            hint = "dbuild \(shellWord("\(path)"))"
        case .sourceAbsent(let path):
            what = "`\(path)` is a source, and it is not there"
            hint = "put it there, or name other targets"
        case .away(let path, let action):
            what = "`\(path)` is not in place, so that nobody can say what its SHA-256 is"
            hint = "bring it back: dbuild \(shellWord(action))"
        }
    }

    init(_ error: LockFileError) {
        self.init(what: "", exitCode: .rules)
        switch error {
        case .absent(let file):
            what = "no `\(file)`"
            hint = "dbuild lock writes it, when everything is current"
            exitCode = .usage
        case .flaw(let flaw, let file):
            let place = "`\(file)`, line \(flaw.line)"
            hint = "write it anew: dbuild lock"
            switch flaw.kind {
            case .conflict:
                what = "\(place): a merge conflict"
                hint = "it needs no merging: build, then write it anew with dbuild lock"
            case .notALock: what = "\(place): not a lock file of dbuild"
            case .newer(let version):
                what = "\(place): written by a later dbuild (format \(printable(version.utf8)))"
                hint = "use that dbuild"
            case .malformed(let text): what = "\(place): cannot be read: \(clipped(text))"
            case .twice(let name): what = "\(place): `\(name)` is said twice"
            }
        }
    }

    init(_ error: LockedHashes.Failure) {
        switch error {
        case .moved(let path):
            self.init(
                what: "`\(path)` changed while it was read", hint: "try again when nothing writes to it",
                exitCode: .inputsChanging)
        }
    }
}
