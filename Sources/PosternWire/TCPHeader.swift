// SPDX-License-Identifier: Apache-2.0

/// The header of a TCP segment (RFC 9293).
package struct TCPHeader: Hashable, Sendable {
  package static let minimumLength = 20
  static let checksumOffset = 16

  package struct Flags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt8
    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let fin = Flags(rawValue: 1)
    package static let syn = Flags(rawValue: 2)
    package static let rst = Flags(rawValue: 4)
    package static let psh = Flags(rawValue: 8)
    package static let ack = Flags(rawValue: 16)
    package static let urg = Flags(rawValue: 32)
    package static let ece = Flags(rawValue: 64)
    package static let cwr = Flags(rawValue: 128)
  }

  package let headerLength: Int
  package let sourcePort: UInt16
  package let destinationPort: UInt16
  package let sequence: UInt32
  package let acknowledgement: UInt32
  package let flags: Flags
  /// The four bits between header length and flags, which must be zero but for the lowest (ECN nonce, RFC 3540).
  package let reserved: UInt8
  package let window: UInt16
  package let urgentPointer: UInt16

  package init(_ segment: RawSpan) throws(PacketFlaw) {
    guard segment.byteCount >= Self.minimumLength else { throw .malformed }
    headerLength = Int(segment.byte(12) >> 4) * 4
    guard headerLength >= Self.minimumLength, headerLength <= segment.byteCount else { throw .malformed }
    sourcePort = segment.u16(at: 0)
    destinationPort = segment.u16(at: 2)
    sequence = segment.u32(at: 4)
    acknowledgement = segment.u32(at: 8)
    flags = Flags(rawValue: segment.byte(13))
    reserved = segment.byte(12) & 15
    window = segment.u16(at: 14)
    urgentPointer = segment.u16(at: 18)
  }
}

extension TCPHeader.Flags {
  private static let ofFlow: Self = [.syn, .ack, .rst, .fin]

  /// Whether they are the first segment's of a flow (RFC 9293 section 3.5); urgent, push and congestion flags may be anything.
  package var opensFlow: Bool { intersection(Self.ofFlow) == .syn }
}
