// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// The key of an element as the kernel holds it: the parts of a concatenation in network order, each padded to four bytes.
package struct ElementKey: Hashable, Sendable {
  /// NFT_DATA_VALUE_MAXLEN of linux/netfilter/nf_tables.h.
  package static let longest = 64

  package let bytes: [UInt8]

  /// Nil for no bytes or more than ``longest``; whether the set's key has this length is for the kernel to say.
  package init?(bytes: [UInt8]) {
    guard (1...Self.longest).contains(bytes.count) else { return nil }
    self.bytes = bytes
  }

  /// `address . protocol . port`, 12 bytes for IPv4 and 24 for IPv6.
  package init(_ address: IPAddress, _ service: Service) {
    var writer = WireWriter(capacity: Self.length(address.family))
    switch address {
    case .v4(let v4): writer.u32(v4.value)
    case .v6(let v6): writer.put(v6.bytes)
    }
    writer.u8(service.transport.rawValue)
    writer.zeros(3)
    writer.u16(service.port.number)
    writer.zeros(2)
    bytes = writer.bytes
  }

  /// The bytes of an `address . protocol . port` key.
  package static func length(_ family: AddressFamily) -> Int {
    switch family {
    case .ipv4: 4 + 4 + 4
    case .ipv6: 16 + 4 + 4
    }
  }
}

extension ElementKey {
  /// The parts of an `address . protocol . port` key. Protocol and port are raw: foreign elements may hold any.
  package struct Parts: Hashable, Sendable {
    package let address: IPAddress
    package let transport: UInt8
    package let port: UInt16
  }

  /// Nil when the length is neither family's or the padding is not zero. The set's definition says whether the bytes mean this.
  package var parts: Parts? {
    let family: AddressFamily
    switch bytes.count {
    case Self.length(.ipv4): family = .ipv4
    case Self.length(.ipv6): family = .ipv6
    default: return nil
    }
    return bytes.withBytes { try? Self.read($0, family) }
  }

  private static func read(_ bytes: RawSpan, _ family: AddressFamily) throws(WireError) -> Parts {
    var reader = WireReader(bytes)
    let address: IPAddress =
      switch family {
      case .ipv4: .v4(IPv4Address(try reader.u32()))
      case .ipv6: .v6(IPv6Address(try reader.bytes16()))
      }
    let transport = try reader.u32()
    let port = try reader.u32()
    guard transport & 0x00ff_ffff == 0, port & 0xffff == 0 else { throw .malformed }
    return Parts(
      address: address, transport: UInt8(truncatingIfNeeded: transport >> 24), port: UInt16(truncatingIfNeeded: port >> 16))
  }
}
