// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

/// What the bytes of a ring file turned out to be.
package enum RingReading: Hashable, Sendable {
  /// Never written: no bytes, or blank headers.
  case missing
  /// Not to be relied on; the header where that much is sound.
  case damaged(RingDamage, RingHeader?)
  case ring(RingImage)

  /// The header, where one could be read.
  package var header: RingHeader? {
    switch self {
    case .missing: nil
    case .damaged(_, let header): header
    case .ring(let image): image.header
    }
  }
}

/// Where a ring file contradicts itself.
package enum RingDamage: UInt8, Hashable, Sendable, CaseIterable, CustomStringConvertible {
  /// No layout has a file of this length, or the header tells of another layout.
  case size
  /// Neither copy of the header is sound.
  case header
  /// A slot with a wrong check value, or a record in another's place.
  case slot
  /// Records are gone that were once written.
  case gap

  package var description: String {
    switch self {
    case .size: "size"
    case .header: "header"
    case .slot: "slot"
    case .gap: "gap"
    }
  }
}

/// A sound ring file as a value: the codec between bytes and ``ReplayState``.
package struct RingImage: Hashable, Sendable {
  package var header: RingHeader
  /// In their places.
  package var slots: [RingSlot]

  package init(header: RingHeader, slots: [RingSlot]) {
    self.header = header
    self.slots = slots
  }

  /// Reads a whole file, another protocol's being damage; hostile bytes cost time in proportion to their number and nothing else.
  package static func read(_ bytes: RawSpan, _ kind: KnockProtocol = .spa) -> RingReading {
    guard !bytes.isEmpty else { return .missing }
    guard let layout = RingLayout(kind, fileSize: bytes.byteCount) else { return .damaged(.size, nil) }
    let copies = [0, 1].map { bytes.extracting(first: RingLayout.headerBytes, at: layout.headerOffset($0)) { RingHeader($0) } }
    let own = copies.compactMap(\.self).filter { $0.kind == kind }
    guard let header = own.max(by: { $0.sequence < $1.sequence }) else {
      let isBlank = bytes.extracting(0..<RingLayout.slotsOffset).isBlank
      return isBlank ? .missing : .damaged(.header, nil)
    }
    return read(bytes, header, layout)
  }

  private static func read(_ bytes: RawSpan, _ header: RingHeader, _ layout: RingLayout) -> RingReading {
    guard header.slotCount == layout.slotCount else { return .damaged(.size, header) }
    guard let slots = readSlots(bytes, layout) else { return .damaged(.slot, header) }
    guard isWhole(slots, head: header.head) else { return .damaged(.gap, header) }
    return .ring(RingImage(header: header, slots: slots))
  }

  private static func readSlots(_ bytes: RawSpan, _ layout: RingLayout) -> [RingSlot]? {
    var slots: [RingSlot] = []
    slots.reserveCapacity(layout.slotCount)
    for index in 0..<layout.slotCount {
      let start = RingLayout.slotsOffset + index * RingLayout.slotBytes
      guard let slot = RingSlot(bytes.extracting(start..<start + RingLayout.slotBytes), kind: layout.kind) else { return nil }
      guard slot.isEmpty || Int(slot.sequence % UInt64(layout.slotCount)) == index else { return nil }
      slots.append(slot)
    }
    return slots
  }

  /// Whether the newest records, as many as there are slots, are all there, and none is gone that `head` vouches for.
  private static func isWhole(_ slots: [RingSlot], head: UInt64) -> Bool {
    let newest = slots.lazy.map(\.sequence).max() ?? 0
    guard newest < .max, newest + 1 >= head else { return false }
    let oldest = newest - min(newest, UInt64(slots.count))
    return slots.allSatisfy { $0.isEmpty || $0.sequence > oldest }
      && UInt64(slots.count { !$0.isEmpty }) == newest - oldest
  }

  /// The whole file.
  package func encoded() -> [UInt8] {
    var writer = WireWriter()
    for _ in 0..<2 {
      writer.raw(header.encoded())
      writer.zeros(RingLayout.headerStride - RingLayout.headerBytes)
    }
    writer.raw(encodedSlots())
    return writer.bytes
  }

  func encodedSlots() -> [UInt8] {
    var writer = WireWriter(capacity: slots.count * RingLayout.slotBytes)
    for slot in slots { slot.encode(header.kind, into: &writer) }
    return writer.bytes
  }

  /// The same memory in a ring of another size. Records that no longer fit raise the floor, as any reuse of a slot does.
  package func resized(to layout: RingLayout) -> RingImage {
    var image = self
    image.header.slotCount = layout.slotCount
    image.resize(layout.slotCount)
    return image
  }

  private mutating func resize(_ count: Int) {
    let records = slots.filter { !$0.isEmpty }.sorted { $0.sequence < $1.sequence }
    for lost in records.dropLast(count) { header.floor = max(header.floor, lost.stamp) }
    var resized = Array(repeating: RingSlot.empty, count: count)
    for (offset, record) in records.suffix(count).enumerated() {
      let sequence = UInt64(offset) + 1
      resized[Int(sequence % UInt64(count))] = RingSlot(id: record.id, stamp: record.stamp, key: record.key, sequence: sequence)
    }
    slots = resized
    header.head = UInt64(min(records.count, count)) + 1
  }
}

extension RawSpan {
  fileprivate func extracting<Result>(first count: Int, at offset: Int, _ body: (RawSpan) -> Result) -> Result {
    body(extracting(offset..<offset + count))
  }
}
