// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

/// The replay memory of all protocol kinds, and what of it the ring file does not hold yet.
///
/// It writes nothing itself: ``unwritten(latest:)`` gives the bytes, ``markWritten(_:)`` is told of success. What is not confirmed
/// is given again, so a failed write loses nothing.
package struct ReplayState: Sendable {
  /// How far the header's `latest` may lag behind.
  static let latestLag = Timestamp.Span.seconds(1)

  package let layout: RingLayout
  /// Why a fence was needed at load.
  package let fence: Fence?
  /// The latest clock that the file told of.
  package let latest: Timestamp
  package private(set) var owesFence: Bool
  private let identity: RingIdentity
  private var windows: [KnockProtocol: ReplayWindow]
  /// The header on disk; nil when the whole file is still to be written.
  private var written: RingHeader?
  /// For each kind the sequence before which everything is on disk.
  private var heads: [UInt64]

  /// Takes up a ring file; one of another size is resized and then written whole. The fence that a doubtful file needs is owed until
  /// ``payFence(at:)``.
  package init(_ reading: RingReading, layout: RingLayout, identity: RingIdentity, history: RingHistory) {
    self.layout = layout
    self.identity = identity
    fence = Fence.reason(reading, identity: identity, history: history)
    owesFence = fence != nil
    latest = reading.header?.latest ?? .zero
    written = nil
    windows = [:]
    heads = []
    switch reading {
    case .missing: restore(nil, nil)
    case .damaged(_, let header): restore(header, nil)
    case .ring(let image) where image.header.slotCount == layout.slotCount:
      written = image.header
      restore(image.header, image.slots)
    case .ring(let image):
      let resized = image.resized(to: layout)
      restore(resized.header, resized.slots)
    }
  }

  private mutating func restore(_ header: RingHeader?, _ slots: [[RingSlot]]?) {
    for (position, kind) in RingLayout.kinds.enumerated() {
      let slots = slots?[position] ?? Array(repeating: .empty, count: layout.slotCount)
      windows[kind] = ReplayWindow(slots: slots, floor: header?.kinds[position].floor ?? .zero, window: kind.window)
    }
    heads = currentHeads
  }

  package func floor(_ kind: KnockProtocol) -> Timestamp { windows[kind]?.floor ?? Timestamp(nanoseconds: .max) }

  /// Refuses as ``ReplayWindow/check(_:stamp:)`` does.
  package func check(_ knock: Knock) throws(Denial) {
    guard let window = windows[knock.knockProtocol] else { throw .ringFull }
    try window.check(knock.id, stamp: knock.stamp)
  }

  /// Refuses as ``ReplayWindow/record(_:stamp:key:at:)`` does.
  package mutating func record(_ knock: Knock, key: UInt64, at now: Timestamp) throws(Denial) {
    guard try windows[knock.knockProtocol]?.record(knock.id, stamp: knock.stamp, key: key, at: now) != nil else {
      throw .ringFull
    }
  }

  /// Refuses, for every kind, whatever could have been accepted before `now`; call it as soon as the clock can be believed.
  ///
  /// Where the file told of a later clock, that one counts: stamps were taken up to the tolerance after it.
  package mutating func payFence(at now: Timestamp) {
    guard owesFence else { return }
    let start = max(now, latest)
    for kind in RingLayout.kinds { windows[kind]?.raiseFloor(to: start + kind.window.future) }
    owesFence = false
  }

  /// What is to be written before the grants of this wake-up leave: the header where it must, then the new records.
  package func unwritten(latest: Timestamp) -> RingBatch {
    let next = header(latest: latest)
    guard let written else { return format(next) }
    let records = pendingRuns()
    let isDue = differs(next, written) || (!records.isEmpty && next.latest >= written.latest + Self.latestLag)
    let copies = isDue ? headerRuns(next) : []
    return RingBatch(runs: copies + records, header: isDue ? next : nil, heads: currentHeads)
  }

  /// The batch that ``unwritten(latest:)`` gave is in the file.
  package mutating func markWritten(_ batch: RingBatch) {
    if let header = batch.header { written = header }
    heads = batch.heads
  }

  private var currentHeads: [UInt64] { RingLayout.kinds.map { windows[$0]?.head ?? 1 } }

  private func header(latest: Timestamp) -> RingHeader {
    let kinds = zip(RingLayout.kinds, heads).map { RingHeader.Kind(floor: floor($0), head: $1) }
    return RingHeader(
      slotCount: layout.slotCount, sequence: (written?.sequence ?? 0) + 1, latest: max(latest, self.latest), identity: identity,
      owesFence: owesFence, kinds: kinds)
  }

  /// Whether anything changed that must be on disk before a slot is reused or a grant leaves.
  private func differs(_ next: RingHeader, _ written: RingHeader) -> Bool {
    next.identity != written.identity || next.owesFence != written.owesFence
      || next.kinds.map(\.floor) != written.kinds.map(\.floor)
  }

  private func headerRuns(_ header: RingHeader) -> [RingBatch.Run] {
    let bytes = header.encoded()
    return [0, 1].map { RingBatch.Run(offset: layout.headerOffset($0), bytes: bytes) }
  }

  private func format(_ header: RingHeader) -> RingBatch {
    let slots = RingLayout.kinds.map { windows[$0]?.slots ?? [] }
    let body = RingImage(header: header, slots: slots).encodedSlots()
    let runs = headerRuns(header) + [RingBatch.Run(offset: layout.slotsOffset(0), bytes: body)]
    return RingBatch(runs: runs, header: header, heads: currentHeads)
  }

  /// The records since the last confirmed batch: one run a kind, two where the ring wraps.
  private func pendingRuns() -> [RingBatch.Run] {
    var runs: [RingBatch.Run] = []
    for (position, kind) in RingLayout.kinds.enumerated() {
      guard let window = windows[kind], window.head > heads[position] else { continue }
      let count = UInt64(layout.slotCount)
      let first = max(heads[position], window.head - min(window.head, count))
      let wrap = min(window.head, first - first % count + count)
      for sequences in [first..<wrap, wrap..<window.head] where !sequences.isEmpty {
        runs.append(run(window, sequences, kind, at: layout.slotsOffset(position)))
      }
    }
    return runs
  }

  private func run(_ window: ReplayWindow, _ sequences: Range<UInt64>, _ kind: KnockProtocol, at offset: Int) -> RingBatch.Run {
    let start = Int(sequences.lowerBound % UInt64(layout.slotCount))
    var writer = WireWriter(capacity: sequences.count * RingLayout.slotBytes)
    for slot in window.slots[start..<start + sequences.count] { slot.encode(kind, into: &writer) }
    return RingBatch.Run(offset: offset + start * RingLayout.slotBytes, bytes: writer.bytes)
  }
}
