// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// One packet of a knock as a client sends it, and how long to wait behind it; every encoder gives a list of them.
///
/// It says nothing of addresses: a sender adds them, and the headers and checksums of their family. The payload may hold a secret, so
/// it is never printed.
package struct KnockStep: Hashable, Sendable {
  /// What carries the payload.
  package enum Transport: Hashable, Sendable {
    /// A datagram; without a source port the kernel chooses one.
    case udp(source: Port?)
    /// An attempt to connect that is given up at once: one SYN of the kernel's own, as any user may send it. It carries no payload.
    case connect
    /// A whole connection that sends the payload as its first data, then ends.
    case stream
    /// One segment beside the kernel's own TCP.
    case tcp(TCPFields)
    case icmp(ICMPFields)
  }

  package var transport: Transport
  /// The destination port; ICMP has none.
  package var port: UInt16
  package var payload: [UInt8]
  package var ip: IPFields
  /// How long to wait before the next step.
  package var pause: Timestamp.Span

  package init(
    _ transport: Transport, port: UInt16, payload: [UInt8] = [], ip: IPFields = IPFields(),
    pause: Timestamp.Span = Timestamp.Span(nanoseconds: 0)
  ) {
    self.transport = transport
    self.port = port
    self.payload = payload
    self.ip = ip
    self.pause = pause
  }
}

extension KnockStep {
  /// The fields of a TCP header; what is nil is drawn as the kernel would choose it.
  package struct TCPFields: Hashable, Sendable {
    package var flags: TCPHeader.Flags
    package var source: Port?
    package var sequence: UInt32?
    /// Zero when nil.
    package var acknowledgement: UInt32?
    package var window: UInt16?
    package var urgentPointer: UInt16
    /// Nil gives a SYN the option that every SYN bears, and other segments none.
    package var options: [UInt8]?
    /// A zero in place of the checksum; such a segment reaches no TCP, only who reads packets.
    package var omitsChecksum: Bool

    /// Without arguments an ordinary SYN.
    package init(
      flags: TCPHeader.Flags = .syn, source: Port? = nil, sequence: UInt32? = nil, acknowledgement: UInt32? = nil,
      window: UInt16? = nil, urgentPointer: UInt16 = 0, options: [UInt8]? = nil, omitsChecksum: Bool = false
    ) {
      self.flags = flags
      self.source = source
      self.sequence = sequence
      self.acknowledgement = acknowledgement
      self.window = window
      self.urgentPointer = urgentPointer
      self.options = options
      self.omitsChecksum = omitsChecksum
    }
  }

  /// The fields of an ICMP or ICMPv6 header, by the family of the gateway's address.
  package struct ICMPFields: Hashable, Sendable {
    /// Nil is an echo request of the family.
    package var type: UInt8?
    package var code: UInt8
    /// Drawn when nil.
    package var identifier: UInt16?
    package var sequence: UInt16

    /// Without arguments an ordinary echo request.
    package init(type: UInt8? = nil, code: UInt8 = 0, identifier: UInt16? = nil, sequence: UInt16 = 1) {
      self.type = type
      self.code = code
      self.identifier = identifier
      self.sequence = sequence
    }
  }

  /// The fields of an IP header that a knock may choose; nil leaves them to the kernel.
  package struct IPFields: Hashable, Sendable {
    /// IPv6 has none.
    package var identification: UInt16?
    /// The time to live, or hop limit, with which the packet leaves.
    package var hopLimit: UInt8?
    /// Another source than this host's own: a knock that names the address to be admitted itself can come from anywhere.
    package var source: IPAddress?

    package init(identification: UInt16? = nil, hopLimit: UInt8? = nil, source: IPAddress? = nil) {
      self.identification = identification
      self.hopLimit = hopLimit
      self.source = source
    }
  }
}

extension KnockStep {
  /// A datagram from a port of the kernel's choice.
  package static func udp(
    _ port: UInt16, _ payload: [UInt8] = [], pause: Timestamp.Span = Timestamp.Span(nanoseconds: 0)
  ) -> KnockStep {
    KnockStep(.udp(source: nil), port: port, payload: payload, pause: pause)
  }

  /// A SYN as any user may send it.
  package static func connect(_ port: UInt16, pause: Timestamp.Span = Timestamp.Span(nanoseconds: 0)) -> KnockStep {
    KnockStep(.connect, port: port, pause: pause)
  }

  /// An echo request.
  package static func echo(
    _ payload: [UInt8] = [], pause: Timestamp.Span = Timestamp.Span(nanoseconds: 0)
  ) -> KnockStep {
    KnockStep(.icmp(ICMPFields()), port: 0, payload: payload, pause: pause)
  }
}
