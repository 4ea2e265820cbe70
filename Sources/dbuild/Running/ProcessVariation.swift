import Planning
import Processes

/// Shows a process the machine as a variation says.
struct ProcessVariation: Sendable {
    private let variation: Variation
    /// The library in front of the action's own, absolute; nil: what needs it stays as it is.
    private let preload: String?
    private let zones: [String]
    /// The numbers of the processors that actions may use, sorted.
    private let cores: [Int]

    private typealias Variable = (name: String, value: String)

    /// Forty days: another month, and beyond what most ages and horizons count.
    private static let clockSeconds = 40 * 86_400
    /// 2001-09-09T01:46:40Z: an instant that nobody builds at.
    private static let stillNanoseconds = "1000000000000000000"

    init(_ variation: Variation, _ means: VariationMeans) {
        self.variation = variation
        (preload, zones, cores) = (means.preload, means.zones, means.cores)
    }

    /// - Parameter number: of the process, so that those of one core do not all have the same one.
    func apply(to request: inout ProcessRequest, number: Int) {
        if variation == .none { return }
        for variable in variables { request.environment[Array(variable.name.utf8)] = Array(variable.value.utf8) }
        if let preload, needsLibrary { request.load(Array(preload.utf8)) }
        if let count = visibleCores, count < cores.count, request.cpus.isEmpty {
            request.cpus = Set((0 ..< count).map { cores[(number + $0) % cores.count] })
        }
    }

    private var visibleCores: Int? {
        switch variation[.cores] {
        case .own, .variedAgain: nil
        case .held, .varied: 1
        }
    }

    private var variables: [Variable] {
        var variables: [Variable] = []
        switch variation[.timeZone] {
        case .own: break
        case .held: variables.append(("TZ", "UTC"))
        case .varied: variables += zones.prefix(1).map { ("TZ", $0) }
        case .variedAgain: variables += zones.suffix(1).map { ("TZ", $0) }
        }
        if variation[.locale] != .own {
            let locale = variation[.locale] == .held ? "C.UTF-8" : "C"
            variables += [("LC_ALL", locale), ("LANG", locale)]
        }
        if variation[.hashSeeds] == .held {
            variables += [
                ("SWIFT_DETERMINISTIC_HASHING", "1"), ("PYTHONHASHSEED", "0"), ("PERL_HASH_SEED", "0"),
                ("PERL_PERTURB_KEYS", "0"),
            ]
        }
        if preload == nil { return variables }
        return variables + preloadedVariables
    }

    private var needsLibrary: Bool { !preloadedVariables.isEmpty }

    private var preloadedVariables: [Variable] {
        var variables: [Variable] = []
        switch variation[.clock] {
        case .own: break
        case .held: variables.append(("DBUILD_CLOCK_STILL", Self.stillNanoseconds))
        case .varied: variables.append(("DBUILD_CLOCK_SHIFT", "\(Self.clockSeconds)"))
        case .variedAgain: variables.append(("DBUILD_CLOCK_SHIFT", "\(-Self.clockSeconds)"))
        }
        switch variation[.directoryOrder] {
        case .own: break
        case .held, .variedAgain: variables.append(("DBUILD_DIRECTORY_ORDER", "sorted"))
        case .varied: variables.append(("DBUILD_DIRECTORY_ORDER", "reversed"))
        }
        if variation[.randomNumbers] == .held { variables.append(("DBUILD_RANDOM", "1")) }
        if let count = visibleCores { variables.append(("DBUILD_VISIBLE_CORES", "\(count)")) }
        return variables
    }
}

/// What this machine has to vary with.
struct VariationMeans: Sendable {
    /// Absolute; nil where it is not installed.
    let preload: String?
    /// Names that TZ may have; empty where there are none.
    let zones: [String]
    /// The numbers of the processors that actions may use, sorted.
    let cores: [Int]

    /// Far from UTC, to both sides, one of them with a part of an hour; by a rule where no data are installed.
    private static let wantedZones = [
        (name: "Pacific/Kiritimati", rule: "DBA-14"), (name: "America/St_Johns", rule: "DBB3:30DBC,M3.2.0,M11.1.0"),
    ]

    init(programDirectory: String, cores: Set<Int>) {
        preload = Preload.library(programDirectory: programDirectory)
        zones = Self.wantedZones.map { fileExists("/usr/share/zoneinfo/" + $0.name) ? $0.name : $0.rule }
        self.cores = cores.sorted()
    }

    /// What can be varied at all.
    var factors: Set<Factor> {
        var factors = Set(Factor.allCases)
        if preload == nil { factors.subtract([.clock, .randomNumbers, .directoryOrder]) }
        if cores.count < 2 { factors.remove(.cores) }
        return factors
    }
}
