// SPDX-License-Identifier: Apache-2.0

/// The header of an ICMP (RFC 792) or ICMPv6 (RFC 4443) message; identifier and sequence mean something in echoes only.
package struct ICMPHeader: Hashable, Sendable {
  package static let length = 8
  static let checksumOffset = 2

  package let type: UInt8
  package let code: UInt8
  package let identifier: UInt16
  package let sequence: UInt16

  package init(_ segment: RawSpan) throws(PacketFlaw) {
    guard segment.byteCount >= Self.length else { throw .malformed }
    type = segment.byte(0)
    code = segment.byte(1)
    identifier = segment.u16(at: 4)
    sequence = segment.u16(at: 6)
  }

  /// The type of an echo request in either family; its code is zero.
  package static func echoRequest(_ family: AddressFamily) -> UInt8 {
    switch family {
    case .ipv4: 8
    case .ipv6: 128
    }
  }
}
