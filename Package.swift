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

let package = Package(
  name: "postern",
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

    // Layer 2: one folder per knock protocol, decoder and encoder. Pure over PosternCrypto.
    .target(
      name: "PosternProtocols", dependencies: ["PosternWire", "PosternKnock", "PosternTables", "PosternCrypto"],
      swiftSettings: house),
    .testTarget(
      name: "PosternProtocolsTests",
      dependencies: ["PosternWire", "PosternKnock", "PosternTables", "PosternCrypto", "PosternProtocols"],
      resources: [.copy("Vectors")], swiftSettings: house),
  ]
)
