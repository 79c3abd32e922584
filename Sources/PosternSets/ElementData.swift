// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// What an element of a map leads to, as the kernel holds it: one value as it is, or an address and a port in network order, the port
/// padded to four bytes.
package struct ElementData: Hashable, Sendable {
  /// NFT_DATA_VALUE_MAXLEN of linux/netfilter/nf_tables.h.
  package static let longest = 64

  package let bytes: [UInt8]

  /// Nil for no bytes or more than ``longest``; whether the map's data has this length is for the kernel to say.
  package init?(bytes: [UInt8]) {
    guard (1...Self.longest).contains(bytes.count) else { return nil }
    self.bytes = bytes
  }

  package init(_ target: ForwardTarget) {
    var writer = WireWriter(capacity: 20)
    switch target.address {
    case .v4(let address)?: writer.u32(address.value)
    case .v6(let address)?: writer.put(address.bytes)
    case nil: break
    }
    if let port = target.port {
      writer.u16(port.number)
      if target.form == .addressAndPort { writer.zeros(2) }
    }
    bytes = writer.bytes
  }

  /// Bytes of the data of such targets.
  package static func length(_ form: ForwardTarget.Form, _ family: AddressFamily) -> Int {
    switch form {
    case .address: Int(family.width) / 8
    case .addressAndPort: Int(family.width) / 8 + 4
    case .port: 2
    }
  }

  /// What the bytes say in a map whose data has this form. Nil for another length, padding that is not zero, and port zero.
  package func target(_ form: ForwardTarget.Form, _ family: AddressFamily) -> ForwardTarget? {
    guard bytes.count == Self.length(form, family) else { return nil }
    return bytes.withBytes { try? Self.read($0, form, family) }
  }

  private static func read(
    _ bytes: RawSpan, _ form: ForwardTarget.Form, _ family: AddressFamily
  ) throws(WireError) -> ForwardTarget {
    var reader = WireReader(bytes)
    switch form {
    case .address: return .host(try reader.address(family))
    case .addressAndPort: return .service(try reader.address(family), try reader.port())
    case .port:
      guard let port = Port(try reader.u16()) else { throw .malformed }
      return .port(port)
    }
  }
}
