// SPDX-License-Identifier: Apache-2.0

/// Which of the gateway's keys and which of its admission secrets a knock was made for: positions in the compiled tables.
///
/// While one of them is being replaced, this tells who still uses the old one.
package struct Addressee: Hashable, Sendable {
  package var gatewayKey: UInt8
  package var admission: UInt8

  package init(gatewayKey: UInt8, admission: UInt8) {
    self.gatewayKey = gatewayKey
    self.admission = admission
  }

  /// The only possibility where there is one key and one admission secret.
  package static let first = Addressee(gatewayKey: 0, admission: 0)
}
