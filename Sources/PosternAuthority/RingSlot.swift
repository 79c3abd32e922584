// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// One spent knock.
///
/// On disk: id 16, stamp 8, key fingerprint 8, sequence 8, kind 1, zeros 15, check value 8. Sixty-four zeros are a slot never used.
package struct RingSlot: Hashable, Sendable {
  package var id: Bytes16
  package var stamp: Timestamp
  /// The first eight bytes of the client's public key.
  package var key: UInt64
  /// Counts the records of a kind from 1 on and so tells the slot: sequence modulo slot count. Zero is an empty slot.
  package var sequence: UInt64

  package init(id: Bytes16, stamp: Timestamp, key: UInt64, sequence: UInt64) {
    self.id = id
    self.stamp = stamp
    self.key = key
    self.sequence = sequence
  }

  package static let empty = RingSlot(id: .zero, stamp: .zero, key: 0, sequence: 0)
  package var isEmpty: Bool { sequence == 0 }

  func encode(_ kind: KnockProtocol, into writer: inout WireWriter) {
    guard !isEmpty else { return writer.zeros(RingLayout.slotBytes) }
    let start = writer.count
    writer.put(id)
    writer.u64(stamp.nanoseconds)
    writer.u64(key)
    writer.u64(sequence)
    writer.u8(kind.rawValue)
    writer.zeros(15)
    writer.check(from: start)
  }

  /// Nil for damage: a wrong check value or another kind's record.
  init?(_ bytes: RawSpan, kind: KnockProtocol) {
    guard !bytes.isBlank else {
      self = .empty
      return
    }
    guard bytes.byteCount == RingLayout.slotBytes, bytes.passesCheck, bytes.byte(40) == kind.rawValue else { return nil }
    self.init(
      id: Bytes16(bytes), stamp: Timestamp(nanoseconds: bytes.u64(at: 16)), key: bytes.u64(at: 24), sequence: bytes.u64(at: 32))
    guard !isEmpty else { return nil }
  }
}
