import Artifact
import Planning
import Rules

// Facts in words. Only this folder has any.

extension Error {
    /// One line.
    var inWords: String {
        switch self {
        case let error as SystemError: "\(error.call) `\(error.subject)`: \(describe(errno: error.errno))"
        case let error as DiskError: "\(error.call) `\(error.path)`: \(describe(errno: error.errno))"
        case let error as CensusError: error.inWords
        case let error as Collected.Failure: error.inWords
        case let error as NoProgram: error.inWords
        case let error as VariableNotText: error.inWords
        case let error as CompiledRules.Failure: Diagnostic(error).what
        case let error as PublishedOtherwise: "`\(error.path)` was changed by somebody while it was put in place"
        case let error as StateDatabase.Failure: Diagnostic(error).what
        case let error as ExecutorFailure: error.inWords
        case let error as PlanDamage: "the plan of `\(error.action)` cannot be read; delete `.dbuild/plans`"
        default: "\(self)"
        }
    }

    /// What to do, where something is to be done.
    var hint: String? {
        let errno = (self as? SystemError)?.errno ?? (self as? DiskError)?.errno
        return switch errno {
        case 28?: "the disk is full: make room and build again; what is finished stays"
        case 13?, 1?: "check who owns it, and its permissions"
        case 30?: "the file system is mounted read-only"
        case 24?, 23?: "too many open files: raise `ulimit -n`, or lower -j"
        case 11?: "too many processes and threads: raise `ulimit -u`, or lower -j"
        case 21? where isInState: "dbuild keeps a file there: move the directory away"
        case 122?: "the quota is used up: make room and build again; what is finished stays"
        default: nil
        }
    }
}

extension Error {
    /// Whether it is of something that dbuild keeps for itself.
    fileprivate var isInState: Bool {
        let path = (self as? SystemError)?.subject ?? (self as? DiskError).map { "\($0.path)" } ?? ""
        return path.hasPrefix(".dbuild/") || path.contains("/.dbuild/")
    }
}

/// Warnings of more than a path.
enum Wording {
    /// Between the lines of one thing that is said, below its first word.
    static let nextLine = "\n         "

    static func notStored(_ error: any Error) -> String {
        "from here on this run copies nothing into the store: \(error.inWords)"
    }

    static func survivors(_ count: Int, of action: String) -> String {
        "`\(action)` left \(count == 1 ? "a process" : "\(count) processes") running: ended with it"
    }

    static func leftovers(_ count: Int) -> String {
        "\(count == 1 ? "a process" : "\(count) processes") of an interrupted run went on: ended"
    }

    static func storeAboveLimit(by bytes: Int64) -> String {
        "the store is \(byteCount(UInt64(clamping: bytes))) above its limit: what the workspace refers to stays; raise --store-limit"
    }

    /// By rule, what actions wrote and do not declare.
    static func undeclared(_ found: [String: (count: Int, example: Path)]) -> [String] {
        found.sorted { $0.key < $1.key }.map { rule, entry in
            "\(counted(entry.count, "action")) of `\(rule)` wrote what \(entry.count == 1 ? "it does" : "they do") not declare, as `\(entry.example)`: it is not kept"
        }
    }

    static func noRowCounts(_ error: any Error) -> String { "rows could not be counted: \(error.inWords)" }
    static func noSnapshot(_ error: any Error) -> String {
        "warning: the next build begins more slowly, since `.dbuild/snapshot` could not be written: \(error.inWords)"
    }
    static func planNotKept(_ error: any Error) -> String {
        "the next build plans again, since the plan could not be kept in `.dbuild/plans`: \(error.inWords)"
    }
    static func notClosed(_ error: any Error) -> String { "what ran could not be ended in order: \(error.inWords)" }
    static func codeNotRecorded(_ error: any Error) -> String {
        "what changes next in the rules' code cannot be named: \(error.inWords)"
            + (error is CompiledRules.Failure ? "; the next build compiles the rules anew" : "")
    }
    static func notTidied(_ error: any Error) -> String { "the store could not be tidied up: \(error.inWords)" }
}

