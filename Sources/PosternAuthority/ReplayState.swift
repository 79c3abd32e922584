// SPDX-License-Identifier: Apache-2.0
package import PosternKnock
import PosternWire

/// The replay memory of one protocol, and what of it the ring file does not hold yet.
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
  private var window: ReplayWindow
  /// The header on disk; nil when the whole file is still to be written.
  private var written: RingHeader?
  /// The sequence before which everything is on disk.
  private var head: UInt64

  /// Takes up a ring file; one of another size is resized and then written whole. The fence that a doubtful file needs is owed until
  /// ``payFence(at:)``. `elsewhere` is the latest clock that files of other gates told of.
  package init(
    _ reading: RingReading, layout: RingLayout, identity: RingIdentity, history: RingHistory, elsewhere: Timestamp = .zero
  ) {
    self.layout = layout
    self.identity = identity
    fence = Fence.reason(reading, identity: identity, history: history, layout.window)
    owesFence = fence != nil
    latest = max(reading.header?.latest ?? .zero, elsewhere)
    let image = reading.image(fitting: layout)
    written = image?.header == reading.header ? reading.header : nil
    let floor = (image?.header ?? reading.header)?.floor ?? .zero
    window = ReplayWindow(slots: image?.slots ?? layout.blank, floor: floor, window: layout.window)
    head = window.head
  }

  package var floor: Timestamp { window.floor }

  /// Makes room in a memory without end, once three quarters are full: drops what was spent by keys that are not among `present`.
  ///
  /// A key that is taken out of the configuration takes its secret with it: whoever puts it back under the same name chooses a new one.
  package mutating func forgetKeys(otherThan present: Set<UInt64>) {
    let used = window.slots.count { !$0.isEmpty }
    guard layout.window == .everlasting, used * 4 >= layout.slotCount * 3 else { return }
    let slots = window.slots.map { present.contains($0.key) ? $0 : .empty }
    guard slots.count(where: { !$0.isEmpty }) < used else { return }
    let image = RingImage(header: header(latest: latest), slots: slots).resized(to: layout)
    window = ReplayWindow(slots: image.slots, floor: floor, window: layout.window)
    written = nil
    head = window.head
  }

  /// Refuses as ``ReplayWindow/check(_:stamp:)`` does.
  package func check(_ knock: Knock) throws(Denial) { try window.check(knock.id, stamp: knock.stamp) }

  /// Refuses as ``ReplayWindow/record(_:stamp:key:at:)`` does.
  package mutating func record(_ knock: Knock, key: UInt64, at now: Timestamp) throws(Denial) {
    try window.record(knock.id, stamp: knock.stamp, key: key, at: now)
  }

  /// Refuses whatever could have been accepted before `now`; call it as soon as the clock can be believed.
  ///
  /// Where the file told of a later clock, that one counts: stamps were taken up to the tolerance after it.
  package mutating func payFence(at now: Timestamp) {
    guard owesFence else { return }
    window.raiseFloor(to: max(now, latest) + layout.window.future)
    owesFence = false
  }

  /// What is to be written before the grants of this wake-up leave: the header where it must, then the new records.
  package func unwritten(latest: Timestamp) -> RingBatch {
    let next = header(latest: latest)
    guard let written else { return format(next) }
    let records = pendingRuns()
    let isDue = differs(next, written) || (!records.isEmpty && next.latest >= written.latest + Self.latestLag)
    let copies = isDue ? headerRuns(next) : []
    return RingBatch(runs: copies + records, header: isDue ? next : nil, head: window.head)
  }

  /// The batch that ``unwritten(latest:)`` gave is in the file.
  package mutating func markWritten(_ batch: RingBatch) {
    if let header = batch.header { written = header }
    head = batch.head
  }

  private func header(latest: Timestamp) -> RingHeader {
    RingHeader(
      slotCount: layout.slotCount, sequence: (written?.sequence ?? 0) + 1, latest: max(latest, self.latest), identity: identity,
      owesFence: owesFence, kind: layout.kind, floor: floor, head: head)
  }

  /// Whether anything changed that must be on disk before a slot is reused or a grant leaves.
  private func differs(_ next: RingHeader, _ written: RingHeader) -> Bool {
    next.identity != written.identity || next.owesFence != written.owesFence || next.floor != written.floor
  }

  private func headerRuns(_ header: RingHeader) -> [RingBatch.Run] {
    let bytes = header.encoded()
    return [0, 1].map { RingBatch.Run(offset: layout.headerOffset($0), bytes: bytes) }
  }

  private func format(_ header: RingHeader) -> RingBatch {
    let body = RingImage(header: header, slots: window.slots).encodedSlots()
    let runs = headerRuns(header) + [RingBatch.Run(offset: RingLayout.slotsOffset, bytes: body)]
    return RingBatch(runs: runs, header: header, head: window.head)
  }

  /// The records since the last confirmed batch: one run, two where the ring wraps.
  private func pendingRuns() -> [RingBatch.Run] {
    guard window.head > head else { return [] }
    let count = UInt64(layout.slotCount)
    let first = max(head, window.head - min(window.head, count))
    let wrap = min(window.head, first - first % count + count)
    return [first..<wrap, wrap..<window.head].filter { !$0.isEmpty }.map(run)
  }

  private func run(_ sequences: Range<UInt64>) -> RingBatch.Run {
    let start = Int(sequences.lowerBound % UInt64(layout.slotCount))
    var writer = WireWriter(capacity: sequences.count * RingLayout.slotBytes)
    for slot in window.slots[start..<start + sequences.count] { slot.encode(layout.kind, into: &writer) }
    return RingBatch.Run(offset: RingLayout.slotsOffset + start * RingLayout.slotBytes, bytes: writer.bytes)
  }
}

extension RingReading {
  /// A sound file's memory in the layout's size.
  fileprivate func image(fitting layout: RingLayout) -> RingImage? {
    switch self {
    case .missing, .damaged: nil
    case .ring(let image): image.header.slotCount == layout.slotCount ? image : image.resized(to: layout)
    }
  }
}

extension RingLayout {
  fileprivate var blank: [RingSlot] { Array(repeating: .empty, count: slotCount) }
}
