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

    /// The file that a program's name stands for; absolute names stand for themselves.
    static func program(_ name: String) -> String? {
        if name.hasPrefix("/") { return isExecutableFile(name) ? name : nil }
        return searchPath.split(separator: ":").map { $0 + "/" + name }.first(where: isExecutableFile)
    }
}
