// SPDX-License-Identifier: Apache-2.0

/// One part of a set's key, as the configuration writes it.
package enum KeyField: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  case sourceAddress = 1
  case destinationAddress = 2
  case transport = 3
  case port = 4
  case sourcePort = 5

  package var description: String {
    switch self {
    case .sourceAddress: "source-address"
    case .destinationAddress: "destination-address"
    case .transport: "protocol"
    case .port: "port"
    case .sourcePort: "source-port"
    }
  }
}
