// SPDX-License-Identifier: Apache-2.0
import PosternControl
package import PosternKnock

/// What one transaction shall do to one element.
package enum SetChange: Hashable, Sendable {
  /// Present with this timeout from now on, whatever was there before.
  case put(DoorElement, milliseconds: UInt64, LeaseComment)
  /// Present afterwards; one that was there keeps its own timeout. A third of the kernel's work for a set that was just made.
  case add(DoorElement, milliseconds: UInt64, LeaseComment)
  case remove(DoorElement)
  /// As ``put(_:milliseconds:_:)``, in a set of bans.
  case ban(DoorElement, milliseconds: UInt64, BanComment)
  /// An element of foreign origin that a lease had prolonged, back to its own end and comment.
  case giveBack(DoorElement, milliseconds: UInt64, comment: String?)

  package var element: DoorElement {
    switch self {
    case .put(let element, _, _), .add(let element, _, _), .ban(let element, _, _), .remove(let element),
      .giveBack(let element, _, _):
      element
    }
  }
}

extension SetChange {
  /// Whether it writes an element in the name of one of these leases.
  func isFor(_ leases: Set<LeaseID>) -> Bool {
    switch self {
    case .put(_, _, let comment), .add(_, _, let comment): leases.contains(comment.lease)
    case .ban, .remove, .giveBack: false
    }
  }
}

/// What one wake-up wants of the kernel, and what the book must be told when the kernel has answered.
package struct Work: Sendable {
  package internal(set) var changes: [SetChange] = []
  /// The elements of ``changes`` that are known to stand: the kernel is told so and not asked first.
  package internal(set) var standing: Set<DoorElement> = []
  var steps: [Step] = []
  /// Packets whose verdict follows when the changes are made.
  var held: [KeeperFrame.Held] = []

  package init() {}

  /// The leases that were opened or renewed.
  var opened: Set<LeaseID> {
    Set(
      steps.compactMap { step in
        if case .opened(let lease, _, _, _, _) = step { lease } else { nil }
      })
  }

  package var isEmpty: Bool { changes.isEmpty && steps.isEmpty && held.isEmpty }

  enum Step: Sendable {
    case said(AuditEvent)
    case opened(LeaseID, seconds: UInt32, renewed: Bool, notes: Grant.Notes, requested: [DoorElement])
    case closed(Lease, AuditEvent.Ending)
    /// A ban, and the one that it takes the place of.
    case banned(Ban, DoorElement, before: Ban?)
    case lifted(Ban, Ban.Ending, DoorElement)
    /// A ban that is written again, into a set that came back.
    case rebanned(Ban, DoorElement)
    case restored([String], leases: Int, Set<DoorElement>, ForeignChange.Author)
  }
}
