// SPDX-License-Identifier: Apache-2.0
import PosternKnock
import PosternWire

/// A place for one attempt, linked into the chain of its source and into the queue of its kind; or a free place.
struct AttemptSlot<Progress: BitwiseCopyable & Sendable>: Sendable {
  let source: IPAddress
  /// Zero in a free place.
  var steps: UInt8
  let key: UInt32
  let begun: Timestamp
  let end: Timestamp
  var progress: Progress

  /// Neighbours in the chain of the source.
  var older = SlotNumber.none
  var newer = SlotNumber.none
  /// Neighbours in the queue; of a free place, the next free one is `behind`.
  var before = SlotNumber.none
  var behind = SlotNumber.none

  func isAlive(at now: Timestamp) -> Bool { steps > 0 && begun <= now && now < end }
}

/// The position of a slot, or none, in four bytes.
struct SlotNumber: Hashable, Sendable {
  let value: UInt32

  init(_ position: Int) { value = UInt32(truncatingIfNeeded: position) }

  static let none = SlotNumber(-1)

  /// Nil for none.
  var position: Int? { self == .none ? nil : Int(value) }
}
