// SPDX-License-Identifier: Apache-2.0

/// The keys that profiles of every protocol may have.
package enum CommonKey: String, CaseIterable {
  case knockProtocol = "protocol"
  case gateway

  static let names = allCases.map(\.rawValue)
}