extension Room {
    var inWords: String { byteCount(bytes) + (files.map { ", \(grouped(Int(clamping: $0))) files" } ?? "") }
}

extension CensusError {
    var inWords: String {
        switch self {
        case .disk(let error): "\(error.call) `\(error.path)`: \(describe(errno: error.errno))"
        case .notAFile(let path): "`\(path)` is neither a file nor a directory"
        case .keepsChanging(let path): "`\(path)` keeps changing while it is read"
        }
    }
}

extension ExecutorFailure {
    var inWords: String {
        switch self {
        case .noReport(let action): "nothing is known of how `\(action)` ended"
        case .helper(let why): "the process helper: \(why)"
        case .starved: "no descriptor, thread or memory left to run an action: raise `ulimit -u`, or lower -j"
        }
    }
}

extension NoProgram {
    var inWords: String { BaseEnvironment.missing(name) }
}

extension VariableNotText {
    var inWords: String { "the environment variable `\(name)` is not UTF-8, and actions are given text" }
}

extension TooLarge {
    var inWords: String {
        "it is declared to need \(byteCount(UInt64(clamping: bytes))) of memory, and this machine has "
            + "\(byteCount(UInt64(clamping: machineBytes))); `--memory` can say that there is more"
    }
}

extension Collected.Failure {
    var inWords: String {
        switch self {
        case .missing(let path): "it ended well, but did not write `\(path)`"
        case .notADirectory(let path): "`\(path)` is declared as a tree, and it wrote a file"
        case .notAFile(let path): "`\(path)` is declared as a file, and it wrote a directory"
        case .isLink(let path): "`\(path)` is a symbolic link: outputs are files and directories"
        case .unreadable(let path, let error): "its output `\(path)` cannot be read: \(error.inWords)"
        case .otherFileSystem(let path):
            "`\(path)` lies on another file system than the workspace: keep it in the workspace, links to elsewhere are not supported yet"
        case .leadsNowhere(let link, let target):
            "`\(link)` is a link to `\(printable(target))`, which is not there: make that directory, or remove the link"
        }
    }
}

extension ActionReport.Ending {
    /// Nil for success.
    var inWords: String? {
        switch self {
        case .succeeded: nil
        // In a recipe's own words, which may hold anything.
        case .threw(let text, _):
            text.split(separator: "\n").map { printable($0.utf8) }.joined(separator: Wording.nextLine)
        case .exited(let code): "exit \(code)"
        case .signalled(let number): "killed by \(Signal.name(number))"
        case .notStarted(let why): why
        case .helperKilled: "its process helper was killed, and it with it"
        case .noAnswer(.closed): "its worker closed the way for its answers and went on: it was ended"
        case .noAnswer(.unreadable): "its worker gave an answer that cannot be read"
        case .timedOut(let seconds): "took longer than \(duration(seconds)), its limit"
        case .outOfMemory(let bytes): "held more than \(byteCount(bytes)) of memory, its limit"
        case .cancelled: "cancelled"
        case .misspoke(let program, let flaw): "the worker `\(printable(program.utf8))` \(flaw.inWords)"
        case .inputMoved(let path): "`\(path)` changed while it was read"
        case .dependencies(let path, let fault): "its dependency file `\(path)` \(fault.inWords)"
        }
    }
}

extension WorkResponse.Flaw {
    var inWords: String {
        switch self {
        case .noResponse: "ended without a response"
        case .closed: "closed its output without a response and went on: it was ended"
        case .notJSON(let line): "gave a line that is no JSON: `\(line)`"
        case .notAResponse(let line): "gave a line that is no response: `\(line)`"
        case .otherRequest(let number, let line): "answered request \(number), which it was not asked: `\(line)`"
        case .cancelled(let line): "says that it was cancelled, and nobody did that: `\(line)`"
        case .moreThanOneLine(let line): "gave another line behind its response: `\(line)`"
        case .tooLong: "gave a line of more than 16 MiB"
        }
    }
}

