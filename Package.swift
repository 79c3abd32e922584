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
    // Compiled configuration: what the gate and the keeper are told. Pure.
    .target(name: "PosternTables", dependencies: ["PosternWire", "PosternKnock"], swiftSettings: house),

    // Layer 4: the operating system, thin.
    .target(name: "CPosternShims"),
    .target(name: "PosternPlatform", dependencies: ["PosternWire", "PosternKnock", "CPosternShims"], swiftSettings: house),
    .systemLibrary(name: "CCapture"),
    .target(
      name: "PosternCapture", dependencies: ["PosternWire", "PosternKnock", "PosternPlatform", "CCapture"], swiftSettings: spans),
    .target(name: "CTestSupport", path: "Tests/CTestSupport"),
    .executableTarget(
      name: "ConfinementProbe", dependencies: ["PosternPlatform", "PosternKnock", "CTestSupport"], path: "Tests/ConfinementProbe",
      swiftSettings: house),
    .testTarget(
      name: "PosternPlatformTests",
      dependencies: ["PosternWire", "PosternKnock", "PosternPlatform", "CPosternShims", "CTestSupport", "ConfinementProbe"],
      swiftSettings: house),
    .testTarget(
      name: "PosternCaptureTests", dependencies: ["PosternWire", "PosternPlatform", "PosternCapture", "CTestSupport"],
      swiftSettings: house),
  ]
)
