// SPDX-License-Identifier: Apache-2.0
import PosternTables
import PosternWire

/// The one-time number that the last packet of an opener carries: 16 bits in a TCP sequence number, 32 in identifier and sequence of an
/// echo request, 64 as the data of a datagram. It is a number of its own, and the bytes of it that stand in the packet.
struct PasmalNonce: BitwiseCopyable, Hashable, Sendable {
  let number: UInt64
  let byteCount: UInt8

  init(_ number: UInt64, byteCount: UInt8) {
    self.number = number
    self.byteCount = byteCount
  }

  static let none = PasmalNonce(0, byteCount: 0)

  /// Nil for a datagram with other data, and for zero, which is no number.
  init?(_ packet: borrowing PacketView) {
    switch packet.transport {
    case .tcp(let header): self.init(UInt64(header.sequence & 0xffff), byteCount: 2)
    case .icmp(let header): self.init(UInt64(header.identifier) << 16 | UInt64(header.sequence), byteCount: 4)
    case .udp:
      guard packet.payload.byteCount == 8 else { return nil }
      self.init(packet.payload.u64(at: 0), byteCount: 8)
    }
    guard number > 0 else { return nil }
  }

  /// Big-endian, as in the packet.
  func put(to writer: inout WireWriter) {
    for index in (0..<byteCount).reversed() { writer.u8(UInt8(truncatingIfNeeded: number >> (8 * UInt64(index)))) }
  }
}

extension PasmalCredential.Step {
  /// How many bytes the nonce of an opener that ends with this step has.
  var nonceBytes: UInt8 {
    switch self {
    case .tcp: 2
    case .udp: 8
    case .echo: 4
    }
  }
}
