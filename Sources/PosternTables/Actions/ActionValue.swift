// SPDX-License-Identifier: Apache-2.0

/// What a program is told about the event that started it: names of the configuration, addresses and numbers, never a stranger's text.
package enum ActionValue: UInt8, Hashable, Sendable, CaseIterable {
  case action = 1
  case event
  case user
  case key
  case door
  case source
  case port
  case lease
  case seconds

  /// The word between braces.
  package var name: String {
    switch self {
    case .action: "action"
    case .event: "event"
    case .user: "user"
    case .key: "key"
    case .door: "door"
    case .source: "source"
    case .port: "port"
    case .lease: "lease"
    case .seconds: "seconds"
    }
  }

  /// The argument that stands for it, `{source}`.
  package var placeholder: String { "{\(name)}" }

  /// Its name in the program's environment, `POSTERN_SOURCE`.
  package var variable: String { "POSTERN_" + name.uppercased() }

  package init?(placeholder: String) {
    guard let value = Self.allCases.first(where: { $0.placeholder == placeholder }) else { return nil }
    self = value
  }
}
