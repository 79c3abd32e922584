// SPDX-License-Identifier: Apache-2.0

/// What became of one operation of a ``SetBatch``.
package struct SetOutcome: Hashable, Sendable {
  package enum Effect: Hashable, Sendable {
    case applied
    /// There was nothing to remove; the aim of the removal is reached.
    case absent
    case refused(SetError)
  }

  package let tag: Int
  package let effect: Effect
}
