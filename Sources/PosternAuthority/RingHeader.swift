// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
package import PosternWire

/// Whose ring it is: when any of the three differs, what the file remembers is not all that happened.
package struct RingIdentity: Hashable, Sendable {
  package var boot: Bytes16
  package var machine: Bytes16
  /// Of the gateway's public keys.
  package var gateway: UInt64

  package init(boot: Bytes16, machine: Bytes16, gateway: UInt64) {
    self.boot = boot
    self.machine = machine
    self.gateway = gateway
  }
}

/// What the ring file says of itself.
///
/// On disk, big-endian: magic 8, version 2, one 2, slots 4, sequence 8, latest 8, boot 16, machine 16, gateway 8, owes-fence 8, the
/// protocol's number 8, floor 8 and head 8; zeros; check value in the last 8 of 512. Both copies are written each time, one after the
/// other and before any slot: whichever breaks, the other belongs to the slots that are on disk.
package struct RingHeader: Hashable, Sendable {
  static let magic: UInt64 = 0x506f_7374_526e_670a  // "PostRng\n"
  static let version: UInt16 = 1

  package var slotCount: Int
  package var sequence: UInt64
  package var latest: Timestamp
  package var identity: RingIdentity
  /// A fence was due while the clock could not be believed.
  package var owesFence: Bool
  package var kind: KnockProtocol
  /// Stamps up to here are refused for ever.
  package var floor: Timestamp
  /// Records with a lower sequence were on disk before this header: fewer found is damage.
  package var head: UInt64

  package init(
    slotCount: Int, sequence: UInt64, latest: Timestamp, identity: RingIdentity, owesFence: Bool, kind: KnockProtocol,
    floor: Timestamp, head: UInt64
  ) {
    self.slotCount = slotCount
    self.sequence = sequence
    self.latest = latest
    self.identity = identity
    self.owesFence = owesFence
    self.kind = kind
    self.floor = floor
    self.head = head
  }

  func encoded() -> [UInt8] {
    var writer = WireWriter(capacity: RingLayout.headerBytes)
    writer.u64(Self.magic)
    writer.u16(Self.version)
    writer.u16(1)
    writer.u32(UInt32(clamping: slotCount))
    writer.u64(sequence)
    writer.u64(latest.nanoseconds)
    writer.put(identity.boot)
    writer.put(identity.machine)
    writer.u64(identity.gateway)
    writer.u64(owesFence ? 1 : 0)
    writer.u64(UInt64(kind.rawValue))
    writer.u64(floor.nanoseconds)
    writer.u64(head)
    writer.zeros(RingLayout.headerBytes - 8 - writer.count)
    writer.check(from: 0)
    return writer.bytes
  }

  /// Nil for damage, another version, and a protocol that this release does not know.
  init?(_ bytes: RawSpan) {
    guard bytes.byteCount == RingLayout.headerBytes, bytes.passesCheck else { return nil }
    var reader = WireReader(bytes)
    guard let header = try? Self.read(&reader) else { return nil }
    self = header
  }

  /// The latest clock that the copies at the beginning of a ring file tell of; zero where none is sound.
  package static func latest(in start: RawSpan) -> Timestamp {
    var latest = Timestamp.zero
    for offset in stride(from: 0, to: RingLayout.slotsOffset, by: RingLayout.headerStride) {
      guard offset + RingLayout.headerBytes <= start.byteCount else { break }
      let copy = RingHeader(start.extracting(offset..<offset + RingLayout.headerBytes))
      latest = max(latest, copy?.latest ?? .zero)
    }
    return latest
  }

  private static func read(_ reader: inout WireReader) throws(WireError) -> RingHeader {
    guard try reader.u64() == magic, try reader.u16() == version, try reader.u16() == 1 else { throw .malformed }
    return RingHeader(
      slotCount: Int(try reader.u32()), sequence: try reader.u64(), latest: Timestamp(nanoseconds: try reader.u64()),
      identity: RingIdentity(boot: try reader.bytes16(), machine: try reader.bytes16(), gateway: try reader.u64()),
      owesFence: try reader.u64() != 0, kind: try readKind(&reader), floor: Timestamp(nanoseconds: try reader.u64()),
      head: try reader.u64())
  }

  private static func readKind(_ reader: inout WireReader) throws(WireError) -> KnockProtocol {
    guard let number = UInt8(exactly: try reader.u64()), let kind = KnockProtocol(rawValue: number) else { throw .malformed }
    return kind
  }
}
