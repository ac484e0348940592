// swift-tools-version: 6.2
import PackageDescription

/// Every target is compiled with these; a warning is an error.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let nioHTTPTypes: Target.Dependency = .product(name: "NIOHTTPTypes", package: "swift-nio-extras")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let asyncHTTPClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let configuration: Target.Dependency = .product(name: "Configuration", package: "swift-configuration")
let serviceLifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "assay",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "assay", targets: ["RegistryCommand"]),
        .library(name: "RegistryTypes", targets: ["RegistryTypes"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        .target(
            name: "Migrations",
            path: "migrations",
            resources: [
                .embedInCode("0001_initial.sql"), .embedInCode("0002_uploads.sql"), .embedInCode("0003_retention.sql"),
                .embedInCode("0004_integrity.sql"), .embedInCode("0005_search.sql"), .embedInCode("0006_manifests.sql"),
                .embedInCode("0007_search_streams.sql"),
                .embedInCode("0008_workers.sql"),
                .embedInCode("0009_evidence.sql"),
                .embedInCode("0010_reproduction_requests.sql"),
                .embedInCode("0011_schedules.sql"),
                .embedInCode("0012_checkpoints.sql"),
                .embedInCode("0013_identities.sql"),
                .embedInCode("0014_policies.sql"),
                .embedInCode("0015_webhooks.sql"),
                .embedInCode("0016_oversight.sql"),
            ],
            swiftSettings: strict
        ),
        .target(
            name: "APIContract",
            path: "openapi",
            resources: [.embedInCode("openapi.yaml"), .embedInCode("reproduction-v1.schema.json")],
            swiftSettings: strict
        ),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(name: "CSQLiteDefensive", linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(name: "RegistryTypes", dependencies: [crypto], swiftSettings: strict),
        .target(name: "BlobStore", dependencies: ["RegistryTypes", crypto], swiftSettings: strict),
        .target(name: "WeightFormats", dependencies: ["RegistryTypes", "CZlib", crypto], swiftSettings: strict),
        .target(name: "AuditLog", dependencies: ["RegistryTypes", crypto], swiftSettings: strict),
        .target(
            name: "Reproduction",
            dependencies: ["RegistryTypes", "WeightFormats", subprocess, systemPackage],
            swiftSettings: strict
        ),
        .target(
            name: "Registry",
            dependencies: [
                "RegistryTypes", "BlobStore", "WeightFormats", "AuditLog", "Migrations", "CSQLiteDefensive", crypto,
                cryptoExtras, grdb,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RegistryServer",
            dependencies: [
                "RegistryTypes", "Registry", "BlobStore", "APIContract", crypto, hummingbird, hummingbirdCore,
                httpTypes, nioHTTPTypes, nioHTTPTypesHTTP1,
                nioCore, nioHTTP1, nioPosix, nioSSL, logging, asyncHTTPClient,
            ],
            swiftSettings: strict
        ),
        .target(
            name: "RegistryClient",
            dependencies: ["RegistryTypes", asyncHTTPClient, nioCore, nioHTTP1, nioPosix, nioSSL, crypto],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "RegistryCommand",
            dependencies: [
                "RegistryTypes", "RegistryClient", "RegistryServer", "Registry", "AuditLog", "Reproduction",
                argumentParser,
                // Not imported, but inside the values that are: a change of their layout has to rebuild this target.
                "BlobStore", "WeightFormats",
                configuration, hummingbird, logging, nioCore, serviceLifecycle, subprocess, systemPackage, unixSignals,
                "Yams",
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "RegistryTypesTests", dependencies: ["RegistryTypes"], swiftSettings: strict),
        .testTarget(name: "BlobStoreTests", dependencies: ["RegistryTypes", "BlobStore"], swiftSettings: strict),
        .testTarget(
            name: "WeightFormatsTests", dependencies: ["RegistryTypes", "WeightFormats"], swiftSettings: strict),
        .testTarget(
            name: "ReproductionTests", dependencies: ["RegistryTypes", "Reproduction", systemPackage],
            swiftSettings: strict),
        .testTarget(
            name: "RegistryTests",
            dependencies: ["RegistryTypes", "Registry", "AuditLog", "BlobStore", "Migrations", "WeightFormats", grdb],
            swiftSettings: strict),
        .testTarget(
            name: "RegistryServerTests",
            dependencies: [
                "RegistryTypes", "RegistryServer", "Registry", "BlobStore", "APIContract", hummingbird,
                hummingbirdTesting,
                httpTypes, nioCore, "Yams", crypto, cryptoExtras,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RegistryClientTests",
            dependencies: [
                "RegistryTypes", "RegistryClient", hummingbird, hummingbirdTesting, httpTypes, nioCore,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "RegistryCommandTests",
            dependencies: [
                "RegistryTypes", "RegistryCommand", "Reproduction", argumentParser, subprocess, systemPackage,
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests", dependencies: ["RegistryTypes", "RegistryCommand", subprocess, systemPackage],
            swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
