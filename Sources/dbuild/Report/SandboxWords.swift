import Artifact

extension Denied {
    /// What it did, and what would make it right.
    var inWords: String {
        switch (act, place) {
        case (.write, .input(let path)): "it wrote to its input `\(path)`: write to an output, and read that"
        case (.write, .ownOutput(let path)):
            "it wrote to its output `\(path)` in the workspace: write to the path that it is given, relative to where it runs"
        case (_, .ownOutput(let path)):
            "it \(did) `\(path)`, its own output of an earlier run: what it gives would depend on how often it ran"
        case (.write, let place):
            "it wrote to `\(place.path)`, which is no output of it: write to outputs, and \(scratch)"
        case (_, .made(let path, let maker)): "it \(did) `\(path)`, which `\(maker)` makes: declare it as an input"
        case (.list, .around(let path, let input)) where input.bytes.ends(with: ".py"):
            "it listed `\(path)`, in which only `\(input)` is declared: `Command.python(script:package:)` starts a script from where it finds what it imports"
        case (.list, let place) where !place.isOutside:
            "it listed the directory `\(place.path)`, which it does not declare: declare the files that it needs, each as an input"
        case (_, .reserved(let path)): "it \(did) `\(path)`, which is dbuild's own"
        case (_, .outside(let path)):
            "it \(did) `\(path)`, outside the workspace: link it into the workspace, and declare the link: \(line(Path("data") / Path(path.leaf)))"
        case (_, let place): "it \(did) `\(place.path)`, which it does not declare: add an input: \(line(place.path))"
        }
    }

    private var did: String {
        switch act {
        case .read: "read"
        case .list: "listed"
        case .execute: "ran"
        case .write: "wrote to"
        case .examine: "looked for"
        }
    }

    private var scratch: String {
        isCommand ? "what is temporary below $TMPDIR" : "what is temporary below `step.scratch`"
    }

    /// The line to add to the rules.
    private func line(_ path: Path) -> String {
        let source = "build.source(\"\(path)\")"
        return isCommand ? "`.input(\(source))`" : "`@Input var \(identifier(path)): Artifact`, and give it `\(source)`"
    }

    /// What a Swift property can be called after a file.
    private func identifier(_ path: Path) -> String {
        let stem = path.leaf.prefix { $0 != UInt8(ascii: ".") }
        let name = String(decoding: stem, as: UTF8.self).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" }
        guard let first = name.first, first.isLetter else { return "file" }
        return first.lowercased() + String(name.dropFirst())
    }
}

extension Denied.Place {
    var path: Path {
        switch self {
        case .source(let path), .made(let path, _), .around(let path, _), .input(let path), .reserved(let path),
            .ownOutput(let path), .outside(let path):
            path
        }
    }

    var isOutside: Bool { if case .outside = self { true } else { false } }
}

extension [UInt8] {
    fileprivate func ends(with text: String) -> Bool { suffix(text.utf8.count).elementsEqual(text.utf8) }
}

extension Sandbox.Unavailable {
    var inWords: String {
        abi < 0
            ? "--sandbox cannot be had: this kernel has no Landlock (\(describe(errno: Int32(clamping: -abi))))"
            : "--sandbox cannot be had: this kernel's Landlock has ABI \(abi), and \(Sandbox.leastABI) is needed (Linux 6.2)"
    }
}

extension Wording {
    private static let mostDenied = 5

    /// What a failed action was kept from, behind what it says itself.
    static func denied(_ denied: [Denied], _ denials: Denials) -> [String] {
        if denied.isEmpty {
            return denials.unheard.prefix(1).map {
                "the sandbox may have kept it from something: what `\(printable($0))` is denied cannot be heard (it is linked statically, or to another C library)"
            }
        }
        let lines = denied.prefix(mostDenied).map(\.inWords)
        let more = denied.count - lines.count
        return lines + (more > 0 ? ["and \(grouped(more)) more that the sandbox denied"] : [])
    }

    /// By rule, what actions went on without.
    static func denied(_ found: [String: [Denied: Int]]) -> [String] {
        found.sorted { $0.key < $1.key }.flatMap { rule, counts in
            counts.map { denied, count in
                "\(counted(count, "action")) of `\(rule)` did without what the sandbox denied: \(denied.inWords)"
            }.sorted().prefix(mostDenied)
        }
    }

    /// For `doctor`.
    static func landlock(abi: Int) -> String {
        guard abi >= Sandbox.leastABI else { return Sandbox.Unavailable(abi: abi).inWords }
        let more =
            (abi >= 4 ? ["TCP, which --sandbox leaves open"] : []) + (abi >= Sandbox.scopedABI ? ["signals"] : [])
        return "--sandbox can be had: Landlock ABI \(abi), for \((["files"] + more).joined(separator: ", "))"
    }
}