extension ChildProcess.Ending {
    var inWords: String {
        switch self {
        case .exited(let code): "ended with exit \(code)"
        case .signalled(let number): "were killed by \(Signal.name(number))"
        }
    }
}

extension Planning.Place {
    var inWords: String { "\(printable(file)):\(line)" }
}

extension Path.Flaw {
    var inWords: String {
        switch self {
        case .empty: "it is empty"
        case .absolute: "it is absolute; paths are relative to the workspace"
        case .outside: "it has `..` in it: a path is relative to the workspace, and leads only down"
        case .emptyComponent: "it has an empty part, or a single dot"
        case .nul: "it has a NUL byte"
        case .tooLong: "it is longer than the file system allows"
        case .reserved: "`.dbuild` is dbuild's own"
        }
    }
}

extension Reason {
    /// With rows in place of bytes, where both contents are tables that are known.
    func inWords(rows: (Content) -> Int?) -> String {
        switch self {
        case .inputChanged(let path, let from, let to): "input `\(path)` \(contentChange(from, to, rows))"
        case .discovered(let path, let from, let to): "it read `\(path)`, which \(contentChange(from, to, rows))"
        default: inWords
        }
    }

    var inWords: String {
        switch self {
        case .forced: "forced"
        case .always: "its rule builds it in every run"
        case .refreshDue(let instant): "its refresh was due at \(Instant.text(instant))"
        case .overdue(let since): "not current since \(Instant.text(since)), longer than its rule lets it wait"
        case .storeObjectLost: "what the store was to give back is gone or damaged"
        case .recalled: "its bytes are needed, and are not there"
        case .discovered(let path, let from, let to):
            "it read `\(path)`, which changed \(from?.inWords ?? "(absent)") -> \(to?.inWords ?? "(absent)")"
        case .neverBuilt: "never built"
        case .failedBefore(let run): "failed in run \(run)"
        case .foreign(let path): "`\(path)` is there, and dbuild did not make it"
        case .outputMissing(let path): "output `\(path)` is missing"
        case .outputEdited(let path): "output `\(path)` is not as it was built"
        case .keyFormat: "keys are made otherwise in this dbuild"
        case .recipe(let from, let to): "recipe \(printable(from)) -> \(printable(to))"
        case .parameter(let name, let from, let to):
            "parameter `\(printable(name))` \(RecipeValue.change(from, to))"
        case .arguments(let from, let to): "parameter `arguments` \([CommandWord].change(from, to))"
        case .cpus(let from, let to): "cpus \(from) -> \(to)"
        case .seed: "its name, its cell or the parameter `seed` is another, and `step.seed` with it"
        case .output(let path): "output `\(path)` has another place"
        case .inputChanged(let path, let from, let to):
            "input `\(path)` changed \(from?.inWords ?? "(absent)") -> \(to?.inWords ?? "(absent)")"
        case .inputAdded(let path): "input `\(path)` added"
        case .inputRemoved(let path): "input `\(path)` removed"
        case .rewired(let property): "`\(printable(property))` reads its inputs in another order"
        case .code(_, _, let changes):
            changes.isEmpty ? "code of the rules, or of the recipes that they link" : changes.inWords
        case .version(let from, let to): "version of the recipe \(from) -> \(to)"
        case .library(let name): "library `\(printable(name))` changed"
        case .platform(let from, let to): "platform \(printable(from)) -> \(printable(to))"
        case .environment(let name): "environment variable `\(printable(name))` changed"
        case .tool(let name): "program `\(printable(name))` changed"
        case .probe(let name): "what `\(clipped(printable(name)))` prints changed"
        }
    }
}

extension Content {
    /// The first digits of the fingerprint, and the size.
    var inWords: String {
        let digits = String("\(fingerprint.digest)".prefix(6))
        let size = kind == .tree ? "" : ", \(grouped(Int(clamping: fingerprint.sizeBytes))) bytes"
        return "\(digits)…\(size)"
    }
}

