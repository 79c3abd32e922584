// SPDX-License-Identifier: Apache-2.0
import Testing

extension Lab.Options {
  /// Set mode: doors in an administrator's own table.
  static let ownRuleset = Self(lease: "3s", rules: ["examples/own-ruleset.nft"], table: "inet filter")

  /// A gateway that forwards, with its own door and one of the host git behind it.
  static let gateway = Self(
    lease: "3s",
    extra: """
      [doors.git]
      table = "inet filter"
      set4 = "git4"
      set6 = "git6"
      ports = ["tcp/22"]
      lease = "3s"
      """,
    rules: ["examples/gateway.nft"], table: "inet filter", doors: ["ssh", "git"], link: "wan0")
}

/// Rulesets that tell a stranger nothing at all.
enum SilentRuleset: String, CaseIterable, CustomTestStringConvertible {
  case postern = "postern.nft"
  case ownRuleset = "own-ruleset.nft"
  case gateway = "gateway.nft"

  var testDescription: String { rawValue }

  var options: Lab.Options {
    switch self {
    case .postern: .init()
    case .ownRuleset: .ownRuleset
    case .gateway: .gateway
    }
  }
}
