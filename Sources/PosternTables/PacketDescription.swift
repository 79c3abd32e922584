// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What one packet of a described sequence looks like: fields that are nil may be anything, and its data begins with ``data``.
package struct PacketDescription: Hashable, Sendable {
  package enum Transport: Hashable, Sendable {
    case udp(source: UInt16?, destination: UInt16?)
    case tcp(TCP)
    /// Echo requests and replies, of the family that the packet has.
    case icmp(ICMP)
  }

  package struct TCP: Hashable, Sendable {
    package var source: UInt16?
    package var destination: UInt16?
    package var sequence: UInt32?
    package var acknowledgement: UInt32?
    /// The whole byte.
    package var flags: UInt8?

    package init(
      source: UInt16? = nil, destination: UInt16? = nil, sequence: UInt32? = nil, acknowledgement: UInt32? = nil,
      flags: UInt8? = nil
    ) {
      self.source = source
      self.destination = destination
      self.sequence = sequence
      self.acknowledgement = acknowledgement
      self.flags = flags
    }
  }

  package struct ICMP: Hashable, Sendable {
    package var type: UInt8?
    package var code: UInt8?
    package var identifier: UInt16?
    package var sequence: UInt16?

    package init(type: UInt8? = nil, code: UInt8? = nil, identifier: UInt16? = nil, sequence: UInt16? = nil) {
      self.type = type
      self.code = code
      self.identifier = identifier
      self.sequence = sequence
    }
  }

  /// Longest data that a description may ask for.
  package static let longestData = 512

  package var source: IPAddress?
  package var destination: IPAddress?
  /// The traffic class of IPv6.
  package var typeOfService: UInt8?
  /// IPv6 has none.
  package var identification: UInt16?
  /// The time to live, or hop limit, with which the packet arrives.
  package var hopLimit: UInt8?
  package var transport: Transport
  package var data: [UInt8] = []

  package init(_ transport: Transport) { self.transport = transport }
}

/// The packets of a described sequence in their order, and the packet behind them that carries a command.
package struct PacketScript: Hashable, Sendable {
  /// Repeated packets counted as often as they are expected.
  package static let packetCounts = 1...64

  package var packets: [PacketDescription]
  package var command: PacketDescription

  package init(packets: [PacketDescription], command: PacketDescription) {
    self.packets = packets
    self.command = command
  }
}