extension RecipeValue {
    var inWords: String { inWords(isExact: false) }

    /// - Parameter isExact: so that two values which differ have different words.
    private func inWords(isExact: Bool) -> String {
        switch self {
        case .absent: "nil"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): isExact ? "\(value) (unsigned)" : "\(value)"
        case .double(let bits):
            isExact ? "\(Double(bitPattern: bits)) (floating-point)" : "\(Double(bitPattern: bits))"
        case .string(let text): isExact ? quoted(printable(text)) : printable(text)
        case .object(let fields):
            "{" + fields.map { "\(printable($0.name)): \($0.value.inWords(isExact: isExact))" }.joined(separator: ", ")
                + "}"
        case .list(let values):
            "[" + values.map { $0.inWords(isExact: isExact) }.joined(separator: ", ") + "]"
        case .input: isExact ? "(input)" : "(artifact)"
        case .output: isExact ? "(output)" : "(artifact)"
        case .awaited: isExact ? "(awaited)" : "(artifact)"
        }
    }

    /// `10 -> 20`; and `1 -> "1"`, where a number has become text.
    static func change(_ from: RecipeValue?, _ to: RecipeValue?) -> String {
        func inWords(_ value: RecipeValue?, isExact: Bool) -> String {
            value?.inWords(isExact: isExact) ?? (isExact ? "(not there)" : "(none)")
        }
        let (before, after) = (inWords(from, isExact: false), inWords(to, isExact: false))
        if before != after { return "\(before) -> \(after)" }
        return "\(inWords(from, isExact: true)) -> \(inWords(to, isExact: true))"
    }

    /// A text with its quotation marks.
    private func quoted(_ text: String) -> String {
        "\"" + text.map { $0 == "\"" ? "\\\"" : "\($0)" }.joined() + "\""
    }
}

extension Probe {
    func failure(_ why: String) -> String { "its probe `\(clipped(inWords))` failed: \(why)" }
}

extension Observation.Flaw {
    var inWords: String {
        switch self {
        case .noColumn: "there is no such column"
        case .noZone: "its values carry no offset from UTC, as 2013-12-01T06:00:00-05:00 does"
        case .noInstants: "its values are no instants, as 2013-12-01T06:00:00-05:00 is"
        case .unreadable(let why): why
        }
    }
}

extension Blocker {
    var inWords: String {
        switch self {
        case .sourceAbsent(let path): "source `\(path)` is not there"
        case .failed(let path, _): "`\(path)` could not be made in this run"
        case .blocked(let path, _): "`\(path)` waits for something that is not to be had"
        case .notInTree(let path, _): "`\(path)` is not in the tree that its action wrote"
        case .unlisted(let path): "nobody knows its inputs before `\(path)` is current"
        case .nothingToGather(let property): "`\(property)` gathers nothing: an axis came out empty"
        case .unreadable(let path, let why): "`\(path)` cannot be read: \(why)"
        case .held(let path, _): "`\(path)` is held back by a policy, and nothing whole is in its place"
        case .nothingToSkipTo(let paths):
            "it is to be skipped, and \(paths.prefix(3).map { "`\($0)`" }.joined(separator: ", ")) is not there"
        case .probe(let probe, let why): probe.failure(why)
        case .observation(let path, let column, let flaw):
            "column `\(printable(column))` of `\(path)` gives no observation time: \(flaw.inWords)"
        }
    }
}

extension [CodeChange] {
    /// `code: helper(_:) in Train.swift changed, and 2 more`
    var inWords: String {
        let most = 3
        let said = prefix(most).map { change in
            let kind =
                switch change.kind {
                case .changed: "changed"
                case .added: "added"
                case .removed: "removed"
                }
            return "`\(change.name)`" + (change.file.map { " in `\($0)`" } ?? "") + " \(kind)"
        }
        let more = count > most ? ", and \(grouped(count - most)) more" : ""
        return "code: " + said.joined(separator: ", ") + more
    }
}
