// SPDX-License-Identifier: Apache-2.0

/// What the keeper knows of the replay ring that it hands to a gate.
package enum RingHistory: String, Hashable, Sendable {
  /// Some gate of this gateway used it at some time: the ring itself says whether it can be believed.
  case known
  /// It is made together with the gateway's first key: no knock can have been accepted before.
  case new
  /// The gate before this one has just left it, in the life of one keeper: another gateway key is then no reason for doubt, for
  /// whatever was accepted under any key is in it.
  case continued
}
