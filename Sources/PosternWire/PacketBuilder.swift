// SPDX-License-Identifier: Apache-2.0

/// Makes whole IP packets with right lengths and checksums: the counterpart of ``PacketView``.
package struct PacketBuilder: Hashable, Sendable {
  /// How the transport checksum is filled in.
  package enum Checksum: Hashable, Sendable, CaseIterable {
    case full
    /// Only the pseudo-header sum, as packets look before a network card finishes them.
    case partial
    case zero
  }

  /// One IPv6 extension header; the body follows its two first bytes and is padded with Pad1 options.
  package struct Extension: Hashable, Sendable {
    package let kind: IPv6Header.Extension
    package let body: [UInt8]

    package init(_ kind: IPv6Header.Extension, body: [UInt8] = []) {
      self.kind = kind
      self.body = body
    }
  }

  private enum Path: Hashable, Sendable {
    case v4(IPv4Address, IPv4Address)
    case v6(IPv6Address, IPv6Address)
  }

  private let path: Path
  package var hopLimit: UInt8 = 64
  /// IPv4 only.
  package var identification: UInt16 = 0
  /// IPv4 only.
  package var dontFragment = false
  /// IPv4 only; padded to whole words, 40 bytes at most.
  package var options: [UInt8] = []
  /// IPv6 only.
  package var extensions: [Extension] = []
  package var checksum = Checksum.full

  /// Nil when the addresses are of two families.
  package init?(from source: IPAddress, to destination: IPAddress) {
    switch (source, destination) {
    case (.v4(let source), .v4(let destination)): path = .v4(source, destination)
    case (.v6(let source), .v6(let destination)): path = .v6(source, destination)
    case (.v4, .v6), (.v6, .v4): return nil
    }
  }

  /// A UDP datagram.
  package func udp(from sourcePort: UInt16, to destinationPort: UInt16, payload: [UInt8]) -> [UInt8] {
    var segment = WireWriter(capacity: UDPHeader.length + payload.count)
    segment.u16(sourcePort)
    segment.u16(destinationPort)
    segment.u16(UInt16(truncatingIfNeeded: UDPHeader.length + payload.count))
    segment.u16(0)
    segment.raw(payload)
    return packet(17, segment, checksumAt: UDPHeader.checksumOffset)
  }

  /// A TCP segment; options are padded to whole words with zeros (end of options).
  package func tcp(
    from sourcePort: UInt16, to destinationPort: UInt16, flags: TCPHeader.Flags, sequence: UInt32 = 0,
    acknowledgement: UInt32 = 0,
    window: UInt16 = 64240, urgentPointer: UInt16 = 0, options: [UInt8] = [], payload: [UInt8] = []
  ) -> [UInt8] {
    let options = Self.padded(options, to: 4)
    var segment = WireWriter(capacity: TCPHeader.minimumLength + options.count + payload.count)
    segment.u16(sourcePort)
    segment.u16(destinationPort)
    segment.u32(sequence)
    segment.u32(acknowledgement)
    segment.u8(UInt8(truncatingIfNeeded: 5 + options.count / 4) << 4)
    segment.u8(flags.rawValue)
    segment.u16(window)
    segment.u16(0)
    segment.u16(urgentPointer)
    segment.raw(options)
    segment.raw(payload)
    return packet(6, segment, checksumAt: TCPHeader.checksumOffset)
  }

  /// An ICMP or ICMPv6 message, by the family of the addresses.
  package func icmp(type: UInt8, code: UInt8 = 0, identifier: UInt16 = 0, sequence: UInt16 = 0, payload: [UInt8] = []) -> [UInt8]
  {
    var segment = WireWriter(capacity: ICMPHeader.length + payload.count)
    segment.u8(type)
    segment.u8(code)
    segment.u16(0)
    segment.u16(identifier)
    segment.u16(sequence)
    segment.raw(payload)
    return packet(icmpProtocol, segment, checksumAt: ICMPHeader.checksumOffset)
  }

  /// An echo request of the family of the addresses.
  package func echoRequest(identifier: UInt16, sequence: UInt16, payload: [UInt8]) -> [UInt8] {
    icmp(type: ICMPHeader.echoRequest(family), identifier: identifier, sequence: sequence, payload: payload)
  }

  private var family: AddressFamily {
    switch path {
    case .v4: .ipv4
    case .v6: .ipv6
    }
  }

  private var icmpProtocol: UInt8 {
    switch family {
    case .ipv4: 1
    case .ipv6: 58
    }
  }

  private func packet(_ transport: UInt8, _ segment: WireWriter, checksumAt offset: Int) -> [UInt8] {
    var segment = segment
    segment.patch16(field(transport, segment.bytes), at: offset)
    switch path {
    case .v4(let source, let destination): return ipv4(source, destination, transport, segment.bytes)
    case .v6(let source, let destination): return ipv6(source, destination, transport, segment.bytes)
    }
  }

  private func field(_ transport: UInt8, _ segment: [UInt8]) -> UInt16 {
    var sum = pseudoHeader(transport, count: segment.count)
    switch checksum {
    case .zero: return 0
    case .partial: return sum.folded
    case .full: segment.withBytes { sum.add($0) }
    }
    // RFC 768: a computed zero goes out as all ones, since zero means "none"
    return transport == 17 && sum.field == 0 ? 0xffff : sum.field
  }

  private func pseudoHeader(_ transport: UInt8, count: Int) -> InternetChecksum {
    var sum = InternetChecksum()
    switch path {
    case .v4 where transport == 1: return sum
    case .v4(let source, let destination):
      sum.add(source.value)
      sum.add(destination.value)
    case .v6(let source, let destination):
      sum.add(source.bytes)
      sum.add(destination.bytes)
    }
    sum.add(UInt16(transport))
    sum.add(UInt32(truncatingIfNeeded: count))
    return sum
  }

  private func ipv4(_ source: IPv4Address, _ destination: IPv4Address, _ transport: UInt8, _ segment: [UInt8]) -> [UInt8] {
    let options = Self.padded(options, to: 4)
    let headerLength = IPv4Header.minimumLength + options.count
    var packet = WireWriter(capacity: headerLength + segment.count)
    packet.u8(0x40 | UInt8(truncatingIfNeeded: headerLength / 4))
    packet.u8(0)
    packet.u16(UInt16(truncatingIfNeeded: headerLength + segment.count))
    packet.u16(identification)
    packet.u16(dontFragment ? 0x4000 : 0)
    packet.u8(hopLimit)
    packet.u8(transport)
    packet.u16(0)
    packet.u32(source.value)
    packet.u32(destination.value)
    packet.raw(options)
    var sum = InternetChecksum()
    packet.bytes.withBytes { sum.add($0) }
    packet.patch16(sum.field, at: 10)
    packet.raw(segment)
    return packet.bytes
  }

  private func ipv6(_ source: IPv6Address, _ destination: IPv6Address, _ transport: UInt8, _ segment: [UInt8]) -> [UInt8] {
    let bodies = extensions.map { Self.padded([0, 0] + $0.body, to: 8) }
    let payloadLength = bodies.reduce(segment.count) { $0 + $1.count }
    let kinds = extensions.map(\.kind.rawValue) + [transport]
    var packet = WireWriter(capacity: IPv6Header.length + payloadLength)
    packet.u32(0x6000_0000)
    packet.u16(UInt16(truncatingIfNeeded: payloadLength))
    packet.u8(kinds[0])
    packet.u8(hopLimit)
    packet.put(source.bytes)
    packet.put(destination.bytes)
    for (index, body) in bodies.enumerated() {
      packet.u8(kinds[index + 1])
      packet.u8(UInt8(truncatingIfNeeded: body.count / 8 - 1))
      packet.raw(body.dropFirst(2))
    }
    packet.raw(segment)
    return packet.bytes
  }

  private static func padded(_ bytes: [UInt8], to unit: Int) -> [UInt8] {
    bytes + Array(repeating: 0, count: (unit - bytes.count % unit) % unit)
  }
}
