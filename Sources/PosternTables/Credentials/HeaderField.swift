// SPDX-License-Identifier: Apache-2.0

/// A number in a packet's headers; the raw value stands in compiled tables.
package enum HeaderField: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// Time to live, or hop limit.
  case timeToLive = 1
  /// IPv4 alone has it.
  case identification = 2
  case sourcePort = 3
  case port = 4
  case sequence = 5
  case acknowledgement = 6
  case window = 7
  case urgentPointer = 8
  case icmpType = 9
  case icmpCode = 10
  case icmpIdentifier = 11
  case icmpSequence = 12
  /// Bytes behind the transport header.
  case dataLength = 13

  /// Its key in the configuration.
  package var description: String {
    switch self {
    case .timeToLive: "ttl"
    case .identification: "identification"
    case .sourcePort: "source-port"
    case .port: "port"
    case .sequence: "sequence"
    case .acknowledgement: "acknowledgement"
    case .window: "window"
    case .urgentPointer: "urgent"
    case .icmpType: "icmp-type"
    case .icmpCode: "icmp-code"
    case .icmpIdentifier: "icmp-id"
    case .icmpSequence: "icmp-sequence"
    case .dataLength: "data-length"
    }
  }

  package var largest: UInt32 {
    switch self {
    case .timeToLive, .icmpType, .icmpCode: 0xff
    case .identification, .sourcePort, .port, .window, .urgentPointer, .icmpIdentifier, .icmpSequence, .dataLength: 0xffff
    case .sequence, .acknowledgement: .max
    }
  }

  /// Whether packets of this carrier have it.
  package func isIn(_ carrier: HeaderCredential.Carrier) -> Bool {
    switch self {
    case .timeToLive, .identification, .dataLength: true
    case .sourcePort, .port: carrier != .icmp
    case .sequence, .acknowledgement, .window, .urgentPointer: carrier == .tcp
    case .icmpType, .icmpCode, .icmpIdentifier, .icmpSequence: carrier == .icmp
    }
  }
}
