// swift-tools-version: 6.2
import PackageDescription

/// The house settings; `docs/design.md` says what holds in which module.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

/// What rules link: a section for every function, so that no reference from one to another is settled before linking,
/// and the code fingerprint sees all of them. Packages that others depend on may not say this; nobody depends on this one.
let linkedByRules =
    settings + [
        .unsafeFlags([
            "-Xfrontend", "-function-sections", "-Xllvm", "-no-x86-call-frame-opt", "-Xllvm",
            "-swiftmergefunc-threshold=0",
        ])
    ]

/// Swift's libraries within the program: to find and bind them took almost half of its start (*measured*: 10 ms and 6).
/// The last four are what Foundation needs and does not say. Not where tests are built, which load those libraries.
let standingAlone = LinkerSetting.unsafeFlags(
    [
        "-static-stdlib", "-use-ld=lld", "-lCoreFoundation", "-l_FoundationCShims", "-l_FoundationCollections",
        "-l_FoundationICU",
    ], .when(configuration: .release))

let package = Package(
    name: "dbuild",
    products: [
        // What is started, and what it starts where there may be something to do.
        .executable(name: "dbuild", targets: ["dbuild-front"]),
        .executable(name: "dbuild-full", targets: ["dbuild"]),
        .executable(name: "dbuild-helper", targets: ["dbuild-helper"]),
        // What `dbuild verify` puts in front of an action's own libraries.
        .library(name: "DbuildPreload", type: .dynamic, targets: ["CPreload"]),
        // What a Rulesfile links, as one archive: its code then is part of the rules binary.
        .library(name: "DbuildRules", type: .static, targets: ["Rules", "Tables", "Forecasting"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    ],
    targets: [
        .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CXGBoost", pkgConfig: "xgboost", providers: [.apt(["libxgboost-dev"])]),

        // Values that both rules and tables speak of.
        .target(name: "Calendar", swiftSettings: linkedByRules),
        .target(name: "Hashing", dependencies: ["CXXHash"], swiftSettings: linkedByRules),

        // Facts.
        .target(name: "CSHA256"),
        // What SQLite is told before it is used, by a function that Swift cannot call.
        .target(name: "CSQLite"),
        .target(
            name: "Artifact",
            dependencies: [
                "CSHA256", "CSQLite", "Hashing", .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        // Authoring.
        .target(name: "Rules", dependencies: ["Calendar"], swiftSettings: linkedByRules),
        // Decisions.
        .target(
            name: "Planning",
            dependencies: [
                "Artifact", "Calendar", "Hashing", .product(name: "HeapModule", package: "swift-collections"),
            ],
            swiftSettings: settings),
        // Data.
        .target(name: "Tables", dependencies: ["Calendar", "Hashing", "CZstd", "CZlib"], swiftSettings: linkedByRules),
        // What the checks of Tables from outside drive.
        .executableTarget(name: "tables-tool", dependencies: ["Tables", "TestSupport"], swiftSettings: settings),
        // Recipes.
        .target(
            name: "Forecasting", dependencies: ["Calendar", "Hashing", "Rules", "Tables", "CXGBoost"],
            swiftSettings: linkedByRules),
        // Effects.
        .target(name: "CHelper", cSettings: [.define("_GNU_SOURCE")]),
        .executableTarget(name: "dbuild-helper", dependencies: ["CHelper"]),
        .target(name: "CPreload", cSettings: [.define("_GNU_SOURCE")]),
        // A build that finds nothing to do, remembered: a static program of its own, since starting is most of its time.
        .target(name: "Settled", dependencies: ["Hashing"], swiftSettings: settings),
        .executableTarget(
            name: "dbuild-front", dependencies: ["Settled"], swiftSettings: settings,
            linkerSettings: [.unsafeFlags(["-static-executable", "-use-ld=lld"])]),
        .target(name: "Processes", dependencies: ["CHelper"], swiftSettings: settings),
        .executableTarget(
            name: "dbuild",
            dependencies: [
                "Artifact", "Calendar", "Hashing", "Planning", "Processes", "Rules", "Settled", "Tables",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "DequeModule", package: "swift-collections"),
            ],
            swiftSettings: settings, linkerSettings: [standingAlone]),

        // How fast the schedule is: `Benchmarks/select`.
        .executableTarget(
            name: "select-benchmark", dependencies: ["Artifact", "Planning", "TestSupport"], path: "Benchmarks/select",
            swiftSettings: settings),

        .target(name: "TestSupport", dependencies: ["Hashing"], path: "Tests/Support", swiftSettings: settings),
        .testTarget(
            name: "TablesTests", dependencies: ["TestSupport", "Tables", "Calendar", "tables-tool"],
            swiftSettings: settings),
        // The verdict table, interpreted naively: it knows nothing of dbuild.
        .target(name: "TestOracle", dependencies: ["TestSupport"], path: "Tests/Oracle", swiftSettings: settings),
        .testTarget(
            name: "PlanningTests",
            dependencies: ["TestOracle", "TestSupport", "Planning", "Artifact", "Calendar", "Hashing"],
            swiftSettings: settings),
        .testTarget(
            name: "RulesTests", dependencies: ["TestSupport", "Rules", "Calendar"], exclude: ["Refusals"],
            swiftSettings: settings),
        .testTarget(
            name: "ProcessesTests", dependencies: ["Processes", "dbuild-helper"], swiftSettings: settings),
        .testTarget(
            name: "ArtifactTests",
            dependencies: ["TestSupport", "Artifact", "Hashing", .product(name: "GRDB", package: "GRDB.swift")],
            swiftSettings: settings),
        .testTarget(
            name: "PublishingTests",
            dependencies: [
                "TestSupport", "dbuild", "Artifact", "Calendar", "Hashing", "Planning", "Rules", "Tables",
                .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: settings),
        .testTarget(
            name: "ReportTests", dependencies: ["dbuild", "Artifact", "Planning"], swiftSettings: settings),
        // The pipeline in `rules/` as dbuild compiles it, so that its recipes are under test.
        .executableTarget(
            name: "AirportRules", dependencies: ["Forecasting", "Rules", "Tables"], path: "rules",
            swiftSettings: settings),
        .testTarget(
            name: "ForecastingTests",
            dependencies: ["TestSupport", "AirportRules", "Forecasting", "Rules", "Tables", "Calendar"],
            swiftSettings: settings),
        // The built program on example workspaces: beside its tests lie the helper and what rules link.
        .testTarget(
            name: "DbuildTests",
            dependencies: [
                "TestOracle", "TestSupport", "dbuild", "dbuild-helper", "Hashing", "Rules", "Tables", "Forecasting",
            ],
            exclude: ["Examples", "Golden"], swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
