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
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// A Swift target: what it may import stands in the order of the layers.
func target(_ name: String, _ dependencies: [Target.Dependency] = [], settings: [SwiftSetting] = house) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, swiftSettings: house)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies, resources: resources, swiftSettings: house)
}

let package = Package(
  name: "postern",
  dependencies: [.package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")],
  targets: [
    // Layer 0: bytes, addresses, packet headers. Pure.
    target("PosternWire", settings: spans),

    // Layer 1: the vocabulary, pure; libcrypto behind value types.
    target("PosternKnock", ["PosternWire"]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    target("PosternCrypto", ["PosternWire", "CCrypto"]),

    // Layer 2: compiled configuration; protocols; decisions; what processes and operators say; configuration text.
    target("PosternTables", ["PosternWire", "PosternKnock"]),
    target("PosternProtocols", ["PosternWire", "PosternKnock", "PosternCrypto", "PosternTables"]),
    target("PosternAuthority", ["PosternWire", "PosternKnock", "PosternTables"]),
    target("PosternControl", ["PosternWire", "PosternKnock"]),
    target("PosternPcap", ["PosternWire", "PosternKnock"]),
    .target(name: "CToml", cxxSettings: [.treatAllWarnings(as: .error)]),
    target("PosternConfig", ["PosternWire", "PosternKnock", "PosternTables", "CToml"]),
    target("PosternImport", ["PosternWire", "PosternKnock", "PosternTables"]),

    // Layer 3: gate and keeper without I/O.
    target(
      "PosternGate",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternAuthority", "PosternControl",
      ]),
    target("PosternKeeper", ["PosternWire", "PosternKnock", "PosternTables", "PosternAuthority", "PosternControl"]),

    target("PosternRunner", ["PosternWire", "PosternKnock", "PosternTables", "PosternControl"]),

    // Layer 3, above both: what they make of recorded packets.
    target(
      "PosternExplain",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternAuthority", "PosternControl", "PosternGate",
        "PosternKeeper",
      ]),

    // Layer 4: the kernel and the file system.
    .target(name: "CPosternShims"),
    .target(name: "CRuntimeCounts"),
    target("PosternPlatform", ["PosternWire", "PosternKnock", "CPosternShims"]),
    .systemLibrary(name: "CCapture"),
    target("PosternCapture", ["PosternWire", "PosternKnock", "PosternPlatform", "CCapture"], settings: spans),
    .systemLibrary(name: "CNftnl"),
    target("PosternSets", ["PosternWire", "PosternKnock", "PosternTables", "CNftnl"]),
    target("PosternState", ["PosternWire", "PosternKnock", "PosternAuthority"]),
    target(
      "PosternClient",
      ["PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternPlatform"]),

    // Layer 5: the keeper, the gate, the client, the operator's tool, measurements in the lab.
    program(
      "posternd",
      [
        "PosternWire", "PosternKnock", "PosternTables", "PosternAuthority", "PosternControl", "PosternKeeper", "PosternPlatform",
        "PosternCapture", "PosternSets", "PosternState", "PosternRunner",
      ]),
    program(
      "postern-runner",
      [
        "PosternWire", "PosternKnock", "PosternTables", "PosternControl", "PosternRunner", "PosternPlatform", "PosternState",
      ]),
    program(
      "postern-gate",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternAuthority", "PosternControl", "PosternGate",
        "PosternPlatform", "PosternCapture", "PosternState",
      ]),
    program("postern", ["PosternWire", "PosternKnock", "PosternCrypto", "PosternPlatform", "PosternClient", arguments]),
    program(
      "posternctl",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternAuthority", "PosternControl",
        "PosternConfig", "PosternImport", "PosternPcap", "PosternExplain", "PosternPlatform", "PosternClient", arguments,
      ]),
    program(
      "postern-bench",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternAuthority", "PosternControl",
        "PosternGate", "PosternPlatform", "PosternCapture", "PosternSets", "PosternClient", "CRuntimeCounts", arguments,
      ]),

    // Tests.
    .target(name: "CTestSupport", path: "Tests/CTestSupport"),
    .executableTarget(
      name: "ConfinementProbe", dependencies: ["PosternKnock", "PosternPlatform", "CTestSupport"], path: "Tests/ConfinementProbe",
      swiftSettings: house),
    tests("PosternWire", ["PosternWire"]),
    tests("PosternKnock", ["PosternWire", "PosternKnock"]),
    tests("PosternCrypto", ["PosternWire", "PosternCrypto"]),
    tests("PosternTables", ["PosternWire", "PosternKnock", "PosternTables"]),
    tests(
      "PosternProtocols", ["PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols"],
      resources: [.copy("Vectors")]),
    tests("PosternAuthority", ["PosternWire", "PosternKnock", "PosternTables", "PosternAuthority"]),
    tests("PosternControl", ["PosternWire", "PosternKnock", "PosternControl"]),
    tests("PosternPcap", ["PosternWire", "PosternKnock", "PosternPcap"]),
    tests("PosternConfig", ["PosternWire", "PosternKnock", "PosternTables", "PosternConfig"]),
    tests(
      "PosternImport", ["PosternWire", "PosternKnock", "PosternTables", "PosternConfig", "PosternImport"],
      resources: [.copy("Vectors")]),
    tests(
      "PosternGate",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternAuthority", "PosternControl",
        "PosternGate",
      ]),
    tests("PosternRunner", ["PosternWire", "PosternKnock", "PosternTables", "PosternControl", "PosternRunner"]),
    tests(
      "PosternKeeper",
      ["PosternWire", "PosternKnock", "PosternTables", "PosternAuthority", "PosternControl", "PosternKeeper"]),
    tests(
      "PosternExplain",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternAuthority", "PosternControl",
        "PosternConfig", "PosternGate", "PosternExplain",
      ]),
    tests(
      "PosternPlatform",
      ["PosternWire", "PosternKnock", "PosternPlatform", "CPosternShims", "CTestSupport", "ConfinementProbe"]),
    tests("PosternCapture", ["PosternWire", "PosternKnock", "PosternPlatform", "PosternCapture", "CTestSupport"]),
    tests("PosternSets", ["PosternWire", "PosternKnock", "PosternTables", "PosternSets", "CTestSupport"]),
    tests("PosternState", ["PosternWire", "PosternKnock", "PosternTables", "PosternAuthority", "PosternState"]),
    tests(
      "PosternClient",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternPlatform", "PosternClient",
        "postern",
      ]),
    tests(
      "Posternctl",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternControl", "PosternConfig",
        "PosternPlatform", "PosternClient",
        "posternctl",
      ]),
    tests("PosternBench", ["PosternWire", "postern-bench"]),
    tests(
      "System",
      [
        "PosternWire", "PosternKnock", "PosternCrypto", "PosternTables", "PosternProtocols", "PosternAuthority",
        "PosternPlatform",
        "PosternSets", "CTestSupport",
      ]),
  ],
  cxxLanguageStandard: .cxx17
)
