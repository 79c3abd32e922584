// swift-tools-version: 6.2
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The one set of rules for every target: Swift 6, every use of unsafe memory spelled out, every warning an error.
let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .strictMemorySafety(),
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let spans: [SwiftSetting] = house + [.enableExperimentalFeature("Lifetimes")]

let arguments = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
  name: "postern",
  dependencies: [
    // The three commands for people parse their arguments with it; no daemon links it.
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    // Layer 0: bytes, addresses, packet headers. Pure.
    .target(name: "PosternWire", swiftSettings: spans),
    .testTarget(name: "PosternWireTests", dependencies: ["PosternWire"], swiftSettings: house),

    // Layer 1: the vocabulary. Pure.
    .target(name: "PosternKnock", dependencies: ["PosternWire"], swiftSettings: house),
    .testTarget(name: "PosternKnockTests", dependencies: ["PosternWire", "PosternKnock"], swiftSettings: house),
    // Layer 1: libcrypto behind value types. Deterministic but for Randomness.
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(name: "PosternCrypto", dependencies: ["CCrypto", "PosternWire"], swiftSettings: house),
    .testTarget(name: "PosternCryptoTests", dependencies: ["PosternWire", "PosternCrypto"], swiftSettings: house),
    // Compiled configuration: what the gate and the keeper are told. Pure.
    .target(name: "PosternTables", dependencies: ["PosternWire", "PosternKnock"], swiftSettings: house),
    .testTarget(name: "PosternTablesTests", dependencies: ["PosternWire", "PosternKnock", "PosternTables"], swiftSettings: house),

    // Layer 2: one folder per knock protocol, decoder and encoder. Pure over PosternCrypto.
    .target(
      name: "PosternProtocols", dependencies: ["PosternWire", "PosternKnock", "PosternTables", "PosternCrypto"],
      swiftSettings: house),
    .testTarget(
      name: "PosternProtocolsTests",
      dependencies: ["PosternWire", "PosternKnock", "PosternTables", "PosternCrypto", "PosternProtocols"],
      resources: [.copy("Vectors")], swiftSettings: house),

    // Layer 2: TOML text to checked configuration to tables. CToml wraps toml++ (Debian: libtomlplusplus-dev); no daemon links it.
    .target(name: "CToml", cxxSettings: [.treatAllWarnings(as: .error)]),
    .target(name: "PosternConfig", dependencies: ["PosternWire", "PosternKnock", "PosternTables", "CToml"], swiftSettings: house),
    .testTarget(
      name: "PosternConfigTests", dependencies: ["PosternWire", "PosternKnock", "PosternTables", "PosternConfig"], swiftSettings: house),

    // Layer 4: the operating system, thin.
    .target(name: "CPosternShims"),
    .target(name: "PosternPlatform", dependencies: ["PosternWire", "PosternKnock", "CPosternShims"], swiftSettings: house),
    .target(name: "CTestSupport", path: "Tests/CTestSupport"),
    .executableTarget(
      name: "ConfinementProbe", dependencies: ["PosternPlatform", "PosternKnock", "CTestSupport"], path: "Tests/ConfinementProbe",
      swiftSettings: house),
    .testTarget(
      name: "PosternPlatformTests",
      dependencies: ["PosternWire", "PosternKnock", "PosternPlatform", "CPosternShims", "CTestSupport", "ConfinementProbe"],
      swiftSettings: house),

    // Layer 4: sets and their elements in the kernel.
    .systemLibrary(name: "CNftnl"),
    .target(
      name: "PosternSets", dependencies: ["PosternWire", "PosternKnock", "PosternTables", "CNftnl"], swiftSettings: house),
    .testTarget(
      name: "PosternSetsTests",
      dependencies: ["PosternWire", "PosternKnock", "PosternTables", "PosternSets", "CTestSupport"], swiftSettings: house),

    // Layer 2
    .target(name: "PosternControl", dependencies: ["PosternWire", "PosternKnock"], swiftSettings: house),
    .testTarget(
      name: "PosternControlTests", dependencies: ["PosternWire", "PosternKnock", "PosternControl"], swiftSettings: house),

    // Layer 4: what a client does with sockets, files and time.
    .target(
      name: "PosternClient",
      dependencies: ["PosternWire", "PosternKnock", "PosternCrypto", "PosternProtocols", "PosternPlatform"], swiftSettings: house),
    .testTarget(
      name: "PosternClientTests",
      dependencies: [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternPlatform", "PosternClient", "postern",
      ], swiftSettings: house),

    // Layer 5: the commands for people.
    .executableTarget(
      name: "postern",
      dependencies: ["PosternWire", "PosternKnock", "PosternCrypto", "PosternPlatform", "PosternClient", arguments],
      swiftSettings: house),
    .executableTarget(
      name: "posternctl",
      dependencies: [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternProtocols", "PosternTables", "PosternControl", "PosternConfig",
        "PosternPlatform", arguments,
      ], swiftSettings: house),
    .testTarget(
      name: "PosternctlTests",
      dependencies: ["PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternConfig", "PosternPlatform", "posternctl"],
      swiftSettings: house),
    .executableTarget(
      name: "postern-bench",
      dependencies: [
        "PosternWire", "PosternKnock", "PosternProtocols", "PosternPlatform", "PosternSets", "PosternClient", arguments,
      ], swiftSettings: house),
    .testTarget(name: "PosternBenchTests", dependencies: ["PosternWire", "postern-bench"], swiftSettings: house),
  ],
  cxxLanguageStandard: .cxx17
)
