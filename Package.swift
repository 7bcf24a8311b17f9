// swift-tools-version: 6.2
import PackageDescription

/// Settings of every Swift target.
///
/// `STRICT=1` (set by the Makefile) turns warnings into errors, so that a newer compiler's new warning never
/// breaks the build of someone who only wants to run the exporter.
let sharedSettings: [SwiftSetting] =
    [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
        .strictMemorySafety(),
    ] + (Context.environment["STRICT"] == "1" ? [.treatAllWarnings(as: .error)] : [])

/// A library target.
///
/// `imports` lists every module that it may import.
func module(_ name: String, imports: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: imports, swiftSettings: sharedSettings)
}

/// An executable target: a command line on top of one module.
func program(_ name: String, imports: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: imports, swiftSettings: sharedSettings)
}

/// The tests of one module, from outside that module.
func tests(_ name: String, imports: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.byName(name: name), "TestSupport"] + imports,
        exclude: exclude,
        swiftSettings: sharedSettings
    )
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let serviceLifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "magic-connector-exporter",
    products: [
        .executable(name: "magic-connector-exporter", targets: ["magic-connector-exporter"]),
        .executable(name: "magic-connector-simulator", targets: ["magic-connector-simulator"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // What Swift cannot call by itself.
        .systemLibrary(name: "CLibcurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CLibSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CLinux"),
        .target(name: "CCrypt", linkerSettings: [.linkedLibrary("crypt")]),

        // Pure: no I/O, no clock.
        module("WireText"),
        module("ConnectorEvents"),
        module("ConnectorSnapshots"),
        module("Exposition", imports: ["CZlib", "WireText"]),
        module("HTTPTransport"),

        // What several modules need of the kernel.
        module("LinuxSystem", imports: ["CLinux"]),

        // The way in: from the network to the ledger.
        module("CurlTransport", imports: ["CLibcurl", "HTTPTransport", "LinuxSystem", "WireText", deque]),
        module("CloudflareAPI", imports: ["ConnectorSnapshots", "HTTPTransport", "WireText"]),
        module("EventLedger", imports: ["ConnectorEvents", "LinuxSystem", grdb]),
        module(
            "Polling",
            imports: [
                "CloudflareAPI", "ConnectorEvents", "ConnectorSnapshots", "EventLedger", "HTTPTransport",
                "LinuxSystem", "WireText", deque, heap, logging,
            ]
        ),

        // The way out: from prepared bytes to a socket.
        module("HTTPEndpoint", imports: ["CCrypt", "CLibSSL", "CLinux", "LinuxSystem", "WireText", logging]),

        // The whole.
        module(
            "Exporter",
            imports: [
                "CLinux", "CloudflareAPI", "ConnectorEvents", "ConnectorSnapshots", "CurlTransport",
                "EventLedger",
                "Exposition", "HTTPEndpoint", "HTTPTransport", "LinuxSystem", "Polling", "WireText", logging,
                serviceLifecycle,
                unixSignals, yams,
            ]
        ),
        program(
            "magic-connector-exporter",
            imports: ["Exporter", "HTTPEndpoint", "Polling", "WireText", argumentParser, logging]
        ),

        // What stands for Cloudflare in the quick start and in the tests.
        module(
            "ConnectorSimulator",
            imports: ["ConnectorEvents", "CZlib", "HTTPEndpoint", "LinuxSystem", "WireText", logging]
        ),
        program(
            "magic-connector-simulator",
            imports: ["ConnectorSimulator", "WireText", argumentParser, logging]
        ),

        .target(
            name: "TestSupport",
            dependencies: ["ConnectorEvents", "LinuxSystem"],
            path: "Tests/TestSupport",
            swiftSettings: sharedSettings
        ),
        tests("LinuxSystem"),
        tests("WireText"),
        tests("ConnectorEvents"),
        tests("ConnectorSnapshots", imports: ["CloudflareAPI", "HTTPTransport"], exclude: ["Fixtures"]),
        tests("Exposition", exclude: ["Golden"]),
        tests("CurlTransport", imports: ["HTTPTransport"]),
        tests("CloudflareAPI", imports: ["HTTPTransport"], exclude: ["Fixtures"]),
        tests("EventLedger", imports: ["ConnectorEvents"]),
        tests(
            "Polling",
            imports: [
                "CloudflareAPI", "ConnectorEvents", "EventLedger", "HTTPTransport", "LinuxSystem", logging,
            ]
        ),
        tests(
            "Exporter",
            imports: [
                "CloudflareAPI", "ConnectorEvents", "EventLedger", "Exposition", "HTTPEndpoint",
                "HTTPTransport", "LinuxSystem", "Polling", "WireText", logging, yams,
            ],
            exclude: ["Configuration/Files", "Configuration/WebFiles"]
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "ConnectorEvents", "ConnectorSimulator", "LinuxSystem", "TestSupport",
                "magic-connector-exporter", "magic-connector-simulator",
            ],
            exclude: ["Golden", "PowerFailure/power_failure.c", "Soak/stepped_clock.c"],
            swiftSettings: sharedSettings
        ),
        tests("HTTPEndpoint", imports: ["LinuxSystem", logging]),
        tests(
            "ConnectorSimulator",
            imports: ["ConnectorEvents", "HTTPEndpoint", logging],
            exclude: ["Snapshots/Fixtures", "sdk_check.py"]
        ),
    ],
    swiftLanguageModes: [.v6]
)

let fuzzed: [Target.Dependency] = [
    "CloudflareAPI", "ConnectorSnapshots", "EventLedger", "Exporter", "Exposition", "HTTPEndpoint",
    "HTTPTransport", "LinuxSystem",
    "Polling",
    "WireText",
]
if Context.environment["FUZZ"] == "1" {
    // libFuzzer brings a `main` of its own, so this program exists only while fuzzing.
    package.targets.removeAll { $0.type == .test }
    package.targets.append(
        .executableTarget(
            name: "fuzz",
            dependencies: fuzzed,
            path: "Tests/FuzzTests",
            exclude: ["Corpus", "CorpusTests.swift", "fuzz.sh"],
            swiftSettings: sharedSettings + [.unsafeFlags(["-parse-as-library"])]
        )
    )
} else {
    package.targets.append(
        .testTarget(
            name: "FuzzTests",
            dependencies: fuzzed + ["TestSupport"],
            exclude: ["Corpus", "FuzzEntry.swift", "fuzz.sh"],
            swiftSettings: sharedSettings
        )
    )
}

// `TESTS=Polling,EventLedger swift build --product magic-connector-exporterPackageTests` builds those modules and their tests,
// and nothing else.
if let names = Context.environment["TESTS"]?.split(separator: ",") {
    package.targets.removeAll { target in
        target.type == .test && !names.contains { target.name == "\($0)Tests" }
    }
}
