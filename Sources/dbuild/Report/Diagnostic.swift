import Artifact
import Planning
import Processes
import Rules
import Tables

/// An error as people read it: what happened, where, what to do. All wording of the program is in this folder.
struct Diagnostic: Sendable {
    var what: String
    var details: [String] = []
    var hint: String?
    var exitCode: ExitCode

    var text: String {
        var lines = ["error: \(what)"] + details.map { "  " + $0 }
        if let hint { lines.append("hint: \(hint)") }
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What a process of dbuild ends with; `docs/design.md`, section 10.
enum ExitCode: Int32, Sendable {
    case done = 0
    case failed = 1
    case rules = 2
    case environment = 3
    case locked = 4
    /// Not reproducible, or damaged.
    case damaged = 5
    case inputsChanging = 6
    case degraded = 10
    case usage = 64
}

extension Diagnostic {
    init(_ error: any Error) {
        switch error {
        case let error as PlanError: self.init(error)
        case let error as PolicyOptionError: self.init(error)
        case let error as AdoptError: self.init(error)
        case let error as CleanError: self.init(error)
        case let error as TargetError: self.init(error)
        case let error as LockRefusal: self.init(error)
        case let error as LockFileError: self.init(error)
        case let error as LockedHashes.Failure: self.init(error)
        case let error as Workspace.Failure: self.init(error)
        case let error as Toolchain.Failure: self.init(error)
        case let error as CompiledRules.Failure: self.init(error)
        case let error as PlanReader.Failure: self.init(error)
        case let error as StateDatabase.Failure: self.init(error)
        case let error as SettingsError: self.init(error)
        case let error as PlanReadError: self.init(error)
        case let error as ParameterZoneError:
            self.init(
                what: "parameter `\(error.parameter)`: there is no time zone `\(error.zone)`",
                hint: "name one of the time zone database, as America/New_York", exitCode: .rules)
        case let error as UnknownPath: self.init(error)
        case let error as RunsError: self.init(error)
        case let error as UnmadePath:
            self.init(what: "`\(error.path)` is a source: nothing is run to make it", exitCode: .usage)
        case let error as GraphTooLarge: self.init(error)
        case let error as FirstRules.Occupied: self.init(error)
        case let error as EditorCommands.Failure: self.init(error)
        case let error as FileLock.Failure:
            switch error {
            case .held(let holder, let waitedSeconds):
                self.init(
                    what: "another build has this workspace (\(Notice.holder(holder)))",
                    hint: Self.waiting(waitedSeconds, end: "end that build"), exitCode: .locked)
            case .notSupported(let path, let errno):
                self.init(
                    what: "`\(path)` cannot be locked: \(describe(errno: errno))",
                    hint: "two builds at once would mix their outputs: keep the workspace where files can be locked",
                    exitCode: .environment)
            case .system(let error): self.init(what: error.inWords, hint: error.hint, exitCode: .environment)
            }
        case let error as Sandbox.Unavailable: self.init(what: error.inWords, exitCode: .environment)
        case let error as Secrets.Damaged:
            self.init(
                what: "`\(error.file)` holds no key of \(Secrets.keyBytes) bytes",
                hint: "remove it: a new one is made, and commands with secrets run once more", exitCode: .environment)
        case let error as CensusError:
            let isChanging = if case .keepsChanging = error { true } else { false }
            self.init(what: error.inWords, exitCode: isChanging ? .inputsChanging : .environment)
        case let error as Shortage:
            self.init(
                what: "`\(error.action)` failed for want of room: \(error.what)",
                details: error.logLines + ["left on the disk: \(error.room.inWords)"],
                hint: "make room and build again; what is finished stays", exitCode: .environment)
        case let error as VariableNotText:
            self.init(
                what: error.inWords,
                hint: "set it anew, or hand on the bytes in a file", exitCode: .environment)
        case let error as ArgumentNotText:
            self.init(
                what: "the argument `\(printable(error.bytes))` is not UTF-8", hint: "name paths by a glob",
                exitCode: .usage)
        case is UnpackError:
            self.init(
                what: "a file in `.dbuild` is damaged",
                hint: "delete `.dbuild/plans`, `.dbuild/rules` and `.dbuild/snapshot`, which are made again",
                exitCode: .environment)
        default: self.init(what: error.inWords, hint: error.hint, exitCode: .environment)
        }
    }

    private init(_ error: PlanError) {
        self.init(what: "", exitCode: .rules)
        switch error {
        case .twoMakers(let path, let first, let second):
            what = "two actions make `\(path)`"
            details = [first.line, second.line]
            hint = "give one of them another output path, or put every axis into the path"
        case .madeAndSource(let path, let maker, let source):
            what = "`\(path)` is a source, and an action makes it"
            details = ["source  \(source.inWords)", maker.line]
            hint = "leave out `build.source`, and use the action's output"
        case .twoSources(let path, let first, let second):
            what = "source `\(path)` is known by a probe, and is said to be something else, too"
            details = ["source  \(first.inWords)", "source  \(second.inWords)"]
            hint = "give one of them another name"
        case .noMaker(let path, let wantedBy):
            what = "no rule makes `\(path)`, and it is not a source"
            details = ["wanted by: \(wantedBy.line)"]
            hint = "add a rule for `\(path)`, or say `build.source(\"\(path)\")`"
        case .unfit(let path, let flaw, let mention):
            what = "`\(path)` cannot be an artifact: \(flaw.inWords)"
            details = [mention.line]
        case .amongRules(let path, let maker, let rules):
            what = "`\(path)` lies where the rules are, which no action may change"
            details = [maker.line]
            hint = "give it a place outside `\(rules)`"
        case .insideTree(let path, let maker, let tree, let treeMaker):
            what = "`\(path)` lies in the tree `\(tree)`, which another action makes"
            details = [maker.line, treeMaker.line]
            hint = "one action writes all of a tree: give the file a place outside it"
        case .belowFile(let path, let mention, let file):
            what = "`\(path)` lies below `\(file)`, which is a file"
            details = [mention.line]
            hint = "declare `\(file)` as a Tree, or give one of them another path"
        case .insideSource(let path, let maker, let source, let place):
            what = "`\(path)` lies in `\(source)`, which is a source"
            details = ["source  \(place.inWords)", maker.line]
            hint = "each build would change the source: give the output a place outside it"
        case .cycle(let mentions):
            what = "these actions wait for one another"
            details = mentions.map(\.line)
            hint = "each reads what the next one makes; take one of the inputs out"
        case .noSuchProperty(let property, let mention):
            what = "no input of this rule is called `\(property)`"
            details = [mention.line]
        case .noColumns(let path, let column, let mention):
            what = "`\(path)`, whose column `\(column)` a policy observes, is no table"
            details = [mention.line]
            hint = "observe an input that ends in .parquet, .csv or .csv.gz, or leave out `of:` for file times"
        case .cpus(let count, let mention):
            what = "an action cannot have \(count) cpus"
            details = [mention.line]
        case .tooLarge(let what): self.what = "the plan is too large (\(what))"
        case .duplicateRule(let name, let first, let second):
            what = "two rules are called `\(name)`"
            details = [first.inWords, second.inWords]
            hint = "commands name rules: give one of them another name"
        case .duplicateGroup(let name, let first, let second):
            what = "two groups are called `\(name)`"
            details = [first.inWords, second.inWords]
            hint = "commands name groups: give one of them another name, or say it once with all members"
        case .groupAndRule(let name, let group, let rule):
            what = "a group and a rule are called `\(name)`"
            details = ["group  \(group.inWords)", "rule   \(rule.inWords)"]
            hint = "commands name both: give one of them another name"
        case .noName(let place):
            what = "a rule or group has an empty name"
            details = [place.inWords]
            hint = "commands name it: give it a name"
        case .sameAxis(let axis, let mention):
            what = "two axes of this rule are called `\(axis)`"
            details = [mention.line]
            hint = "values are chosen by the names of axes: give one of them another name"
        case .noOutput(let mention):
            what = "an action without an output"
            details = [mention.line]
            hint = "an action is known by what it makes: give it an output"
        }
    }

    private init(_ error: TargetError) {
        self.init(what: "", exitCode: .usage)
        switch error {
        case .unknown(let name, let nearest):
            what = "unknown target `\(printable(name.utf8))`"
            let names = nearest.map { "\($0.name) (\($0.kind))" }.joined(separator: ", ")
            let isCommand = Dbuild.commandNames.contains(name)
            hint =
                isCommand
                ? "`\(name)` is a command: it comes first, as in `dbuild \(name) …`"
                : nearest.isEmpty ? "`dbuild status` lists the rules and groups" : "did you mean \(names)?"
        case .noSuchAxis(let axis, let rule, let axes):
            what = "rule `\(rule)` has no axis `\(axis)`"
            hint = axes.isEmpty ? "it has none" : "its axes are \(axes.joined(separator: ", "))"
        case .noCell(let target): what = "no action matches `\(printable(target.utf8))`"
        case .malformed(let target):
            what = "`\(printable(target.utf8))` is not rule[axis=value,…]"
        }
    }

    private init(_ error: UnknownPath) {
        self.init(what: "no rule makes or reads `\(error.path)`", exitCode: .usage)
        if !error.awaited.isEmpty {
            hint = "more is known when `\(error.awaited[0])` is current: build it first"
        } else if !error.nearest.isEmpty {
            hint = "did you mean \(error.nearest.map { "`\($0)`" }.joined(separator: ", "))?"
        } else {
            hint = "paths are relative to the workspace; `dbuild graph` shows what there is"
        }
    }

    private init(_ error: RunsError) {
        self.init(what: "", exitCode: .usage)
        switch error {
        case .malformed(let text):
            what = "`\(text)` is not a run"
            hint = "a run is a number, `last`, or `last~1` for the one before it"
        case .unknown(let text, let first, let last):
            what = "there is no run \(text)"
            hint = "there are runs from \(first) to \(last)"
        case .none: what = "nothing was built here"
        case .untimed(let run):
            what = "run \(run) was recorded by an earlier dbuild, which wrote down no times"
            hint = "name a later run"
        }
    }

    private init(_ error: GraphTooLarge) {
        self.init(
            what: "\(grouped(error.actions)) actions are more than a graph can show (\(grouped(error.limit)))",
            hint: "name fewer targets, or leave out --unfolded", exitCode: .usage)
    }

    private init(_ error: Workspace.Failure) {
        self.init(what: "", exitCode: .usage)
        switch error {
        case .noDirectory(let path): what = "no directory `\(path)`"
        case .noText(let directory):
            what = "the path of `\(directory)` is not UTF-8, and rules say paths as text"
            hint = "rename the directory, or move the workspace"
            exitCode = .environment
        case .notFound(let from):
            what = "no `rules/Rulesfile.swift` in `\(from)` or above it"
            hint = "go to the workspace, or name it: dbuild -C DIR; `dbuild init` makes one"
        case .foreign(let directory, let owner):
            what = "the workspace `\(directory)` belongs to user \(owner), whose rules would run with your rights"
            hint = "name it, if you trust them: dbuild -C \(directory)"
            exitCode = .environment
        case .stateOnOtherFileSystem(let directory):
            what = "`\(directory)/.dbuild` lies on another file system than the workspace"
            hint = "move it back: actions write below it, and what they made is renamed into the workspace"
            exitCode = .environment
        case .noRules(let directory):
            what = "no `Rulesfile.swift` in `\(directory)`"
            hint = "name the directory of the rules: dbuild -f DIR"
            exitCode = .rules
        }
    }

    private init(_ error: Toolchain.Failure) {
        self.init(what: "", exitCode: .environment)
        switch error {
        case .noCompiler:
            what = "no `swiftc` in PATH"
            hint = "rules are compiled: install the Swift toolchain, and put its `bin` into PATH"
        case .noModules(let searched):
            what = "the modules that rules are compiled against are not beside dbuild"
            details = searched.map { "looked in \($0)" }
            hint = "build all of the package (swift build -c release), or install it again"
        }
    }

    private init(_ error: FirstRules.Occupied) {
        let (first, others) = (error.paths.first ?? FirstRules.rulesfile, error.paths.dropFirst())
        self.init(
            what: "`\(first)` is there already"
                + (others.isEmpty ? "" : ", and so \(others.count == 1 ? "is" : "are")"),
            details: Array(others),
            hint: "nothing was written: begin in another directory, or move away what is in its way", exitCode: .usage)
    }

    private init(_ error: EditorCommands.Failure) {
        self.init(what: "", exitCode: .usage)
        switch error {
        case .occupied(let path):
            what = "`\(path)` is there already, and dbuild has not made it"
            hint = "where nobody needs it, move it away and try again"
        case .rulesElsewhere(let directory):
            what = "the rules in `\(directory)` do not lie in a directory of this workspace"
            hint = "editors find what they need beside the rules: give the rules a directory in the workspace"
        }
    }

    /// - Parameter end: what else would help.
    private static func waiting(_ waitedSeconds: Double, end: String) -> String {
        waitedSeconds > 0
            ? "it was waited for \(duration(waitedSeconds)): wait longer with --wait, or \(end)"
            : "wait for it, or leave out --no-wait"
    }

    private static let noRoomForRules = "no space left to compile the rules"

    /// In the words of gold, ld and lld.
    private static func saysThatMainIsMissing(_ line: String) -> Bool {
        ["undefined reference to 'main'", "undefined reference to `main'", "undefined symbol: main"]
            .contains { line.hasSuffix($0) }
    }

    private init(_ error: CompiledRules.Failure) {
        self.init(what: "", exitCode: .rules)
        switch error {
        case .noSources(let directory): what = "no Swift files in `\(directory)`"
        case .compiler(let output):
            what = "the rules do not compile"
            details = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if output.contains("cannot be imported by the Swift")
                || output.contains("compiled module was created by")
            {
                what = "dbuild was built with another Swift than the one that compiles rules now"
                hint = "build dbuild with this one and install it again, or put its own first in PATH"
                exitCode = .environment
            }
            let undefined = details.filter { $0.contains("undefined ") }
            if undefined.contains(where: Self.saysThatMainIsMissing) {
                what = "the rules have no beginning: nothing in their files is `@main`"
                hint = "write `@main` before the struct that is a Rulesfile, as in `@main struct Forecasts: Rulesfile`"
                if undefined.count == 1 { details = [] }
            }
            if output.contains("No space left on device") {
                what = Self.noRoomForRules
                exitCode = .environment
            }
        case .beingCompiled(let holder, let waitedSeconds):
            what = "another dbuild compiles the rules (\(Notice.compiler(holder)))"
            hint = Self.waiting(waitedSeconds, end: "end that one")
            exitCode = .locked
        case .noRoom:
            what = Self.noRoomForRules
            exitCode = .environment
        case .library(_, let path):
            what = "`\(path)` is not a library that dbuild can read"
            hint = "install dbuild again"
            exitCode = .environment
        case .crashed(let ending, let step, let said):
            what = "`\(step)` \(ending.inWords)"
            details = lastLines(said, count: 20)
        case .keepChanging(let directory):
            what = "the rules in `\(directory)` keep changing while they are compiled"
            hint = "build again when nothing writes to them"
            exitCode = .inputsChanging
        case .damaged(let file):
            what = "`\(file)` is damaged"
            hint = "build again: the rules are compiled anew"
            exitCode = .environment
        }
    }

    private init(_ error: PlanReader.Failure) {
        self.init(what: "", exitCode: .rules)
        switch error {
        case .rules(let message, let places):
            what = message
            details = places.map(\.inWords)
        case .usage(let message, _):
            what = message
            exitCode = .usage
        case .crashed(.exited(noResourcesExit), let log):
            what = "the rules could not be evaluated: \(lastLines(Array(log.utf8), count: 1).first ?? "no resources")"
            hint = "too many processes, threads or open files: raise `ulimit -u` and `ulimit -n`"
            exitCode = .environment
        case .crashed(let ending, let log):
            what = "the rules \(ending.inWords) while they were evaluated"
            details = lastLines(Array(log.utf8), count: 20).filter {
                // The runtime means the thread that waits for dbuild's end.
                !$0.hasPrefix("swift-runtime: failed to suspend thread")
            }
        case .unknownZone(let zone, let rule, let place):
            what = "rule `\(rule)`, policy `refresh`: there is no time zone `\(zone)`"
            details = [place.inWords]
            hint = "name one of the time zone database, as America/New_York"
        case .malformed: what = "the rules did not give a plan that can be read"
        }
    }

    private init(_ error: StateDatabase.Failure) {
        self.init(what: "", exitCode: .environment)
        switch error {
        case .newerSchema(let found, let known):
            what = "`.dbuild/state.db` was written by a later dbuild (format \(found), this one knows \(known))"
            hint = "use that dbuild, or move `.dbuild` away: then everything is built again"
        case .olderSchema(let found, let known):
            what = "`.dbuild/state.db` was written by an earlier dbuild (format \(found), this one writes \(known))"
            hint = "the next build takes it over; views can read it then"
        case .damaged(let how):
            what = "`.dbuild/state.db` is damaged: \(how)"
            hint = "move it away: then what it knew is built again"
        case .noRoom:
            what = "`.dbuild/state.db` cannot be written: the disk is full, or it fails"
            hint = "make room and build again; what is finished stays"
        case .notWritable:
            what = "`.dbuild/state.db` cannot be opened: whoever reads it must be able to write in `.dbuild`"
            hint = "check who owns `.dbuild`, and its permissions"
        case .failed(let how): what = "`.dbuild/state.db`: \(how)"
        }
    }

    private init(_ error: SettingsError) {
        self.init(what: "", exitCode: .usage)
        switch error {
        case .malformed(let setting): what = "`--set \(setting)` is not name=value"
        case .badFile(let path, let why):
            what = "`\(path)`: \(why)"
            hint = "it holds one object of names and values: {\"as-of\": \"2013-11-30\"}"
        case .namedTwice(let name, let file, let areSpelledAlike):
            what = "`\(file)` sets `\(name)` twice" + (areSpelledAlike ? "" : ", in two spellings")
            hint = "leave one of them out"
        case .refused(let message, .file(let file)): what = "`\(file)`: \(message)"
        case .refused(let message, .lastBuild):
            what = message
            hint = "the last build set it so: give the view a value of its own with --set"
        case .badInstant(let text):
            what = "`--now \(text)` is not an instant"
            hint = "as 2013-12-01T11:00:00Z, or with an offset such as -05:00"
        case .badSize(let text):
            what = "`\(printable(text.utf8))` is not a size"
            hint = "as 500M or 20G, in powers of 1024"
        case .badMemory(let text):
            what = "`--memory \(printable(text.utf8))` is neither a size nor a share"
            hint = "as 500M or 16G, in powers of 1024, or 80% of what is available"
        case .badLoad(let load): what = "`--load \(load)`: at least one action must be able to run"
        case .badPolicyValue(let option, let text):
            let isAge = option == "--min-age-hours"
            what =
                "`\(option) \(printable(text.utf8))` is not "
                + (isAge
                    ? "a number of hours, 0 or more, perhaps for some rules" : "true or false, perhaps for some rules")
            let example = isAge ? "24" : "false"
            hint = "as \(option) \(example), or \(option) \(example)=train,retrain"
        case .badDeadline(let text):
            what = "`--deadline \(printable(text.utf8))` is no time"
            hint = "as 08:00, 2013-12-01T08:00, 2013-12-01T08:00Z, or +2h for two hours from now"
        case .badPeriod(let text):
            what = "`\(printable(text.utf8))` is not a length of time"
            hint = "as 90s, 30m or 2h"
        case .badTimes(let count):
            what = "`--times \(count)`: an action can be built again 1 to 1,000 times"
        case .badShare(let text):
            what = "`--sample \(printable(text.utf8))` is no share"
            hint = "as 5%, above 0 and at most 100"
        case .badJobs(let count) where count < 1: what = "`-j \(count)`: at least one action must be able to run"
        case .badJobs(let count):
            what = "`-j \(count)`: no more than \(grouped(Helpers.mostJobs)) actions can be looked after at once"
        }
    }

    private init(_ error: PlanReadError) {
        self.init(what: "", exitCode: .rules)
        switch error {
        case .nobodyMakes(let path):
            what = "the rules read `\(path)` while planning, but no action said before makes it, and it is no source"
        case .table(let path, let why): what = "`\(path)`, which the rules read while planning: \(why)"
        case .kind(let path):
            what = "`\(path)`, which the rules read while planning, is neither Parquet nor CSV"
            hint = "name it .parquet, .csv or .csv.gz"
        }
    }
}

extension Mention {
    fileprivate var line: String { "\(name)  \(place.inWords)" }
}
