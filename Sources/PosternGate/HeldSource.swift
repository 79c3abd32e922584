// SPDX-License-Identifier: Apache-2.0
package import PosternWire

extension IPAddress {
  /// The source of a packet that the kernel holds, from as many bytes of it as were copied. The kernel has checked its headers; only the
  /// address is read. Nil for what is neither IPv4 nor IPv6 or too short.
  package init?(sourceOf headers: RawSpan) {
    guard let source = try? Self.source(headers) else { return nil }
    self = source
  }

  private static func source(_ headers: RawSpan) throws(WireError) -> IPAddress {
    var reader = WireReader(headers)
    switch try reader.u8() >> 4 {
    case 4:
      try reader.skip(11)
      return .v4(IPv4Address(try reader.u32()))
    case 6:
      try reader.skip(7)
      return .v6(IPv6Address(try reader.bytes16()))
    default: throw .malformed
    }
  }
}
