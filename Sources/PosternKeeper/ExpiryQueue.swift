// SPDX-License-Identifier: Apache-2.0
import PosternKnock

/// When leases end, soonest first: a binary heap. An entry whose lease was renewed or closed meanwhile is stale; the book skips it.
struct ExpiryQueue: Sendable {
  struct Entry: Sendable {
    var uptime: UInt64
    var lease: LeaseID
  }

  private var heap: [Entry] = []

  var soonest: Entry? { heap.first }
  var count: Int { heap.count }

  mutating func insert(_ entry: Entry) {
    heap.append(entry)
    var child = heap.count - 1
    while child > 0, heap[child].uptime < heap[(child - 1) / 2].uptime {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  mutating func removeSoonest() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    heap[0] = last
    sink()
    return first
  }

  private mutating func sink() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].uptime < heap[least].uptime {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
