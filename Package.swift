// swift-tools-version: 6.2
// The rooms of the house and the arrows between them. A target lists exactly what it imports; the
// build refuses any other import (`--explicit-target-dependency-import-check error`, see Makefile).
import PackageDescription

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
]

func room(_ name: String, _ dependencies: [Target.Dependency] = [], _ more: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict + more)
}

/// In debug builds too: Media keeps a 20 ms clock, which code that is not optimised cannot do for many calls; and the
/// simulation sends hundreds of thousands of messages through SIP, which reads them ten times as fast so.
let optimised = [SwiftSetting.unsafeFlags(["-O"], .when(configuration: .debug))]

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
]
let tls: [Target.Dependency] = [
    .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")

let package = Package(
    name: "lamplighter",
    products: [.executable(name: "lamplighter", targets: ["lamplighter"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "COsip"),
        .systemLibrary(name: "COrtp"),
        .systemLibrary(name: "CSpanDSP", pkgConfig: "spandsp"),
        .systemLibrary(name: "CSndFile", pkgConfig: "sndfile"),
        .systemLibrary(name: "CSampleRate"),
        .systemLibrary(name: "CSRTP"),

        room("BoxedValues", [], optimised),
        room("ThreadPriority"),
        room("SIP", ["BoxedValues", "ThreadPriority", "COsip", crypto, logging] + nio + tls, optimised),
        room("Media", ["ThreadPriority", "COrtp", "CSpanDSP", "CSndFile", "CSampleRate", "CSRTP", logging], optimised),
        room("CallControl", ["BoxedValues"]),
        room("Telephony", ["CallControl", "SIP", "Media", logging]),
        room("Mailboxes", ["BoxedValues", grdb, crypto, cryptoExtras, logging]),
        room("Phrases", [yams]),
        room("Voicemail", ["CallControl", "Mailboxes", "Phrases", yams, logging]),
        room("Dialplan", [yams]),
        room("Phones", ["SIP", "Mailboxes", logging]),
        .executableTarget(
            name: "lamplighter",
            dependencies: [
                "SIP", "Media", "CallControl", "Telephony", "Mailboxes", "Phrases", "Voicemail", "Dialplan", "Phones",
                logging, yams,
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: strict,
            // Instead of the C library's malloc, which has each thread allocate from memory of its own (54 kB a call
            // against 40) or, told to share, has media threads wait for others: with 500 new calls a second the answer
            // took 11 to 15 ms (p99) against 6 to 7, and gaps between RTP packets went to 34 ms against 25.
            linkerSettings: [.linkedLibrary("tcmalloc_minimal")]),

        // Callers, phones and the signalling side in virtual time: a program of its own, as it owns all of its process.
        .executableTarget(
            name: "Simulation",
            dependencies: [
                "SIP", "Phones", "Mailboxes", "SeededNumbers", logging, crypto,
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
            ],
            path: "Tests/Simulation", swiftSettings: strict + optimised),
        // The store under load, for `make bench`.
        .executableTarget(name: "StoreLoad", dependencies: ["Mailboxes"], path: "bench/store", swiftSettings: strict),

        .target(name: "SeededNumbers", path: "Tests/SeededNumbers", swiftSettings: strict + optimised),
        tests("SIPTests", ["SIP", "SeededNumbers", logging] + nio + tls),
        tests("MediaTests", ["Media"]),
        tests(
            "MailboxesTests",
            ["Mailboxes", "SeededNumbers", grdb, .product(name: "GRDBSQLite", package: "GRDB.swift")]),
        tests("PhrasesTests", ["Phrases"]),
        tests(
            "VoicemailTests", ["Voicemail", "CallControl", "Mailboxes", "Phrases", "SeededNumbers", grdb, logging]),
        tests("DialplanTests", ["Dialplan"]),
        .target(
            name: "SIPTestPhone", dependencies: ["SIP"] + nio + tls, path: "Tests/SIPTestPhone", swiftSettings: strict),
        tests("PhonesTests", ["Phones", "SIP", "SIPTestPhone", "Mailboxes", logging]),
        tests("TelephonyTests", ["Telephony", "CallControl", "SIP", "Media", logging]),
        tests("SimulationTests", ["Simulation"]),
        tests(
            "LamplighterTests",
            ["lamplighter", "SIP", "SIPTestPhone", "SeededNumbers", "CallControl", "Dialplan", "Mailboxes", logging]),
    ]
)
