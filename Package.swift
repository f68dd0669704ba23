// swift-tools-version: 6.2
import PackageDescription

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .treatAllWarnings(as: .error),
]

func systemLibrary(_ name: String, _ pkgConfig: String, _ package: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

func library(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name, dependencies: dependencies + ["TestSupport"], exclude: exclude, swiftSettings: strict)
}

let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "dunnage",
    products: [.executable(name: "dunnage", targets: ["dunnage"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    ],
    targets: [
        // C: headers of system libraries, and the system calls that Glibc's module lacks.
        systemLibrary("CLibYAML", "yaml-0.1", "libyaml-dev"),
        systemLibrary("CLibCurl", "libcurl", "libcurl4-openssl-dev"),
        systemLibrary("COpenSSL", "libcrypto", "libssl-dev"),
        systemLibrary("CTLS", "libssl", "libssl-dev"),
        systemLibrary("CDeflate", "libdeflate", "libdeflate-dev"),
        systemLibrary("CISAL", "libisal", "libisal-dev"),
        systemLibrary("CZlib", "zlib", "zlib1g-dev"),
        systemLibrary("CExpat", "expat", "libexpat1-dev"),
        systemLibrary("CLzma", "liblzma", "liblzma-dev"),
        .target(name: "CPosix"),
        .target(name: "CSHA256"),

        // Leaves: one job each, no knowledge of backups.
        library("Support", ["CPosix"]),
        library("YAML", ["CLibYAML"]),
        library("JSON", ["Support"]),
        library("XML", ["CExpat"]),
        library("Cryptography", ["COpenSSL", "CSHA256", "Support"]),
        library("Archive", ["CDeflate", "CISAL", "CLzma", "CZlib", "Support"]),
        library("Transport", ["CLibCurl", "Support"]),
        library("Listening", ["CPosix", "CTLS", "JSON", "Support"]),
        library("Programs", ["CPosix", "Support", "Transport"]),
        library("Schedule", ["Support"]),
        library("AWS", ["Cryptography", "JSON", "Programs", "Support", "Transport", "XML"]),

        // The engine.
        library("StoreFormat", ["Archive", "CPosix", "Cryptography", "JSON", "Support"]),
        library(
            "Destinations",
            ["AWS", "CPosix", "Cryptography", "JSON", "Support", "Transport", "XML", "YAML"]),
        library(
            "Catalog",
            [
                "Cryptography", "StoreFormat", "Support",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        library(
            "Engine",
            ["Archive", "CPosix", "Catalog", "Cryptography", "Destinations", "JSON", "StoreFormat", "Support", logging]),

        // The runner around it.
        library("Secrets", ["AWS", "Cryptography", "JSON", "Programs", "Support", "Transport", "YAML"]),
        library("Configuration", ["Cryptography", "JSON", "Schedule", "Secrets", "Support", "YAML"]),
        library(
            "Importing", ["Configuration", "Cryptography", "JSON", "Schedule", "Secrets", "Support", "YAML"]),
        library("Kubernetes", ["Configuration", "Cryptography", "Destinations", "Schedule", "Secrets", "Support"]),
        library(
            "Ledger",
            [
                "JSON", "Support",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ]),
        library("Scheduler", ["Configuration", "Ledger", "Schedule", "Support"]),
        library(
            "Hooks",
            ["CPosix", "Configuration", "JSON", "Ledger", "Secrets", "Support", "Transport", logging]),
        library(
            "Reporting",
            [
                "Cryptography", "JSON", "Support", "Transport", "XML",
                .product(name: "Mustache", package: "swift-mustache"),
            ]),
        library(
            "Jobs",
            [
                "Catalog", "Configuration", "Cryptography", "Destinations", "Engine", "Hooks", "JSON", "Ledger",
                "Reporting", "Schedule", "Scheduler", "Secrets", "StoreFormat", "Support", "Transport", logging,
            ]),
        library(
            "Service",
            [
                "CPosix", "Configuration", "Engine", "Jobs", "Ledger", "Reporting", "Scheduler", "Secrets", "Support",
                "Transport", logging,
            ]),
        library(
            "API",
            [
                "Catalog", "Configuration", "Cryptography", "Engine", "JSON", "Jobs", "Ledger", "Listening",
                "Scheduler", "Secrets", "Service", "Support", logging,
            ]),
        library(
            "Commands",
            [
                "API", "Catalog", "Configuration", "Destinations", "Engine", "Importing", "JSON", "Jobs", "Kubernetes",
                "Ledger",
                "Reporting", "Schedule", "Scheduler", "Secrets", "Service", "Support", "Transport", argumentParser,
                logging,
            ]),
        .executableTarget(name: "dunnage", dependencies: ["CPosix", "Commands"], swiftSettings: strict),

        // Tests mirror the targets.
        .target(
            name: "TestSupport", dependencies: ["AWS", "Cryptography", "Destinations", "JSON", "Support", "Transport"],
            path: "Tests/TestSupport",
            swiftSettings: strict),
        .target(
            name: "ConfigurationFuzzing", dependencies: ["Configuration", "YAML"], path: "Tests/ConfigurationFuzzing",
            swiftSettings: strict),
        .executableTarget(
            name: "FuzzConfiguration", dependencies: ["ConfigurationFuzzing"], path: "Tests/FuzzConfiguration",
            swiftSettings: strict),
        tests("SupportTests", ["Support"]),
        tests("JSONTests", ["JSON"]),
        tests("StoreFormatTests", ["Archive", "Cryptography", "JSON", "StoreFormat", "Support"]),
        tests("CryptographyTests", ["Cryptography", "Support"]),
        tests("ArchiveTests", ["Archive", "Cryptography", "Support"]),
        tests("TransportTests", ["Support", "Transport"]),
        tests("ListeningTests", ["Listening", "Support", "Transport"]),
        tests("DestinationsTests", ["AWS", "Cryptography", "Destinations", "JSON", "Support", "Transport"]),
        tests(
            "ReportingTests", ["Cryptography", "JSON", "Reporting", "Support", "Transport"], exclude: ["Goldens"]),
        tests("XMLTests", ["XML"]),
        tests("YAMLTests", ["YAML"]),
        tests("ScheduleTests", ["Schedule", "Support"]),
        tests("AWSTests", ["AWS", "Cryptography", "JSON", "Support", "Transport"], exclude: ["Oracle"]),
        tests("SecretsTests", ["AWS", "Cryptography", "JSON", "Secrets", "Support", "Transport"]),
        tests(
            "ConfigurationTests",
            ["Configuration", "ConfigurationFuzzing", "JSON", "Schedule", "Secrets", "Support", "YAML"],
            exclude: ["Goldens"]),
        tests(
            "ImportingTests",
            [
                "Configuration", "Cryptography", "Destinations", "Engine", "Importing", "JSON", "Jobs", "Ledger",
                "Schedule", "Secrets", "Support", "Transport", logging,
            ], exclude: ["Goldens"]),
        tests(
            "KubernetesTests", ["Configuration", "JSON", "Kubernetes", "Schedule", "Support", "YAML"],
            exclude: ["Goldens"]),
        tests("LedgerTests", ["Ledger", "Support", .product(name: "GRDB", package: "GRDB.swift")]),
        tests("SchedulerTests", ["Configuration", "Ledger", "Schedule", "Scheduler", "Support"], exclude: ["Oracle"]),
        tests(
            "HooksTests",
            ["Configuration", "Hooks", "JSON", "Ledger", "Secrets", "Support", "Transport", logging]),
        tests("CatalogTests", ["Catalog", "Cryptography", "Support"]),
        tests(
            "EngineTests",
            [
                "Archive", "Catalog", "CPosix", "Cryptography", "Destinations", "Engine", "StoreFormat", "Support",
            ]),
        tests(
            "JobsTests",
            [
                "CPosix", "Catalog", "Configuration", "Cryptography", "Destinations", "Engine", "JSON", "Jobs",
                "Ledger", "Reporting", "Schedule", "Scheduler", "Secrets", "StoreFormat", "Support", "Transport",
                logging,
            ]),
        tests(
            "CommandsTests",
            [
                "Commands", "Configuration", "Destinations", "Engine", "JSON", "Jobs", "Ledger", "Listening", "Secrets",
                "Support", argumentParser, logging,
            ],
            exclude: ["Goldens"]),
        tests(
            "APITests",
            [
                "API", "Catalog", "Configuration", "JSON", "Jobs", "Ledger", "Listening", "Secrets", "Service",
                "Support",
                "Transport", logging,
            ]),
        tests("ServersTests", ["AWS", "JSON", "Support", "Transport"]),
        tests("EndToEndTests", ["Cryptography", "JSON", "Secrets", "Support", "Transport", "YAML", "dunnage"]),
    ]
)
