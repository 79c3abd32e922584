// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// A packet that is no knock, as far as it matters: who claims to have sent it, and to which port.
///
/// Only as many bytes of it as hold the headers were logged, so nothing is checked but that these are there.
package struct Touch: Hashable, Sendable {
  package let source: IPAddress
  /// The protocol's number.
  package let transport: UInt8
  package let port: UInt16

  package init?(_ headers: RawSpan) {
    guard let source = IPAddress(sourceOf: headers), let place = try? Self.transport(headers) else { return nil }
    self.source = source
    (transport, port) = place
  }

  private static func transport(_ headers: RawSpan) throws(WireError) -> (transport: UInt8, port: UInt16) {
    var reader = WireReader(headers)
    let first = try reader.u8()
    let transport: UInt8
    if first >> 4 == 4 {
      guard first & 15 >= 5 else { throw .malformed }
      try reader.skip(8)
      transport = try reader.u8()
      try reader.skip(Int(first & 15) * 4 - 10)
    } else {
      try reader.skip(5)
      let next = try reader.u8()
      try reader.skip(IPv6Header.length - 7)
      transport = try behindExtensions(next, &reader)
    }
    // The source port comes first; TCP, UDP, UDP-Lite, SCTP and DCCP are alike in that.
    try reader.skip(2)
    return (transport, try reader.u16())
  }

  /// The kernel itself found a port behind them, also behind the fragment header of a packet that is whole (RFC 6946).
  private static func behindExtensions(_ first: UInt8, _ reader: inout WireReader) throws(WireError) -> UInt8 {
    var next = first
    for _ in 0..<IPv6Header.maximumExtensions {
      guard let kind = IPv6Header.Extension(rawValue: next) else { return next }
      next = try reader.u8()
      let length = Int(try reader.u8())
      switch kind {
      case .hopByHop, .routing, .destinationOptions: try reader.skip(6 + 8 * length)
      case .fragment: try reader.skip(6)
      // RFC 4302 section 2.2: words of four bytes, less two.
      case .authentication: try reader.skip(4 * (length + 2) - 2)
      }
    }
    throw .malformed
  }
}
