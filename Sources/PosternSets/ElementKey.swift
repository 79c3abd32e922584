// SPDX-License-Identifier: Apache-2.0
package import PosternTables
import PosternWire

/// The key of an element as the kernel holds it: one part as it is, or the parts of a concatenation in network order, each padded to
/// four bytes.
package struct ElementKey: Hashable, Sendable {
  /// NFT_DATA_VALUE_MAXLEN of linux/netfilter/nf_tables.h.
  package static let longest = 64

  package let bytes: [UInt8]

  /// Nil for no bytes or more than ``longest``; whether the set's key has this length is for the kernel to say.
  package init?(bytes: [UInt8]) {
    guard (1...Self.longest).contains(bytes.count) else { return nil }
    self.bytes = bytes
  }

  /// Nil unless the parts are exactly those of the layout: of its family, its prefix, and with no part missing or too many.
  package init?(_ parts: KeyParts, _ layout: SetLayout) {
    guard parts.fit(layout) else { return nil }
    var writer = WireWriter(capacity: Self.length(layout))
    for field in layout.fields {
      switch field {
      case .sourceAddress: writer.address(parts.source.address)
      case .destinationAddress: if let destination = parts.destination { writer.address(destination) }
      case .transport:
        writer.u8(parts.transport?.rawValue ?? 0)
        writer.zeros(3)
      case .port:
        writer.u16(parts.port?.number ?? 0)
        writer.zeros(2)
      case .sourcePort:
        writer.u16(parts.sourcePort?.number ?? 0)
        writer.zeros(2)
      }
    }
    bytes = writer.bytes
  }

  /// The bytes of a layout's keys. The source address is always a part, so that a protocol or a port never stands alone and unpadded.
  package static func length(_ layout: SetLayout) -> Int {
    layout.fields.reduce(0) { length, field in
      switch field {
      case .sourceAddress, .destinationAddress: length + Int(layout.family.width) / 8
      case .transport, .port, .sourcePort: length + 4
      }
    }
  }
}

extension ElementKey {
  /// What the bytes say under a layout. Nil when no door of ours can have such an element: another length, padding that is not zero,
  /// bits beyond the prefix, an unknown protocol, port zero.
  package func parts(_ layout: SetLayout) -> KeyParts? {
    guard bytes.count == Self.length(layout) else { return nil }
    return bytes.withBytes { try? Self.read($0, layout) }
  }

  private static func read(_ bytes: RawSpan, _ layout: SetLayout) throws(WireError) -> KeyParts {
    var reader = WireReader(bytes)
    var source: AddressPrefix?
    var destination: IPAddress?
    var transport: TransportProtocol?
    var port: Port?
    var sourcePort: Port?
    for field in layout.fields {
      switch field {
      case .sourceAddress: source = AddressPrefix(try reader.address(layout.family), length: layout.prefix)
      case .destinationAddress: destination = try reader.address(layout.family)
      case .transport: transport = try reader.transport()
      case .port: port = try reader.port()
      case .sourcePort: sourcePort = try reader.port()
      }
    }
    guard let source else { throw .malformed }
    return KeyParts(source: source, destination: destination, transport: transport, port: port, sourcePort: sourcePort)
  }
}

extension KeyParts {
  fileprivate func fit(_ layout: SetLayout) -> Bool {
    source.address.family == layout.family && source.length == layout.prefix
      && layout.has(.destinationAddress) == (destination?.family == layout.family) && layout.has(.transport) == (transport != nil)
      && layout.has(.port) == (port != nil) && layout.has(.sourcePort) == (sourcePort != nil)
  }
}

extension WireWriter {
  fileprivate mutating func address(_ address: IPAddress) {
    switch address {
    case .v4(let v4): u32(v4.value)
    case .v6(let v6): put(v6.bytes)
    }
  }
}

extension WireReader {
  mutating func address(_ family: AddressFamily) throws(WireError) -> IPAddress {
    switch family {
    case .ipv4: .v4(IPv4Address(try u32()))
    case .ipv6: .v6(IPv6Address(try bytes16()))
    }
  }

  fileprivate mutating func transport() throws(WireError) -> TransportProtocol {
    let padded = try u32()
    guard padded & 0x00ff_ffff == 0, let transport = TransportProtocol(rawValue: UInt8(truncatingIfNeeded: padded >> 24)) else {
      throw .malformed
    }
    return transport
  }

  mutating func port() throws(WireError) -> Port {
    let padded = try u32()
    guard padded & 0xffff == 0, let port = Port(UInt16(truncatingIfNeeded: padded >> 16)) else { throw .malformed }
    return port
  }
}
