import Artifact

/// What every action sees of the environment, and nothing else: the same on every machine.
enum BaseEnvironment {
    static let searchPath = "/usr/local/bin:/usr/bin:/bin"

    static let fixed: [(name: String, value: String)] = [
        ("LC_ALL", "C.UTF-8"), ("PATH", searchPath), ("TZ", "UTC"),
    ]

    static var variables: [String] { fixed.map { "\($0.name)=\($0.value)" } }

    /// What rules see in addition: where they crash they name the function, without registers and images. In no key.
    static var variablesOfRules: [String] {
        variables + [
            "SWIFT_BACKTRACE=enable=yes,color=no,interactive=no,threads=crashed,registers=none,images=none,limit=8"
        ]
    }

    static var ofRules: [[UInt8]: [UInt8]] {
        Dictionary(
            variablesOfRules.map { variable in
                let parts = Array(variable.utf8).split(separator: UInt8(ascii: "="), maxSplits: 1)
                return (Array(parts[0]), parts.count > 1 ? Array(parts[1]) : [])
            }, uniquingKeysWith: { first, _ in first })
    }

    static var keyParts: [KeyPart] {
        fixed.map { KeyPart(.environment, Array($0.name.utf8), Array($0.value.utf8)) }
    }

    /// Libraries that start threads of their own follow the action's declared cpus: with more threads than cores
    /// they are several times slower than with one.
    static let threadVariables = [
        "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS",
    ]

    /// The file that a program's name stands for, absolute. A name with a slash is a path, relative to the workspace
    /// at `root`.
    static func program(_ name: String, root: String) -> String? {
        places(of: name, root: root).first(where: isExecutableFile)
    }

    /// Where it is looked for, in this order.
    static func places(of name: String, root: String) -> [String] {
        if name.utf8.contains(UInt8(ascii: "/")) { return [name.hasPrefix("/") ? name : root + "/" + name] }
        return searchPath.split(separator: ":").map { $0 + "/" + name }
    }

    /// Where a program of this name was looked for, for people.
    static func missing(_ name: String) -> String {
        "no program `\(name)`" + (name.utf8.contains(UInt8(ascii: "/")) ? "" : " in \(searchPath)")
    }
}
