// SPDX-License-Identifier: Apache-2.0
package import PosternTables

/// Changes to sets that belong together, in the order in which they happen; ``NftSocket/commit(_:)`` applies them.
package struct SetBatch: Sendable {
  package enum Change: Hashable, Sendable {
    /// The element is there afterwards with exactly this timeout and comment, whether it was there before or not.
    case put(SetElement)
    /// The element is there afterwards; one that was there before keeps its timeout and comment.
    case add(SetElement)
    /// The element is gone afterwards.
    case remove(ElementKey)
  }

  package struct Operation: Hashable, Sendable {
    package let set: KeeperTables.SetReference
    package let change: Change
    /// The caller's own index; it comes back in the ``SetOutcome``.
    package let tag: Int
    /// The element is known to stand; where it does not, or where it does without that being known, the kernel says so and is asked again.
    package let stands: Bool
    /// Neighbours with the same number, at most 64, stand or fall together.
    package let bond: Int?
  }

  package private(set) var operations: [Operation] = []

  package init() {}

  package var isEmpty: Bool { operations.isEmpty }
  package var count: Int { operations.count }

  package mutating func put(
    _ element: SetElement, in set: KeeperTables.SetReference, tag: Int, stands: Bool = false, bond: Int? = nil
  ) {
    operations.append(Operation(set: set, change: .put(element), tag: tag, stands: stands, bond: bond))
  }

  package mutating func add(_ element: SetElement, to set: KeeperTables.SetReference, tag: Int, bond: Int? = nil) {
    operations.append(Operation(set: set, change: .add(element), tag: tag, stands: false, bond: bond))
  }

  package mutating func remove(_ key: ElementKey, from set: KeeperTables.SetReference, tag: Int) {
    operations.append(Operation(set: set, change: .remove(key), tag: tag, stands: false, bond: nil))
  }

  /// Empties the batch and keeps its room for the next wake-up.
  package mutating func removeAll() { operations.removeAll(keepingCapacity: true) }
}
