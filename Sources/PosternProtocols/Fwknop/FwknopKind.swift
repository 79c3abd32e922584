// SPDX-License-Identifier: Apache-2.0

/// The type of a message, which says what fields it has.
package enum FwknopKind: UInt8, Hashable, Sendable, CaseIterable {
  case command = 0
  case access
  case natAccess
  case accessWithTimeout
  case natAccessWithTimeout
  case localNATAccess
  case localNATAccessWithTimeout

  package var hasNAT: Bool {
    switch self {
    case .natAccess, .natAccessWithTimeout, .localNATAccess, .localNATAccessWithTimeout: true
    case .command, .access, .accessWithTimeout: false
    }
  }

  package var hasTimeout: Bool {
    switch self {
    case .accessWithTimeout, .natAccessWithTimeout, .localNATAccessWithTimeout: true
    case .command, .access, .natAccess, .localNATAccess: false
    }
  }

  /// Whether flows are led to another port of the gateway itself.
  package var isLocal: Bool {
    switch self {
    case .localNATAccess, .localNATAccessWithTimeout: true
    case .command, .access, .natAccess, .accessWithTimeout, .natAccessWithTimeout: false
    }
  }
}
