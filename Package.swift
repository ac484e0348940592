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
let subprocess: Target.Dependency = .product(name: "Subprocess", package: "swift-subprocess")
let systemPackage: Target.Dependency = .product(name: "SystemPackage", package: "swift-system")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
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
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
    ],
    targets: [
        .target(
            name: "Migrations",
            path: "migrations",
            resources: [.embedInCode("0001_initial.sql")],
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
                "RegistryTypes", "BlobStore", "WeightFormats", "AuditLog", "Migrations", "CSQLiteDefensive", grdb,
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "RegistryCommand",
            dependencies: [
                "RegistryTypes", "Reproduction", "WeightFormats", argumentParser, subprocess, systemPackage,
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
            name: "RegistryTests", dependencies: ["RegistryTypes", "Registry", "AuditLog", "Migrations", grdb],
            swiftSettings: strict),
        .testTarget(name: "ArchitectureTests", swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
