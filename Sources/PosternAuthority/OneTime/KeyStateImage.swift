// SPDX-License-Identifier: Apache-2.0
package import PosternWire

/// What the bytes of a file of key states turned out to be.
package enum KeyStateReading: Hashable, Sendable {
  /// Never written: no bytes, or nothing but zeros.
  case missing
  /// No layout has a file of this length, or the header is not sound: nothing in it is to be relied on.
  case damaged
  case file(KeyStateImage)
}

/// A file of key states as a value: the codec between bytes and ``KeyStates``.
package struct KeyStateImage: Hashable, Sendable {
  static let magic: UInt64 = 0x506f_7374_4b65_790a  // "PostKey\n"
  static let version: UInt16 = 1

  /// On which machine it was written: a cloned disk remembers what another one has gone on from.
  package var machine: Bytes16
  package var slots: [KeyStateSlot]
  /// Slots that are not sound; empty in ``slots``. Which keys they held is not known.
  package var damagedSlots: Int

  package init(machine: Bytes16, slots: [KeyStateSlot], damagedSlots: Int = 0) {
    self.machine = machine
    self.slots = slots
    self.damagedSlots = damagedSlots
  }

  /// Reads a whole file; hostile bytes cost time in proportion to their number and nothing else.
  package static func read(_ bytes: RawSpan) -> KeyStateReading {
    guard !bytes.isBlank else { return .missing }
    guard let layout = KeyStateLayout(fileSize: bytes.byteCount),
      let machine = readHeader(bytes.extracting(0..<KeyStateLayout.headerBytes), layout)
    else { return .damaged }
    var image = KeyStateImage(machine: machine, slots: [])
    image.slots.reserveCapacity(layout.slotCount)
    for index in 0..<layout.slotCount {
      let start = layout.offset(ofSlot: index)
      let slot = KeyStateSlot(bytes.extracting(start..<start + KeyStateLayout.slotBytes))
      if slot == nil { image.damagedSlots += 1 }
      image.slots.append(slot ?? .empty)
    }
    return .file(image)
  }

  private static func readHeader(_ bytes: RawSpan, _ layout: KeyStateLayout) -> Bytes16? {
    guard bytes.passesCheck, bytes.u64(at: 0) == magic, bytes.u16(at: 8) == version, Int(bytes.u32(at: 12)) == layout.slotCount
    else { return nil }
    return Bytes16(bytes, at: 16)
  }

  /// On disk, big-endian: magic 8, version 2, zeros 2, slots 4, machine 16, zeros 24, check value 8.
  func encodedHeader() -> [UInt8] {
    var writer = WireWriter(capacity: KeyStateLayout.headerBytes)
    writer.u64(Self.magic)
    writer.u16(Self.version)
    writer.u16(0)
    writer.u32(UInt32(clamping: slots.count))
    writer.put(machine)
    writer.zeros(KeyStateLayout.headerBytes - 8 - writer.count)
    writer.check(from: 0)
    return writer.bytes
  }

  func encodedSlots() -> [UInt8] {
    var writer = WireWriter(capacity: slots.count * KeyStateLayout.slotBytes)
    for slot in slots { slot.encode(into: &writer) }
    return writer.bytes
  }

  /// The whole file.
  package func encoded() -> [UInt8] {
    var writer = WireWriter(capacity: KeyStateLayout.slotsOffset)
    writer.raw(encodedHeader())
    writer.zeros(KeyStateLayout.slotsOffset - writer.count)
    return writer.bytes + encodedSlots()
  }

  /// The same memory with room for more slots; a slot that was damaged keeps the file from being called sound.
  package func enlarged(to layout: KeyStateLayout) -> KeyStateImage? {
    guard damagedSlots == 0, layout.slotCount >= slots.count else { return nil }
    var image = self
    image.slots += Array(repeating: .empty, count: layout.slotCount - slots.count)
    return image
  }
}
