// SPDX-License-Identifier: Apache-2.0
import Testing

extension Lab.Options {
  /// Set mode: doors in an administrator's own table, `ssh` for one service and `admin` for a range.
  static let ownRuleset = Self(
    lease: "3s",
    extra: """
      [doors.admin]
      table = "inet filter"
      set4 = "admin4"
      set6 = "admin6"
      ports = ["tcp/9090-9099"]
      prefix6 = 64
      lease = "3s"
      """,
    rules: ["examples/own-ruleset.nft"], table: "inet filter", doors: ["ssh", "admin"])

  /// A gateway that forwards, with its own door `ssh` and doors of two hosts behind it, whose sets are the same.
  static let gateway = Self(
    lease: "3s",
    extra: """
      [doors.git]
      table = "inet filter"
      set4 = "inside4"
      set6 = "inside6"
      destination = ["10.78.0.10", "2001:db8:78::10"]
      ports = ["tcp/22"]
      lease = "3s"
      [doors.wiki]
      table = "inet filter"
      set4 = "inside4"
      set6 = "inside6"
      destination = ["10.78.0.11", "2001:db8:78::11"]
      ports = ["tcp/80"]
      lease = "3s"
      """,
    rules: ["examples/gateway.nft"], table: "inet filter", doors: ["ssh", "git", "wiki"], link: "wan0")

  /// A gateway before a server that answers nobody; `archive` leads to it, `shell` to another port of the gateway.
  static let nearLine = Self(
    lease: "3s",
    extra: """
      [doors.archive]
      table = "inet filter"
      set4 = "inside4"
      set6 = "inside6"
      ports = ["tcp/2222"]
      forward4 = { map = "inet filter hosts4", to = "10.78.0.10:22" }
      forward6 = { map = "inet filter hosts6", to = "[fd78::10]:22" }
      lease = "3s"
      [doors.vault]
      table = "inet filter"
      set4 = "inside4"
      set6 = "inside6"
      ports = ["tcp/2222"]
      forward4 = { map = "inet filter hosts4", to = "10.78.0.10:23" }
      lease = "3s"
      [doors.shell]
      table = "inet filter"
      ports = ["tcp/443"]
      forward4 = { map = "inet filter ports4", to = ":22" }
      forward6 = { map = "inet filter ports6", to = ":22" }
      lease = "3s"
      """,
    rules: ["examples/near-line.nft"], table: "inet filter", doors: ["ssh", "archive", "vault", "shell"])
}

/// Rulesets that tell a stranger nothing at all.
enum SilentRuleset: String, CaseIterable, CustomTestStringConvertible {
  case postern = "postern.nft"
  case ownRuleset = "own-ruleset.nft"
  case gateway = "gateway.nft"
  case nearLine = "near-line.nft"

  var testDescription: String { rawValue }

  var options: Lab.Options {
    switch self {
    case .postern: .init()
    case .ownRuleset: .ownRuleset
    case .gateway: .gateway
    case .nearLine: .nearLine
    }
  }
}
